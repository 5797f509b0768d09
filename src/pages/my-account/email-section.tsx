/**
 * Owns the section of the profile about the e-mail address: that it is not verified, a change that waits, and the form for another.
 * Leaves to others: sending links, and whether somebody signed in lately.
 */
import { Field } from '../field.js';
import { english, type Localized } from '../messages.js';
import { HiddenFields, Phrase } from '../phrase.js';

/** What becomes of an address at the moment. */
export interface EmailState {
  /** Whether links can be sent, without which nothing is verified or changed here. */
  sendsMail: boolean;
  /** A change that waits, and until when. */
  pending?: { email: string; until: string };
  /** Whether the person signed in lately enough to change it. */
  canChange: boolean;
  /** What the field holds: what was typed and refused. */
  newEmail?: string;
  error?: string;
}

/** Props of `EmailSection`. */
export interface EmailSectionProps extends Localized, EmailState {
  csrfToken: string;
  memberEmail: string;
  emailVerified: boolean;
}

const action = '/me/email';
const errorId = 'email-error';

function ChangeForm({ csrfToken, newEmail = '', error, messages = english }: EmailSectionProps) {
  return (
    <form method="post" action={action}>
      <HiddenFields fields={{ csrf: csrfToken }} />
      <Field
        label={messages.emailNew}
        hint={messages.emailNewHint}
        invalid={error !== undefined}
        errorId={error === undefined ? undefined : errorId}
        input={{
          id: 'new-email',
          name: 'newEmail',
          type: 'email',
          value: newEmail,
          autocomplete: 'email',
          autocapitalize: 'none',
          spellcheck: false,
          required: true,
          autofocus: error !== undefined,
        }}
      />
      <button type="submit" name="decision" value="change" class="button">
        {messages.emailChange}
      </button>
    </form>
  );
}

/** That the address is not verified, and the form that sends a link to it, where one can be sent. */
function Verification({ csrfToken, memberEmail, sendsMail, messages = english }: EmailSectionProps) {
  const notice = (
    <p class="notice notice-warning">
      <Phrase text={messages.emailVerifyHint} values={{ email: memberEmail }} />
    </p>
  );
  if (!sendsMail) return notice;
  return (
    <form method="post" action={action}>
      <HiddenFields fields={{ csrf: csrfToken, email: memberEmail }} />
      {notice}
      <button type="submit" name="decision" value="verify" class="button">
        {messages.emailVerifySend}
      </button>
    </form>
  );
}

/** The form for another address, or what keeps one from it. */
function Change(props: EmailSectionProps) {
  const { sendsMail, canChange, messages = english } = props;
  if (!sendsMail) return <p class="hint">{messages.emailNoMail}</p>;
  if (canChange) return <ChangeForm {...props} />;
  return (
    <>
      <p class="hint">{messages.emailSignInAgain}</p>
      <a class="button" href="/login?again=1&return_to=%2Fme">
        {messages.signInAgainNow}
      </a>
    </>
  );
}

/** The section. */
export function EmailSection(props: EmailSectionProps) {
  const { csrfToken, emailVerified, pending, error, messages = english } = props;
  return (
    <section class="section" aria-labelledby="email-heading">
      <h2 id="email-heading">{messages.emailSection}</h2>
      {error !== undefined && (
        <p class="notice notice-error" role="alert" id={errorId}>
          {error}
        </p>
      )}
      {!emailVerified && <Verification {...props} />}
      {pending !== undefined && (
        <form method="post" action={action}>
          <HiddenFields fields={{ csrf: csrfToken, newEmail: pending.email }} />
          <p class="notice notice-warning">
            <Phrase text={messages.emailPending} values={pending} />
          </p>
          <button type="submit" name="decision" value="cancel" class="button">
            {messages.emailPendingCancel}
          </button>
        </form>
      )}
      <Change {...props} />
    </section>
  );
}
