/**
 * Owns what the pages about API tokens share: a choice in a form, and the facts of a token. Leaves to others: what can be chosen.
 */
import type { Child } from 'hono/jsx';
import { describedBy, FieldTexts } from '../field.js';
import type { Messages } from '../messages.js';
import { Moment } from '../moment.js';
import { roleInWords } from '../role.js';

/** Props of `Select`. */
export interface SelectProps {
  id: string;
  label: string;
  hint?: string;
  error?: string | undefined;
  options: readonly { readonly value: string; readonly text: string }[];
  chosen: string;
}

/** A labelled choice of one. */
export function Select({ id, label, hint, error, options, chosen }: SelectProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        name={id}
        aria-invalid={error === undefined ? undefined : 'true'}
        aria-describedby={describedBy([error !== undefined && `${id}-error`, hint !== undefined && `${id}-hint`])}
      >
        {options.map(({ value, text }) => (
          <option value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
      <FieldTexts id={id} error={error} hint={hint} />
    </div>
  );
}

/** When a token can expire, as the value of a form's field; the number of days, or never. */
export const expiryChoices = ['7', '30', '90', '365', 'never'] as const;

/** The choices of when a token expires. */
export function expiryOptions(messages: Messages) {
  return expiryChoices.map((value) => {
    if (value === 'never') return { value, text: messages.tokenNever };
    return { value, text: value === '365' ? messages.tokenYear : messages.tokenDays.replace('{days}', value) };
  });
}

/** A token as its owner sees it. */
export interface ShownToken {
  id: string;
  name: string;
  role: string;
  hint: string;
  isService: boolean;
  createdAt: Date;
  expiresAt: Date | null;
  isExpired: boolean;
  /** Whether a new one has taken its place. */
  isReplaced: boolean;
  lastUsedAt: Date | null;
}

interface TokenProps {
  token: ShownToken;
  messages: Messages;
}

/** What is particular about a token, beside its name. */
export function TokenBadges({ token, messages }: TokenProps) {
  return (
    <>
      <span class="badge badge-plain">{roleInWords(token.role, messages)}</span>{' '}
      {token.isService && <span class="badge badge-new">{messages.tokenService}</span>}{' '}
      {token.isReplaced && <span class="badge badge-warning">{messages.tokenReplaced}</span>}{' '}
      {token.isExpired && <span class="badge badge-warning">{messages.tokenExpired}</span>}
    </>
  );
}

/** The facts of a token by name, in the order in which they are shown. */
export function factsOfToken({ token, messages }: TokenProps): { name: string; value: Child }[] {
  const expiry = token.isExpired ? messages.tokenExpiredAt : messages.tokenExpiresAt;
  return [
    { name: messages.tokenHint, value: <code>{`lkt_…${token.hint}`}</code> },
    { name: messages.tokenCreated, value: <Moment at={token.createdAt} /> },
    { name: expiry, value: token.expiresAt === null ? messages.tokenNever : <Moment at={token.expiresAt} /> },
    {
      name: messages.tokenLastUsed,
      value: token.lastUsedAt === null ? messages.tokenNeverUsed : <Moment at={token.lastUsedAt} />,
    },
  ];
}
