/**
 * Owns the look of a member's API tokens: the list, and the form for a new one. Leaves to others: which there are, what may be
 * asked for, and making them.
 */
import { Field } from '../field.js';
import { english, fill, type Localized, type Messages } from '../messages.js';
import { HiddenFields } from '../phrase.js';
import { roleInWords } from '../role.js';
import { MyAccountLayout } from './layout.js';
import { expiryOptions, factsOfToken, Select, type ShownToken, TokenBadges } from './token-fields.js';

/** What a form for a new token was filled in with, and what was wrong with it. */
export interface TokenDraft {
  name: string;
  role: string;
  expires: string;
  isService: boolean;
  nameError?: string | undefined;
  roleError?: string | undefined;
}

/** Props of `TokensPage`. */
export interface TokensPageProps extends Localized {
  csrfToken: string;
  memberEmail: string;
  /** Marks the form, so that sent twice it makes one token. */
  once: string;
  tokens: readonly ShownToken[];
  /** Where the next page of the list is, and whether this is not the first. */
  olderPath?: string;
  isFirstPage: boolean;
  roles: readonly string[];
  /** Whether the member may create service tokens. */
  offersService: boolean;
  draft: TokenDraft;
  done?: string;
  error?: string;
}

/** What there is first, and then the form. */
export function TokensPage(props: TokensPageProps) {
  const { tokens, olderPath, isFirstPage, messages = english } = props;
  return (
    <MyAccountLayout current="/me/tokens" lead={messages.myTokensLead} {...props}>
      <h2 id="tokens">{messages.myTokensYours}</h2>
      {tokens.length === 0 ? (
        <p class="empty">{messages.myTokensNone}</p>
      ) : (
        <ul class="rows" aria-labelledby="tokens">
          {tokens.map((token) => (
            <TokenRow token={token} messages={messages} />
          ))}
        </ul>
      )}
      {!isFirstPage && (
        <a class="link" href="/me/tokens">
          {messages.myTokensNewest}
        </a>
      )}
      {olderPath !== undefined && (
        <a class="link" href={olderPath}>
          {messages.myTokensOlder}
        </a>
      )}
      <NewTokenForm {...props} messages={messages} />
    </MyAccountLayout>
  );
}

function TokenRow({ token, messages }: { token: ShownToken; messages: Messages }) {
  return (
    <li class="row">
      <div class="row-main">
        <h3>
          <bdi>{token.name}</bdi> <TokenBadges token={token} messages={messages} />
        </h3>
        <p class="row-facts">
          {factsOfToken({ token, messages }).map(({ name, value }) => (
            <span>
              {name} {value}
            </span>
          ))}
        </p>
      </div>
      <a
        class="button"
        href={`/me/tokens?token=${token.id}`}
        aria-label={fill(messages.myTokensManageOne, { name: token.name })}
      >
        {messages.myTokensManage}
      </a>
    </li>
  );
}

function NewTokenForm(props: TokensPageProps & { messages: Messages }) {
  const { csrfToken, once, roles, offersService, draft, messages } = props;
  return (
    <section class="section" aria-labelledby="new-token">
      <h2 id="new-token">{messages.myTokensNew}</h2>
      <form method="post" action="/me/tokens">
        <HiddenFields fields={{ csrf: csrfToken, once }} />
        <Field
          label={messages.tokenName}
          hint={messages.tokenNameHint}
          error={draft.nameError}
          input={{
            id: 'name',
            value: draft.name,
            autocomplete: 'off',
            required: true,
            maxlength: 100,
            autofocus: draft.nameError !== undefined,
          }}
        />
        <div class="fields">
          <Select
            id="role"
            label={messages.tokenRole}
            hint={messages.tokenRoleHint}
            error={draft.roleError}
            options={roles.map((role) => ({ value: role, text: roleInWords(role, messages) }))}
            chosen={draft.role}
          />
          <Select id="expires" label={messages.tokenExpires} options={expiryOptions(messages)} chosen={draft.expires} />
        </div>
        {offersService && (
          <div class="field">
            <div class="choice">
              <input
                type="checkbox"
                id="service"
                name="service"
                value="yes"
                checked={draft.isService}
                aria-describedby="service-hint"
              />
              <label for="service">{messages.tokenService}</label>
            </div>
            <p class="hint" id="service-hint">
              {messages.tokenServiceHint}
            </p>
          </div>
        )}
        <button type="submit" name="decision" value="create" class="button button-primary">
          {messages.tokenCreate}
        </button>
      </form>
    </section>
  );
}
