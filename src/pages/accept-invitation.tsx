/**
 * Owns the look of the page that accepts an invitation. Leaves to others: whether the link works, and what accepting does.
 */
import { Field, NewPasswordField, UserName } from './field.js';
import { Layout } from './layout.js';
import { english, fill, type Localized } from './messages.js';
import { HiddenFields, Phrase } from './phrase.js';
import { roleInWords } from './role.js';

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
  /** Who is signed in in this browser, and is signed out by accepting. */
  signedInAs?: string;
  /** What stands in the way as a whole. */
  error?: string;
  /** What was wrong with the fields. */
  nameError?: string | undefined;
  passwordError?: string | undefined;
}

/** Who invites to what, and the form that makes one a member. */
export function AcceptInvitationPage(props: AcceptInvitationPageProps) {
  const { csrfToken, token, accountName, inviter, email, role, name, signedInAs, messages = english } = props;
  const { error, nameError, passwordError } = props;
  const failed = (error ?? nameError ?? passwordError) !== undefined;
  return (
    <Layout title={fill(messages.invitationTitle, { account: accountName })} failed={failed} messages={messages}>
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
        <dd>{roleInWords(role, messages)}</dd>
      </dl>
      {error !== undefined && (
        <p class="notice notice-error" role="alert">
          {error}
        </p>
      )}
      {signedInAs !== undefined && (
        <p class="notice notice-warning">
          <Phrase text={messages.invitationSignedIn} values={{ email: signedInAs }} />
        </p>
      )}
      <form method="post" action="/accept-invitation">
        <HiddenFields fields={{ csrf: csrfToken, token }} />
        <UserName email={email} />
        <Field
          label={messages.invitationName}
          hint={messages.invitationNameHint}
          error={nameError}
          input={{ id: 'name', value: name, autocomplete: 'name', autofocus: nameError !== undefined }}
        />
        <NewPasswordField
          messages={messages}
          error={passwordError}
          autofocus={nameError === undefined && passwordError !== undefined}
        />
        <button type="submit" class="button button-primary">
          {messages.invitationAccept}
        </button>
      </form>
    </Layout>
  );
}
