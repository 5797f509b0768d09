/**
 * Owns the look of the sign-in form. Leaves to others: checking the password, throttling, and where a person goes next.
 */
import { EmailField, Field } from './field.js';
import { Layout } from './layout.js';
import { english, fill, type Localized } from './messages.js';
import { BackToApp, ClientHeading, HiddenFields, Phrase } from './phrase.js';

/** Props of `LoginPage`. */
export interface LoginPageProps extends Localized {
  csrfToken: string;
  /** The authorization request that waits for this sign-in; wins over `returnTo`. */
  requestId?: string;
  /** Where to go after signing in without an app, one of a fixed list. */
  returnTo?: string;
  /** What was typed before, so that a wrong password costs only the password. */
  email?: string;
  error?: string;
  /** Where the form is posted, so that the address shows the same page again after what went wrong. */
  action?: string;
  /** Whether somebody who is signed in is asked for their password once more. */
  confirms?: boolean;
  /** The app that the person signs in to. `logoPath` is where we serve its logo. */
  client?: { name: string; logoPath?: string; redirectHost: string };
}

const errorId = 'login-error';

/** E-mail and password on one form, usable by a password manager and without JavaScript. */
export function LoginPage(props: LoginPageProps) {
  const { csrfToken, requestId, returnTo, email, error, client, messages = english } = props;
  const { action = '/login', confirms = false } = props;
  const failed = error === undefined ? undefined : errorId;
  const isKnown = email !== undefined && email !== '';
  const title = client === undefined ? messages.signIn : fill(messages.signInTo, { client: client.name });
  return (
    <Layout title={title} failed={error !== undefined} messages={messages}>
      <ClientHeading logoPath={client?.logoPath}>
        {client === undefined ? messages.signIn : <Phrase text={messages.signInTo} values={{ client: client.name }} />}
      </ClientHeading>
      {client !== undefined && (
        <p class="lead">
          <Phrase text={messages.signInReturn} values={{ host: client.redirectHost }} />
        </p>
      )}
      {confirms && <p class="lead">{messages.signInConfirm}</p>}
      {error !== undefined && (
        <p class="notice notice-error" role="alert" id={errorId}>
          {error}
        </p>
      )}
      <form method="post" action={action}>
        <HiddenFields
          fields={{ csrf: csrfToken, request: requestId, return_to: requestId === undefined ? returnTo : undefined }}
        />
        <EmailField messages={messages} email={email} errorId={failed} autofocus={!isKnown} />
        <Field
          label={messages.password}
          errorId={failed}
          input={{
            id: 'password',
            type: 'password',
            autocomplete: 'current-password',
            required: true,
            autofocus: isKnown,
          }}
        />
        <button type="submit" class="button button-primary">
          {messages.signIn}
        </button>
      </form>
      <a class="link" href={requestId === undefined ? '/forgot-password' : `/forgot-password?request=${requestId}`}>
        {messages.forgotPassword}
      </a>
      {client !== undefined && requestId !== undefined && (
        <form method="post" action={action}>
          <HiddenFields fields={{ csrf: csrfToken, request: requestId }} />
          <BackToApp client={client} messages={messages} />
        </form>
      )}
    </Layout>
  );
}
