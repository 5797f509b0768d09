/**
 * Owns the page met by a member of another account at an app that is not verified. Leaves to others: deciding that,
 * signing the person out of this request, and answering the app with `access_denied`.
 */
import { Layout } from './layout.js';
import { english, fill, type Localized } from './messages.js';
import { BackToApp, HiddenFields, Phrase, SignedInAs } from './phrase.js';

/** Props of `OtherAccountPage`. */
export interface OtherAccountPageProps extends Localized {
  csrfToken: string;
  requestId: string;
  client: { name: string; accountName: string };
  memberEmail: string;
}

/** Says why this sign-in cannot go on, and offers both ways out. */
export function OtherAccountPage(props: OtherAccountPageProps) {
  const { csrfToken, requestId, client, memberEmail, messages = english } = props;
  return (
    <Layout title={fill(messages.otherAccountTitle, { client: client.name })} messages={messages}>
      <h1>
        <Phrase text={messages.otherAccountTitle} values={{ client: client.name }} />
      </h1>
      <SignedInAs email={memberEmail} messages={messages} />
      <p>
        <Phrase text={messages.otherAccountReason} values={{ account: client.accountName }} />
      </p>
      <p>
        <Phrase text={messages.otherAccountNext} values={{ account: client.accountName }} />
      </p>
      <form method="post" action="/other-account" class="actions actions-stacked">
        <HiddenFields fields={{ csrf: csrfToken, request: requestId }} />
        <button type="submit" name="decision" value="switch" class="button button-primary">
          {messages.otherAccountSwitch}
        </button>
        <BackToApp client={client} messages={messages} />
      </form>
    </Layout>
  );
}
