/**
 * Owns the page for what went wrong in a browser. Leaves to others: which error it is, its public words and its status.
 */
import { Layout } from './layout.js';
import { english, type Localized } from './messages.js';

/** Props of `ErrorPage`. */
export interface ErrorPageProps extends Localized {
  title: string;
  /** What went wrong. */
  message: string;
  /** What to do next. */
  hint?: string;
  /** Where a person can go on. */
  onward: { href: string; label: string };
  /** The request id under which the log has the details. */
  referenceId: string;
}

/** Says what went wrong, what to do next, where one can go on, and which reference to quote. */
export function ErrorPage({ title, message, hint, onward, referenceId, messages = english }: ErrorPageProps) {
  return (
    <Layout title={title} failed={true} messages={messages}>
      <h1>{title}</h1>
      <p>{message}</p>
      {hint !== undefined && <p class="next-step">{hint}</p>}
      <a class="button" href={onward.href}>
        {onward.label}
      </a>
      <div class="reference">
        <span>{messages.errorReference}</span> <code>{referenceId}</code>
        <p>{messages.errorReferenceHint}</p>
      </div>
    </Layout>
  );
}
