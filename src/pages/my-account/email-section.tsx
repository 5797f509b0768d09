/**
 * Owns the section of the profile about the e-mail address: that it is not verified, a change that waits, and the form for another.
 * Leaves to others: sending links, and whether somebody signed in lately.
 */
import { Field } from '../field.js';
import { english, type Localized } from '../messages.js';
import { HiddenFields, Phrase } from '../phrase.js';

/** What becomes of an address at the moment. */
export interface EmailState {
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

/** The section. */
export function EmailSection(props: EmailSectionProps) {
  const { csrfToken, memberEmail, emailVerified, pending, canChange, error, messages = english } = props;
  return (
    <section class="section" aria-labelledby="email-heading">
      <h2 id="email-heading">{messages.emailSection}</h2>
      {error !== undefined && (
        <p class="notice notice-error" role="alert" id={errorId}>
          {error}
        </p>
      )}
      {!emailVerified && (
        <form method="post" action={action}>
          <HiddenFields fields={{ csrf: csrfToken, email: memberEmail }} />
          <p class="notice notice-warning">
            <Phrase text={messages.emailVerifyHint} values={{ email: memberEmail }} />
          </p>
          <button type="submit" name="decision" value="verify" class="button">
            {messages.emailVerifySend}
          </button>
        </form>
      )}
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
      {canChange ? (
        <ChangeForm {...props} />
      ) : (
        <>
          <p class="hint">{messages.emailSignInAgain}</p>
          <a class="button" href="/login?again=1&return_to=%2Fme">
            {messages.signInAgainNow}
          </a>
        </>
      )}
    </section>
  );
}
