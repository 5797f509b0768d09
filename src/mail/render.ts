// A message as text and as HTML. Both say the same, in the same order. The HTML loads nothing, has its styles inline and leaves
// the colours of text and background to the reader's program, so that it can be read on light and on dark.
import type { Mail } from './deliveries.js';

/** What a message says, whoever gets it. */
type Words = Omit<Mail, 'to' | 'memberId'>;

const longestSubject = 200;

/** A text on one line, without control and invisible characters: it can begin no header, no paragraph and no address of its own. */
function oneLine(text: string): string {
  return text.replace(/[\p{C}\s]+/gu, ' ').trim();
}

/** What cannot be written in an address of the web is left out of it. */
function address(url: string): string {
  return url.replace(/[\p{C}\s]+/gu, '');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

const styles = {
  body: 'margin:0;padding:24px;color-scheme:light dark;font-family:system-ui,-apple-system,Segoe UI,Roboto,Arial,sans-serif;font-size:16px;line-height:1.5',
  frame: 'max-width:34rem;margin:0 auto',
  paragraph: 'margin:0 0 16px',
  // White on blue, 6.9 : 1, on any background.
  button:
    'display:inline-block;padding:10px 20px;border-radius:6px;background-color:#1d4fb8;color:#ffffff;font-weight:600;text-decoration:none',
  // No colour: each program has one for links that can be read on its background.
  address: 'margin:0 0 16px;font-size:14px;overflow-wrap:anywhere;word-break:break-all',
  note: 'margin:0 0 8px;font-size:14px',
};

function textOf({ paragraphs, action, notes = [] }: Words): string {
  const parts = [
    ...paragraphs.map(oneLine),
    ...(action ? [`${oneLine(action.label)}:\n${address(action.url)}`] : []),
    ...notes.map(oneLine),
  ];
  return `${parts.join('\n\n')}\n`;
}

function htmlOf({ paragraphs, action, notes = [] }: Words, subject: string): string {
  const element = (style: string) => (text: string) => `<p style="${style}">${escapeHtml(oneLine(text))}</p>`;
  const href = action && escapeHtml(address(action.url));
  const button = action
    ? [
        `<p style="${styles.paragraph}"><a href="${href}" style="${styles.button}">${escapeHtml(oneLine(action.label))}</a></p>`,
        `<p style="${styles.address}"><a href="${href}">${href}</a></p>`,
      ]
    : [];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="supported-color-schemes" content="light dark">',
    `<title>${escapeHtml(subject)}</title>`,
    '</head>',
    `<body style="${styles.body}">`,
    `<div style="${styles.frame}">`,
    ...paragraphs.map(element(styles.paragraph)),
    ...button,
    ...notes.map(element(styles.note)),
    '</div>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Writes a message out. Its texts may hold anything: none of them can become a header or an element. */
export function renderMail(mail: Words): { readonly subject: string; readonly text: string; readonly html: string } {
  const subject = [...oneLine(mail.subject)].slice(0, longestSubject).join('');
  return { subject, text: textOf(mail), html: htmlOf(mail, subject) };
}
