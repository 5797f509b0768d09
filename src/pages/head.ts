/**
 * Owns what every document has in its head. As text, not as elements, for render.ts's reason.
 */
import { html } from 'hono/html';

type Text = ReturnType<typeof html>;

/**
 * The head of a document.
 * @param stylesheet the path of its stylesheet
 * @param more what else is in it, after that
 */
export function head(title: string, stylesheet: string, more: readonly Text[] = []): Text {
  return html`<head>${[
    html`<meta charset="utf-8"/>`,
    html`<meta name="viewport" content="width=device-width, initial-scale=1"/>`,
    html`<meta name="robots" content="noindex"/>`,
    html`<meta name="color-scheme" content="light dark"/>`,
    html`<title>${title}</title>`,
    html`<link rel="stylesheet" href="${stylesheet}"/>`,
    ...more,
  ]}</head>`;
}
