/**
 * Owns the look of a member's connected apps: who each is, what it can do, and the button that takes it back. Leaves to
 * others: which apps there are, what their scopes mean, and taking back.
 */
import { english, fill, type Localized, type Messages } from '../messages.js';
import { Moment } from '../moment.js';
import { HiddenFields, Phrase } from '../phrase.js';
import { MyAccountLayout } from './layout.js';

/** An app as the page shows it. */
export interface ShownApp {
  consentId: string;
  name: string;
  /** Where we serve its logo. */
  logoPath?: string;
  /** The account that published it. */
  accountName: string;
  verified: boolean;
  /** The hosts that it leads to. */
  hosts: readonly string[];
  scopes: readonly { description: string; apiName?: string }[];
  allowedAt: Date;
  lastUsedAt?: Date;
}

/** Props of `ConnectedAppsPage`. */
export interface ConnectedAppsPageProps extends Localized {
  csrfToken: string;
  memberEmail: string;
  apps: readonly ShownApp[];
  done?: string;
}

/** The apps, each with one form. */
export function ConnectedAppsPage(props: ConnectedAppsPageProps) {
  const { csrfToken, apps, messages = english } = props;
  return (
    <MyAccountLayout current="/me/apps" lead={messages.myAppsLead} {...props}>
      {apps.length === 0 ? (
        <div class="empty">
          <p class="next-step">{messages.myAppsNone}</p>
          <p class="hint">{messages.myAppsNoneHint}</p>
        </div>
      ) : (
        <ul class="entries">
          {apps.map((app) => (
            <App app={app} csrfToken={csrfToken} messages={messages} />
          ))}
        </ul>
      )}
    </MyAccountLayout>
  );
}

function App({ app, csrfToken, messages }: { app: ShownApp; csrfToken: string; messages: Messages }) {
  return (
    <li class="entry">
      <div class="entry-head">
        {app.logoPath === undefined ? (
          <span class="client-logo client-initial" aria-hidden="true">
            {[...app.name][0]?.toUpperCase()}
          </span>
        ) : (
          <img class="client-logo" src={app.logoPath} alt="" width="48" height="48" />
        )}
        <div class="entry-title">
          <h2>
            <bdi>{app.name}</bdi>
          </h2>
          <p class="hint">
            <Phrase text={messages.myAppsBy} values={{ account: app.accountName }} />{' '}
            <span class={app.verified ? 'badge badge-good' : 'badge badge-warning'}>
              {app.verified ? messages.verified : messages.unverified}
            </span>
          </p>
        </div>
      </div>
      <Permissions app={app} messages={messages} />
      <dl class="entry-facts">
        <dt>{messages.myAppsAllowed}</dt>
        <dd>
          <Moment at={app.allowedAt} />
        </dd>
        <dt>{messages.myAppsUsed}</dt>
        <dd>{app.lastUsedAt === undefined ? messages.myAppsNeverUsed : <Moment at={app.lastUsedAt} />}</dd>
        {app.hosts.length > 0 && (
          <>
            <dt>{messages.myAppsLeadsTo}</dt>
            <dd>{app.hosts.join(', ')}</dd>
          </>
        )}
      </dl>
      <form method="post" action="/me/apps">
        <HiddenFields fields={{ csrf: csrfToken, consent: app.consentId }} />
        <button type="submit" class="button" aria-label={fill(messages.myAppsRemoveOf, { client: app.name })}>
          {messages.myAppsRemove}
        </button>
      </form>
    </li>
  );
}

function Permissions({ app, messages }: { app: ShownApp; messages: Messages }) {
  if (app.scopes.length === 0) return <p>{messages.myAppsMayNothing}</p>;
  return (
    <div>
      <p class="entry-label">{messages.myAppsMay}</p>
      <ul class="entry-list">
        {app.scopes.map((scope) => (
          <li>
            {scope.description}
            {scope.apiName !== undefined && (
              <>
                {' '}
                <Phrase text={messages.consentAtApi} values={{ api: scope.apiName }} />
              </>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
