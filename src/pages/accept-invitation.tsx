/**
 * Owns the look of the page that accepts an invitation. Leaves to others: whether the link works, and what accepting does.
 */
import { Layout } from './layout.js';
import { english, fill, type Localized } from './messages.js';
import { NewPasswordField } from './new-password-field.js';
import { HiddenFields, Phrase } from './phrase.js';

/** Props of `AcceptInvitationPage`. */
export interface AcceptInvitationPageProps extends Localized {
  csrfToken: string;
  /** The link's token, which the form sends back. */
  token: string;
  accountName: string;
  /** The name or address of whoever invites; absent when they have left. */
  inviter?: string;
  email: string;
  role: string;
  name: string;
  error?: string;
}

const errorId = 'error';

/** Who invites to what, and the form that makes one a member. */
export function AcceptInvitationPage(props: AcceptInvitationPageProps) {
  const { csrfToken, token, accountName, inviter, email, role, name, error, messages = english } = props;
  return (
    <Layout
      title={fill(messages.invitationTitle, { account: accountName })}
      failed={error !== undefined}
      messages={messages}
    >
      <h1>
        <Phrase text={messages.invitationTitle} values={{ account: accountName }} />
      </h1>
      <p class="lead">
        {inviter === undefined ? (
          messages.invitationFromAccount
        ) : (
          <Phrase text={messages.invitationFrom} values={{ inviter }} />
        )}
      </p>
      <dl class="facts">
        <dt>{messages.email}</dt>
        <dd>{email}</dd>
        <dt>{messages.homeRole}</dt>
        <dd>{role}</dd>
      </dl>
      {error !== undefined && (
        <p class="notice notice-error" role="alert" id={errorId}>
          {error}
        </p>
      )}
      <form method="post" action="/accept-invitation">
        <HiddenFields fields={{ csrf: csrfToken, token }} />
        {/* For password managers, which keep a password with its user name. */}
        <input type="hidden" name="username" value={email} autocomplete="username" />
        <div class="field">
          <label for="name">{messages.invitationName}</label>
          <input id="name" name="name" value={name} autocomplete="name" aria-describedby="name-hint" />
          <p class="hint" id="name-hint">
            {messages.invitationNameHint}
          </p>
        </div>
        <NewPasswordField messages={messages} errorId={error === undefined ? undefined : errorId} />
        <button type="submit" class="button button-primary">
          {messages.invitationAccept}
        </button>
      </form>
    </Layout>
  );
}
