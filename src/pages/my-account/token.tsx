/**
 * Owns the look of one API token: what can be done with it, and the one time that it is shown. Leaves to others: doing that.
 */
import { Field, FieldTexts } from '../field.js';
import { english, fill, type Localized } from '../messages.js';
import { HiddenFields } from '../phrase.js';
import { roleInWords } from '../role.js';
import { MyAccountLayout } from './layout.js';
import { expiryOptions, factsOfToken, Select, type ShownToken } from './token-fields.js';

/** Props of `TokenPage`. */
export interface TokenPageProps extends Localized {
  csrfToken: string;
  memberEmail: string;
  /** Marks the form, so that sent twice it makes one token. */
  once: string;
  token: ShownToken;
  /** What the choices are set to. */
  overlap: string;
  expires: string;
  error?: string;
  /** That it was not said that the token is to be revoked. */
  revokeError?: string;
}

/** How long a token that was replaced works on, in seconds, as the value of a form's field. */
export const overlapChoices = ['0', '3600', '86400', '604800'] as const;

/** One token with its two ends: replaced by another, or for good. What is over cannot be replaced. */
export function TokenPage(props: TokenPageProps) {
  const { csrfToken, once, token, overlap, expires, revokeError, messages = english } = props;
  const overlapTexts = [
    messages.tokenOverlapNone,
    messages.tokenOverlapHour,
    messages.tokenOverlapDay,
    messages.tokenOverlapWeek,
  ];
  return (
    <MyAccountLayout current="/me/tokens" title={token.name} {...props}>
      <dl class="facts">
        <dt>{messages.tokenKind}</dt>
        <dd>{token.isService ? messages.tokenService : messages.tokenPersonal}</dd>
        <dt>{messages.tokenRole}</dt>
        <dd>{roleInWords(token.role, messages)}</dd>
        {factsOfToken({ token, messages }).map(({ name, value }) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
      {!token.isExpired && !token.isReplaced && (
        <section class="section" aria-labelledby="rotate">
          <h2 id="rotate">{messages.tokenRotateTitle}</h2>
          <p class="hint">{messages.tokenRotateHint}</p>
          <form method="post" action="/me/tokens">
            <HiddenFields fields={{ csrf: csrfToken, once, token: token.id }} />
            <div class="fields">
              <Select
                id="overlap"
                label={messages.tokenOverlap}
                options={overlapChoices.map((value, index) => ({ value, text: overlapTexts[index] ?? value }))}
                chosen={overlap}
              />
              <Select
                id="expires"
                label={messages.tokenNewExpires}
                options={expiryOptions(messages)}
                chosen={expires}
              />
            </div>
            <button type="submit" name="decision" value="rotate" class="button">
              {messages.tokenRotate}
            </button>
          </form>
        </section>
      )}
      <section class="section" aria-labelledby="revoke">
        <h2 id="revoke">{messages.tokenRevokeTitle}</h2>
        <p class="hint">{messages.tokenRevokeHint}</p>
        <form method="post" action="/me/tokens">
          <HiddenFields fields={{ csrf: csrfToken, token: token.id }} />
          <div class="field">
            <div class="choice">
              <input
                type="checkbox"
                id="sure"
                name="sure"
                value="yes"
                required
                aria-invalid={revokeError === undefined ? undefined : 'true'}
                aria-describedby={revokeError === undefined ? undefined : 'sure-error'}
                autofocus={revokeError !== undefined}
              />
              <label for="sure">{messages.tokenRevokeSure}</label>
            </div>
            <FieldTexts id="sure" error={revokeError} hint={undefined} />
          </div>
          <button type="submit" name="decision" value="revoke" class="button button-danger">
            {messages.tokenRevoke}
          </button>
        </form>
      </section>
      <a class="link" href="/me/tokens">
        {messages.myTokensAll}
      </a>
    </MyAccountLayout>
  );
}

/** Props of `NewTokenPage`. */
export interface NewTokenPageProps extends Localized {
  memberEmail: string;
  name: string;
  /** The token in clear. */
  token: string;
  /** What becomes of the one whose place it takes. */
  previous?: string;
}

/** The one time that a token is shown. It stands in a field that takes no input, so that all of it can be selected without a script. */
export function NewTokenPage({ memberEmail, name, token, previous, messages = english }: NewTokenPageProps) {
  return (
    <MyAccountLayout
      current="/me/tokens"
      memberEmail={memberEmail}
      done={fill(messages.tokenMade, { name })}
      messages={messages}
    >
      <Field
        label={messages.tokenClear}
        hint={messages.tokenClearHint}
        input={{
          id: 'clear',
          type: 'text',
          class: 'secret',
          value: token,
          readonly: true,
          autocomplete: 'off',
          spellcheck: false,
          autofocus: true,
        }}
      />
      {previous !== undefined && <p>{previous}</p>}
      <a class="button button-primary" href="/me/tokens">
        {messages.tokenStored}
      </a>
    </MyAccountLayout>
  );
}
