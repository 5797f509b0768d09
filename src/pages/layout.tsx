/**
 * Owns the frame of every page: document, head, wordmark, the card around the content. Leaves to others: what is in
 * the card, and the HTTP headers (security-headers, csp).
 */
import type { Child } from 'hono/jsx';
import { english, type Localized } from './messages.js';
import { stylesheetPath } from './stylesheet.js';

/** Props of `Layout`. */
export interface LayoutProps extends Localized {
  /** What the page is, without the product's name, which is appended. */
  title: string;
  /** For pages with lists; the others are as narrow as their forms. */
  wide?: boolean;
  children: Child;
}

/** The document around every page. It loads one stylesheet of ours and, where it names an app, our copy of the logo. */
export function Layout({ title, wide = false, children, messages = english }: LayoutProps) {
  return (
    <html lang={messages.lang}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · ${messages.productName}`}</title>
        <link rel="stylesheet" href={stylesheetPath} />
      </head>
      <body>
        <header class="brand">
          <Wordmark name={messages.productName} />
        </header>
        <main class={wide ? 'card card-wide' : 'card'}>{children}</main>
      </body>
    </html>
  );
}

/** Props of `Wordmark`. */
export interface WordmarkProps {
  name: string;
}

/** The product's name beside a key. The key is decoration: a screen reader hears the name once. */
export function Wordmark({ name }: WordmarkProps) {
  return (
    <span class="wordmark">
      <svg
        class="wordmark-key"
        viewBox="0 0 24 24"
        width="22"
        height="22"
        aria-hidden="true"
        focusable="false"
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
        stroke-linejoin="round"
      >
        <circle cx="8" cy="16" r="4.5" />
        <path d="M11.3 12.7 20 4M16 8l3 3M13.5 10.5l2 2" />
      </svg>
      {name}
    </span>
  );
}
