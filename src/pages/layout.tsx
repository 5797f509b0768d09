/**
 * Owns the frame of every page: document, head, wordmark, the card around the content, and for those who are signed in the bar
 * above and what stands beside the card. Leaves to others: what is in the card, and the HTTP headers (security-headers, csp).
 */
import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import { head } from './head.js';
import { english, fill, type Localized } from './messages.js';
import { stylesheetPath } from './stylesheet.js';

/** Props of `Layout`. */
export interface LayoutProps extends Localized {
  /** What the page is, without the product's name, which is appended. */
  title: string;
  /** Whether the page says that something was wrong: its title begins with that, since it is what a screen reader reads first. */
  failed?: boolean | undefined;
  /** Who is signed in, for the pages that are theirs rather than a step on the way to an app. */
  memberEmail?: string | undefined;
  /** What stands beside the card. */
  side?: Child;
  children: Child;
}

/** The document around every page. It loads one stylesheet of ours and, where it names an app, our copy of the logo. */
export function Layout(props: LayoutProps) {
  const { title, failed = false, memberEmail, side, children, messages = english } = props;
  const named = failed ? fill(messages.titleOfFailure, { title }) : title;
  return (
    <html lang={messages.lang}>
      {head(`${named} · ${messages.productName}`, stylesheetPath)}
      {memberEmail === undefined ? (
        <body>
          <header class="brand">
            <Wordmark name={messages.productName} />
          </header>
          <main class="card">{children}</main>
        </body>
      ) : (
        <body class="with-bar">
          <a class="skip-link" href="#content">
            {messages.skipToContent}
          </a>
          <header class="bar">
            <a class="home" href="/">
              <Wordmark name={messages.productName} />
            </a>
            <div class="bar-person">
              <a class="bar-me" href="/me">
                <bdi>{memberEmail}</bdi>
              </a>
              <a href="/logout">{messages.signOut}</a>
            </div>
          </header>
          {side === undefined ? (
            <main class="card card-home" id="content">
              {children}
            </main>
          ) : (
            <div class="sides">
              {side}
              <main class="card" id="content">
                {children}
              </main>
            </div>
          )}
        </body>
      )}
    </html>
  );
}

/** The wordmark's key, as text for render.ts's reason. */
const key = html`<svg class="wordmark-key" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><circle cx="8" cy="16" r="4.5"></circle><path d="M11.3 12.7 20 4M16 8l3 3M13.5 10.5l2 2"></path></svg>`;

/** Props of `Wordmark`. */
export interface WordmarkProps {
  name: string;
}

/** The product's name beside a key. The key is decoration: a screen reader hears the name once. */
export function Wordmark({ name }: WordmarkProps) {
  return (
    <span class="wordmark">
      {key}
      {name}
    </span>
  );
}
