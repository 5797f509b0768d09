/**
 * Owns turning a page into the text of an HTML document. Leaves to others: status, headers and the response itself.
 */

/** What JSX in these pages evaluates to, as far as rendering needs to know it. */
type Renderable = { toString(): unknown };

/**
 * The full document for a page: `render(<LoginPage … />)`. Pages are pure and synchronous; one that awaits something
 * would come out as a promise, which is refused here instead of being sent as `[object Promise]`.
 */
export function render(page: Renderable | Promise<unknown> | null): string {
  const html = page === null || page instanceof Promise ? undefined : page.toString();
  if (typeof html !== 'string')
    throw new TypeError('A page must render synchronously: fetch its data before rendering.');
  return `<!doctype html>${html}`;
}
