/**
 * Owns the look of the consent screen: who asks, for what, and where the answer goes. Leaves to others: which scopes
 * are asked, what they mean, which are new, and what the decision does.
 */
import { dayInWords } from '../mail/words.js';
import { Layout } from './layout.js';
import { english, fill, type Localized, type Messages } from './messages.js';
import { ClientHeading, ExternalLink, HiddenFields, isSafeExternalUrl, Phrase, SignedInAs } from './phrase.js';

/** The app as the consent screen shows it. */
export interface ConsentClient {
  name: string;
  /** Where we serve the app's logo. */
  logoPath?: string;
  /** The account that published the app. */
  accountName: string;
  verified: boolean;
  homepageUrl?: string;
  policyUrl?: string;
  termsUrl?: string;
}

/** One scope as the consent screen shows it. */
export interface ConsentScope {
  name: string;
  /** Plain words that complete "this app can:". */
  description: string;
  /** The API that it is for, as its account calls it; absent for what is asked for here. */
  apiName?: string;
  /** True when the person has not allowed this app that scope before. */
  isNew: boolean;
}

/** Props of `ConsentPage`. */
export interface ConsentPageProps extends Localized {
  csrfToken: string;
  requestId: string;
  /** Whom the page asks: the answer counts for nobody else. */
  memberId: string;
  client: ConsentClient;
  redirectHost: string;
  memberEmail: string;
  scopes: readonly ConsentScope[];
  /** Names all that the page shows; the form sends it back. */
  mark: string;
  /** When the person allowed this app something before. */
  allowedAt?: Date;
  /** Whether something was changed since the person saw the page and allowed it. */
  changed?: boolean;
}

/** Asks a member whether an app may use their account. Both answers are buttons of one form. */
export function ConsentPage(props: ConsentPageProps) {
  const { csrfToken, requestId, memberId, mark, client, redirectHost, memberEmail, messages = english } = props;
  const { scopes, allowedAt, changed = false } = props;
  return (
    <Layout title={fill(messages.consentTitle, { client: client.name })} failed={changed} messages={messages}>
      <ClientHeading logoPath={client.logoPath}>
        <Phrase text={messages.consentHeading} values={{ client: client.name }} />
      </ClientHeading>
      {changed && (
        <p class="notice notice-warning" role="alert">
          {messages.consentChanged}
        </p>
      )}
      <Publisher client={client} messages={messages} />
      <SignedInAs email={memberEmail} messages={messages} />
      {!client.verified && <p class="notice notice-warning">{messages.consentUnverified}</p>}
      <ScopeList scopes={scopes} allowedAt={allowedAt} messages={messages} />
      <p class="hint" id="consent-redirect">
        <Phrase text={messages.consentRedirect} values={{ host: redirectHost }} />
      </p>
      <form method="post" action="/consent" class="actions">
        <HiddenFields fields={{ csrf: csrfToken, request: requestId, member: memberId, shown: mark }} />
        <button type="submit" name="decision" value="deny" class="button">
          {messages.deny}
        </button>
        <button
          type="submit"
          name="decision"
          value="allow"
          class="button button-primary"
          aria-describedby="consent-redirect"
        >
          {messages.allow}
        </button>
      </form>
      <ClientLinks client={client} messages={messages} />
    </Layout>
  );
}

function Publisher({ client, messages }: { client: ConsentClient; messages: Messages }) {
  return (
    <p class="lead">
      <Phrase text={messages.consentPublishedBy} values={{ account: client.accountName }} />{' '}
      <span class={client.verified ? 'badge badge-good' : 'badge badge-warning'}>
        {client.verified ? messages.verified : messages.unverified}
      </span>
    </p>
  );
}

interface ScopeListProps {
  scopes: readonly ConsentScope[];
  allowedAt: Date | undefined;
  messages: Messages;
}

/**
 * The scopes in the order given. "New" is marked only for somebody who allowed the app something before: on a first visit
 * everything is new, and marking all of it would say nothing.
 */
function ScopeList({ scopes, allowedAt, messages }: ScopeListProps) {
  if (scopes.length === 0) return <p>{messages.consentNoScopes}</p>;
  const marksNew = allowedAt !== undefined && scopes.some((scope) => scope.isNew);
  return (
    <>
      <h2 id="consent-scopes">{messages.consentScopes}</h2>
      <ul class="scopes" aria-labelledby="consent-scopes">
        {scopes.map((scope) => (
          <li>
            <span class="scope-description">
              <bdi>{scope.description}</bdi>
              {scope.apiName !== undefined && (
                <>
                  {' '}
                  <Phrase text={messages.consentAtApi} values={{ api: scope.apiName }} />
                </>
              )}
            </span>
            {marksNew && scope.isNew && (
              <>
                {' '}
                <span class="badge badge-new">{messages.consentNew}</span>
              </>
            )}{' '}
            <code class="scope-name">{scope.name}</code>
          </li>
        ))}
      </ul>
      {allowedAt !== undefined && (
        <p class="hint">
          <Phrase
            text={marksNew ? messages.consentNewHint : messages.consentAgainHint}
            values={{ day: dayInWords(allowedAt) }}
          />
        </p>
      )}
    </>
  );
}

function ClientLinks({ client, messages }: { client: ConsentClient; messages: Messages }) {
  const links = [
    { href: client.homepageUrl, label: messages.homepage },
    { href: client.policyUrl, label: messages.policy },
    { href: client.termsUrl, label: messages.terms },
  ].filter((link) => isSafeExternalUrl(link.href));
  if (links.length === 0) return null;
  return (
    <nav class="client-links" aria-label={messages.appLinks}>
      {links.map((link) => (
        <ExternalLink href={link.href} label={link.label} />
      ))}
    </nav>
  );
}
