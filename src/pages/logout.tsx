/**
 * Owns the pages before and after signing out. Leaves to others: ending the session and telling apps about it.
 */
import { Layout } from './layout.js';
import { english, type Localized } from './messages.js';
import { HiddenFields, Phrase, SignedInAs } from './phrase.js';

/** Props of `LogoutPage`. */
export interface LogoutPageProps extends Localized {
  csrfToken: string;
  memberEmail: string;
  /** The app that asks for it. */
  client?: { id: string; name: string };
  /** Where the app wants the person to go afterwards, and what it wants told there. */
  redirectUri?: string;
  state?: string;
}

/** Asks before signing out, because a link alone must not end anybody's session. */
export function LogoutPage(props: LogoutPageProps) {
  const { csrfToken, memberEmail, client, redirectUri, state, messages = english } = props;
  const request = { client_id: client?.id, post_logout_redirect_uri: redirectUri, state };
  return (
    <Layout title={messages.signOut} messages={messages}>
      <h1>{messages.signOutTitle}</h1>
      <SignedInAs email={memberEmail} messages={messages} />
      {client !== undefined && (
        <p>
          <Phrase text={messages.signOutAskedBy} values={{ client: client.name }} />
        </p>
      )}
      <p>{messages.signOutHint}</p>
      <form method="post" action="/logout" class="actions actions-stacked">
        <HiddenFields fields={{ csrf: csrfToken, ...request }} />
        <button type="submit" class="button button-primary">
          {messages.signOut}
        </button>
        <a class="button" href="/">
          {messages.staySignedIn}
        </a>
      </form>
    </Layout>
  );
}

/** Props of `SignedOutPage`. */
export interface SignedOutPageProps extends Localized {
  /** Whether an app asked for it, from which the person did not want to come here. */
  byApp?: boolean;
}

/** Confirms that the session is over. */
export function SignedOutPage({ byApp = false, messages = english }: SignedOutPageProps) {
  return (
    <Layout title={messages.signedOutTitle} messages={messages}>
      <h1>{messages.signedOutTitle}</h1>
      <p>{messages.signedOutHint}</p>
      {byApp ? (
        <p class="hint">{messages.signedOutByApp}</p>
      ) : (
        <a class="button button-primary" href="/login?return_to=/">
          {messages.signInAgain}
        </a>
      )}
      <a class={byApp ? 'link' : 'button'} href="/">
        {messages.toFrontPage}
      </a>
    </Layout>
  );
}
