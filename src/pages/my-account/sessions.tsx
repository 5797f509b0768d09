/**
 * Owns the look of a member's sessions: where they are signed in, and the buttons that sign out elsewhere. Leaves to
 * others: which sessions there are, and ending them.
 */
import { momentInWords } from '../../mail/words.js';
import { english, fill, type Localized, type Messages } from '../messages.js';
import { Moment } from '../moment.js';
import { HiddenFields } from '../phrase.js';
import { MyAccountLayout } from './layout.js';

/** A session as the page shows it. */
export interface ShownSession {
  id: string;
  /** Such as `Firefox on Windows`. */
  browser: string;
  ipAddress?: string;
  signedInAt: Date;
  lastActiveAt: Date;
  isCurrent: boolean;
}

/** Props of `SessionsPage`. */
export interface SessionsPageProps extends Localized {
  csrfToken: string;
  memberEmail: string;
  sessions: readonly ShownSession[];
  done?: string;
}

/** The sessions, each but this one with a form, and one form for all others. */
export function SessionsPage(props: SessionsPageProps) {
  const { csrfToken, sessions, messages = english } = props;
  return (
    <MyAccountLayout current="/me/sessions" lead={messages.mySessionsLead} {...props}>
      <ul class="entries">
        {sessions.map((session) => (
          <Session session={session} csrfToken={csrfToken} messages={messages} />
        ))}
      </ul>
      {sessions.every(({ isCurrent }) => isCurrent) ? (
        <p class="hint">{messages.mySessionsOnly}</p>
      ) : (
        <form method="post" action="/me/sessions">
          <HiddenFields fields={{ csrf: csrfToken }} />
          <button type="submit" name="session" value="others" class="button" aria-describedby="end-others-hint">
            {messages.mySessionsEndOthers}
          </button>
          <p class="hint" id="end-others-hint">
            {messages.mySessionsEndOthersHint}
          </p>
        </form>
      )}
    </MyAccountLayout>
  );
}

interface SessionProps {
  session: ShownSession;
  csrfToken: string;
  messages: Messages;
}

function Session({ session, csrfToken, messages }: SessionProps) {
  const { browser, signedInAt } = session;
  return (
    <li class="entry">
      <div class="entry-head">
        <div class="entry-title">
          <h2>
            {browser} {session.isCurrent && <span class="badge badge-good">{messages.mySessionsHere}</span>}
          </h2>
        </div>
      </div>
      <dl class="entry-facts">
        <dt>{messages.mySessionsAddress}</dt>
        <dd>{session.ipAddress ?? messages.mySessionsUnknown}</dd>
        <dt>{messages.mySessionsSignedIn}</dt>
        <dd>
          <Moment at={signedInAt} />
        </dd>
        <dt>{messages.mySessionsActive}</dt>
        <dd>
          <Moment at={session.lastActiveAt} />
        </dd>
      </dl>
      {!session.isCurrent && (
        <form method="post" action="/me/sessions">
          <HiddenFields fields={{ csrf: csrfToken }} />
          <button
            type="submit"
            name="session"
            value={session.id}
            class="button"
            aria-label={fill(messages.mySessionsEndOf, { browser, time: momentInWords(signedInAt) })}
          >
            {messages.signOut}
          </button>
        </form>
      )}
    </li>
  );
}
