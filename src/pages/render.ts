/**
 * Owns turning a page into the text of an HTML document. Leaves to others: status, headers and the response itself.
 *
 * On Node 20 an `AsyncLocalStorage` that was run once slows every later promise of the process, and Hono runs one for an element
 * that is made a string, for `<head>` and `<svg>`, and for elements that belong into a head. Pages await nothing and need none: they
 * are rendered into a buffer, and write those elements as text.
 */
import { isValidElement } from 'hono/jsx';

/**
 * The full document for a page: `render(<LoginPage … />)`. Pages are pure and synchronous; one that awaits something
 * would come out in pieces, which is refused here instead of being sent as `[object Promise]`.
 */
export function render(page: object | string | null): string {
  const buffer = Object.assign([''], { callbacks: [] });
  if (isValidElement(page)) page.toStringToBuffer(buffer);
  const [html] = buffer;
  if (!html || buffer.length > 1 || buffer.callbacks.length > 0)
    throw new TypeError('A page must render synchronously: fetch its data before rendering.');
  return `<!doctype html>${html}`;
}
