/**
 * Owns the look of the page on which a person chooses with whom to go on to an app. Leaves to others: who is signed in, and what
 * the choice does.
 */
import { Layout } from './layout.js';
import { english, fill, type Localized } from './messages.js';
import { BackToApp, ClientHeading, HiddenFields, Phrase } from './phrase.js';

/** Props of `ChooseAccountPage`. */
export interface ChooseAccountPageProps extends Localized {
  csrfToken: string;
  requestId: string;
  client: { name: string; logoPath?: string; redirectHost: string };
  /** Who is signed in. */
  member: { id: string; email: string; name?: string; accountName: string };
  /** Where somebody else signs in; absent when the app asks for this very person. */
  anotherPath?: string;
}

/** One button for who is signed in, one way for somebody else, and one back. */
export function ChooseAccountPage(props: ChooseAccountPageProps) {
  const { csrfToken, requestId, client, member, anotherPath, messages = english } = props;
  return (
    <Layout title={fill(messages.chooseTitle, { client: client.name })} messages={messages}>
      <ClientHeading logoPath={client.logoPath}>{messages.chooseHeading}</ClientHeading>
      <p class="lead">
        <Phrase text={messages.chooseLead} values={{ client: client.name, host: client.redirectHost }} />
      </p>
      <form method="post" action="/choose-account" class="actions actions-stacked">
        <HiddenFields fields={{ csrf: csrfToken, request: requestId, member: member.id }} />
        <button type="submit" name="decision" value="continue" class="button account-choice">
          <span class="account-name">
            <Phrase text={messages.chooseContinue} values={{ name: member.name ?? member.email }} />
          </span>
          {member.name !== undefined && (
            <span class="account-detail">
              <bdi>{member.email}</bdi>
            </span>
          )}
          <span class="account-detail">
            <bdi>{member.accountName}</bdi>
          </span>
        </button>
        {anotherPath !== undefined && (
          <a class="button" href={anotherPath}>
            {messages.otherAccountSwitch}
          </a>
        )}
        <BackToApp client={client} messages={messages} />
      </form>
    </Layout>
  );
}
