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
  /** Where somebody else signs in for this request; absent when the app asks for this very person. */
  anotherPath?: string;
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
  const { scopes, allowedAt, anotherPath, changed = false } = props;
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
      <div>
        <SignedInAs email={memberEmail} messages={messages} />
        {anotherPath !== undefined && (
          <a class="link" href={anotherPath}>
            {messages.consentAnother}
          </a>
        )}
      </div>
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
      <Phrase text={messages.consentPublishedBy} values={{ account: client.accountName }} />
      {client.verified && (
        <>
          {' '}
          <span class="badge badge-good">{messages.verified}</span>
        </>
      )}
    </p>
  );
}

interface ScopeListProps {
  scopes: readonly ConsentScope[];
  allowedAt: Date | undefined;
  messages: Messages;
}

/**
 * The scopes in the order given, what is new first. It is told apart only for somebody who allowed the app something before: on a
 * first visit everything is new, and marking all of it would say nothing.
 */
function ScopeList({ scopes, allowedAt, messages }: ScopeListProps) {
  if (scopes.length === 0) return <p>{messages.consentNoScopes}</p>;
  const news = allowedAt === undefined ? [] : scopes.filter((scope) => scope.isNew);
  const older = scopes.filter((scope) => !news.includes(scope));
  const values = { day: allowedAt === undefined ? '' : dayInWords(allowedAt) };
  return (
    <>
      <h2 id="consent-scopes">{messages.consentScopes}</h2>
      {news.length > 0 && (
        <>
          <h3 id="consent-new">
            <Phrase text={messages.consentNew} values={values} />
          </h3>
          <Scopes scopes={news} labelledBy="consent-new" messages={messages} />
          {older.length > 0 && <h3 id="consent-older">{messages.consentOlder}</h3>}
        </>
      )}
      {older.length > 0 && (
        <Scopes scopes={older} labelledBy={news.length > 0 ? 'consent-older' : 'consent-scopes'} messages={messages} />
      )}
      {allowedAt !== undefined && news.length === 0 && (
        <p class="hint">
          <Phrase text={messages.consentAgainHint} values={values} />
        </p>
      )}
    </>
  );
}

interface ScopesProps {
  scopes: readonly ConsentScope[];
  /** The id of the heading that says which these are. */
  labelledBy: string;
  messages: Messages;
}

function Scopes({ scopes, labelledBy, messages }: ScopesProps) {
  return (
    <ul class="scopes" aria-labelledby={labelledBy}>
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
          </span>{' '}
          <code class="scope-name">{scope.name}</code>
        </li>
      ))}
    </ul>
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
