/**
 * Owns the frame of the pages under My account: the navigation between its parts, what was just done, and the content.
 * Leaves to others: what each part shows.
 */
import type { Child } from 'hono/jsx';
import { Layout } from '../layout.js';
import { english, fill, type Localized, type Messages } from '../messages.js';
import { type MyAccountPath, myAccountParts } from './parts.js';

/** Props of `MyAccountLayout`. */
export interface MyAccountLayoutProps extends Localized {
  /** The part that is shown. */
  current: MyAccountPath;
  memberEmail: string;
  /** What the page is about, when it is not the part as a whole. */
  title?: string;
  /** What this part is for. */
  lead?: string;
  /** What has just been done, for whoever came from a form. */
  done?: string;
  /** What could not be done. What is wrong with a field stands at the field. */
  error?: string;
  children: Child;
}

/** A part of My account. */
export function MyAccountLayout(props: MyAccountLayoutProps) {
  const { current, memberEmail, lead, done, error, children, messages = english } = props;
  const part = myAccountParts.find(({ path }) => path === current);
  const label = props.title ?? messages[part?.label ?? 'myAccount'];
  return (
    <Layout
      title={fill(messages.myAccountTitle, { part: label })}
      failed={error !== undefined}
      messages={messages}
      memberEmail={memberEmail}
      side={<Parts current={current} messages={messages} />}
    >
      <h1>
        <bdi>{label}</bdi>
      </h1>
      {lead !== undefined && <p class="lead">{lead}</p>}
      {done !== undefined && (
        <p class="notice notice-good" role="status">
          {done}
        </p>
      )}
      {error !== undefined && (
        <p class="notice notice-error" role="alert">
          {error}
        </p>
      )}
      {children}
    </Layout>
  );
}

function Parts({ current, messages }: { current: MyAccountPath; messages: Messages }) {
  return (
    <nav class="parts" aria-label={messages.myAccount}>
      <ul>
        {myAccountParts.map(({ path, label }) => (
          <li>
            <a href={path} aria-current={path === current ? 'page' : undefined}>
              {messages[label]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
