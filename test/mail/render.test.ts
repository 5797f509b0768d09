// A message as text and as HTML: both say the same, nothing in it can become markup, and nothing is loaded from elsewhere.
import { describe, expect, test } from 'vitest';
import { renderMail } from '../../src/mail/render.js';

const plain = {
  to: 'ada@example.com',
  subject: 'You are invited',
  paragraphs: ['Bea invites you.', 'You will be an admin.'],
  action: { label: 'Accept', url: 'https://id.example.com/invitation?token=lki_1&x=2' },
  notes: ['The link works for a week.', 'If you know nothing of this, do nothing.'],
};

/** What a reader of the HTML sees, a line for each paragraph. */
function readable(html: string): string {
  const body = html.slice(html.indexOf('<body'));
  return body
    .split('</p>')
    .map((part) => part.replace(/<[^>]*>/g, '').trim())
    .filter(Boolean)
    .join('\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

const hostile = `<img src=x onerror=alert(1)> "quoted" 'single' & &amp; <a href="javascript:alert(1)">`;

test.each([
  ['with everything', plain],
  ['with words alone', { to: plain.to, subject: 'Hello', paragraphs: ['One.'] }],
  ['with what strangers chose', { ...plain, paragraphs: [hostile], notes: [hostile] }],
])('text and HTML say the same: %s', (_name, mail) => {
  const { text, html } = renderMail(mail);
  expect(readable(html)).toBe(text.replace('Accept:', 'Accept').replace(/\n+/g, '\n').trim());
});

test('the text is plain, with the address on a line of its own', () => {
  expect(renderMail(plain).text).toBe(
    'Bea invites you.\n\nYou will be an admin.\n\nAccept:\nhttps://id.example.com/invitation?token=lki_1&x=2\n\nThe link works for a week.\n\nIf you know nothing of this, do nothing.\n',
  );
});

describe('what a stranger chose', () => {
  const { html } = renderMail({
    ...plain,
    subject: hostile,
    paragraphs: [hostile],
    notes: [hostile],
    action: { label: hostile, url: 'https://id.example.com/"><script>alert(1)</script>' },
  });

  test('is escaped everywhere in the HTML', () => {
    expect(html).not.toMatch(/<(img|script|a href="javascript)/i);
    expect([...html.matchAll(/<(\w+)/g)].map(([, name]) => name)).toEqual([
      ...['html', 'head', 'meta', 'meta', 'meta', 'meta', 'title', 'body', 'div'],
      ...['p', 'p', 'a', 'p', 'a', 'p'],
    ]);
  });

  test('begins no line of its own', () => {
    const lines = 'Bea\r\n\r\nOpen this:\u2028https://evil.example\u0000\u202e';
    const { text, html: one } = renderMail({ ...plain, paragraphs: [lines], notes: [], subject: lines });
    const flat = 'Bea Open this: https://evil.example';
    expect(text.startsWith(`${flat}\n\nAccept:\n`)).toBe(true);
    expect(renderMail({ ...plain, subject: lines }).subject).toBe(flat);
    expect(one).toContain(`>${flat}</p>`);
  });

  test('makes no subject without end', () => {
    expect([...renderMail({ ...plain, subject: '🦉'.repeat(1000) }).subject]).toHaveLength(200);
  });
});

test('the HTML loads nothing, has no style sheet, and leaves colours to light and dark', () => {
  const { html } = renderMail(plain);
  expect(html).not.toMatch(/<(img|link|style|script|iframe|object|svg)|url\(|src=|@import/i);
  expect([...html.matchAll(/https?:\/\/[^"<]+/g)].map(([url]) => new URL(url).host)).toEqual(
    Array(3).fill('id.example.com'),
  );
  expect(html).toContain('<meta name="color-scheme" content="light dark">');
  const withColours = [...html.matchAll(/style="([^"]*)"/g)]
    .map(([, style = '']) => style)
    .filter((style) => /[;"]color:|background/.test(style));
  expect(withColours).toHaveLength(1);
  expect(withColours[0]).toMatch(/background-color:#1d4fb8;color:#ffffff/);
});

test('the button and the address in clear lead to the same place', () => {
  const hrefs = [...renderMail(plain).html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
  expect(hrefs).toEqual(Array(2).fill('https://id.example.com/invitation?token=lki_1&amp;x=2'));
});
