/**
 * Owns the frame of the pages under My account: the parts of it as a navigation, what was just done, and the content.
 * Leaves to others: what each part shows.
 */
import type { Child } from 'hono/jsx';
import { Layout } from '../layout.js';
import { english, type Localized, type Messages } from '../messages.js';
import { SignedInAs } from '../phrase.js';

/** The parts of My account, in the order of the navigation. */
const parts = [{ path: '/me', label: 'myProfile' }] as const satisfies readonly {
  readonly path: string;
  readonly label: keyof Messages;
}[];

/** The addresses of the parts. */
export type MyAccountPath = (typeof parts)[number]['path'];

/** Props of `MyAccountLayout`. */
export interface MyAccountLayoutProps extends Localized {
  /** The part that is shown. */
  current: MyAccountPath;
  memberEmail: string;
  /** What this part is for. */
  lead?: string;
  /** What has just been done, for whoever came from a form. */
  done?: string;
  /** What could not be done. */
  error?: string;
  children: Child;
}

/** A part of My account. */
export function MyAccountLayout(props: MyAccountLayoutProps) {
  const { current, memberEmail, lead, done, error, children, messages = english } = props;
  const label = parts.find(({ path }) => path === current)?.label ?? 'myAccount';
  return (
    <Layout title={messages[label]} messages={messages} wide={true}>
      <nav class="parts" aria-label={messages.myAccountNav}>
        {parts.map((part) => (
          <a href={part.path} aria-current={part.path === current ? 'page' : undefined}>
            {messages[part.label]}
          </a>
        ))}
        <a href="/logout">{messages.signOut}</a>
      </nav>
      <h1>{messages[label]}</h1>
      {lead !== undefined && <p class="lead">{lead}</p>}
      <SignedInAs email={memberEmail} messages={messages} />
      {done !== undefined && (
        <p class="notice notice-good" role="status">
          {done}
        </p>
      )}
      {error !== undefined && (
        <p class="notice notice-error" role="alert" id="error">
          {error}
        </p>
      )}
      {children}
    </Layout>
  );
}
