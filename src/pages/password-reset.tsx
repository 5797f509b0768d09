/**
 * Owns the look of the pages for a forgotten password, and of the page for a link that works no more. Leaves to others:
 * whether anybody has an address, what a password must be, and whether a link works.
 */
import { EmailField, NewPasswordField, UserName } from './field.js';
import { Layout } from './layout.js';
import { english, type Localized } from './messages.js';
import { HiddenFields, Phrase } from './phrase.js';

/** Props of `ForgotPasswordPage`. */
export interface ForgotPasswordPageProps extends Localized {
  csrfToken: string;
  /** The authorization request to go back to afterwards. */
  requestId?: string;
  email?: string;
  error?: string;
}

/** Asks for the address to send a link to. */
export function ForgotPasswordPage(props: ForgotPasswordPageProps) {
  const { csrfToken, requestId, email, error, messages = english } = props;
  return (
    <Layout title={messages.forgotTitle} failed={error !== undefined} messages={messages}>
      <h1>{messages.forgotTitle}</h1>
      <p class="lead">{messages.forgotLead}</p>
      <form method="post" action="/forgot-password">
        <HiddenFields fields={{ csrf: csrfToken, request: requestId }} />
        <EmailField messages={messages} email={email} error={error} autofocus={true} />
        <button type="submit" class="button button-primary">
          {messages.forgotSend}
        </button>
      </form>
    </Layout>
  );
}

/** Props of `LinkSentPage`. */
export interface LinkSentPageProps extends Localized {
  /** Where to sign in: with the app that waits, if there is one. */
  signInPath: string;
}

/** Says the same whether or not anybody has the address. */
export function LinkSentPage({ signInPath, messages = english }: LinkSentPageProps) {
  return (
    <Layout title={messages.forgotSentTitle} messages={messages}>
      <h1>{messages.forgotSentTitle}</h1>
      <p class="lead">{messages.forgotSentLead}</p>
      <p class="hint">{messages.forgotSentHint}</p>
      <a class="button" href={signInPath}>
        {messages.backToSignIn}
      </a>
    </Layout>
  );
}

/** Props of `NoMailPage`. */
export interface NoMailPageProps extends Localized {
  /** Where to sign in: with the app that waits, if there is one. */
  signInPath: string;
}

/** Says whom to ask for a new password where no link can be sent. The same to everybody. */
export function NoMailPage({ signInPath, messages = english }: NoMailPageProps) {
  return (
    <Layout title={messages.forgotTitle} messages={messages}>
      <h1>{messages.forgotTitle}</h1>
      <p class="lead">{messages.forgotNoMailLead}</p>
      <a class="button" href={signInPath}>
        {messages.backToSignIn}
      </a>
    </Layout>
  );
}

/** Props of `ResetPasswordPage`. */
export interface ResetPasswordPageProps extends Localized {
  csrfToken: string;
  /** The link's token, which goes on in the body. */
  token: string;
  requestId?: string;
  email: string;
  error?: string;
}

/** Asks whoever opened the link for a new password. */
export function ResetPasswordPage(props: ResetPasswordPageProps) {
  const { csrfToken, token, requestId, email, error, messages = english } = props;
  return (
    <Layout title={messages.resetTitle} failed={error !== undefined} messages={messages}>
      <h1>{messages.resetTitle}</h1>
      <p class="lead">
        <Phrase text={messages.resetLead} values={{ email }} />
      </p>
      <form method="post" action="/reset-password">
        <HiddenFields fields={{ csrf: csrfToken, token, request: requestId }} />
        <UserName email={email} />
        <NewPasswordField error={error} messages={messages} autofocus={true} />
        <button type="submit" class="button button-primary">
          {messages.resetSave}
        </button>
      </form>
    </Layout>
  );
}

/** Props of `LinkOverPage`. */
export interface LinkOverPageProps extends Localized {
  /** Where to ask for a new link, and what the button says. */
  again: string;
  label: string;
}

/** Says the same of every link that does not work. */
export function LinkOverPage({ again, label, messages = english }: LinkOverPageProps) {
  return (
    <Layout title={messages.linkOverTitle} failed={true} messages={messages}>
      <h1>{messages.linkOverTitle}</h1>
      <p class="lead">{messages.linkOverLead}</p>
      <a class="button button-primary" href={again}>
        {label}
      </a>
    </Layout>
  );
}
