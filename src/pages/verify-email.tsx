/**
 * Owns the look of the pages that a link in a message about an e-mail address opens. Leaves to others: whether a link works, and
 * what it does.
 */
import { Layout } from './layout.js';
import { english, type Localized } from './messages.js';
import { HiddenFields, Phrase } from './phrase.js';

/** Props of `VerifyEmailPage`. */
export interface VerifyEmailPageProps extends Localized {
  csrfToken: string;
  /** The link's token, which goes on in the body. */
  token: string;
  email: string;
  /** The address whose place it takes; absent when it is only to be verified. */
  oldEmail?: string;
}

/** One button: looking at a link does nothing, since mail scanners look, too. */
export function VerifyEmailPage({ csrfToken, token, email, oldEmail, messages = english }: VerifyEmailPageProps) {
  const isChange = oldEmail !== undefined;
  const title = isChange ? messages.emailChangeTitle : messages.emailVerifyTitle;
  return (
    <Layout title={title} messages={messages}>
      <h1>{title}</h1>
      <p class="lead">
        {isChange ? (
          <Phrase text={messages.emailChangeLead} values={{ old: oldEmail, email }} />
        ) : (
          <Phrase text={messages.emailVerifyLead} values={{ email }} />
        )}
      </p>
      <form method="post" action="/verify-email">
        <HiddenFields fields={{ csrf: csrfToken, token }} />
        <button type="submit" class="button button-primary">
          {isChange ? messages.emailChangeConfirm : messages.emailVerifyConfirm}
        </button>
      </form>
    </Layout>
  );
}

/** Props of `EmailNoticePage`. */
export interface EmailNoticePageProps extends Localized {
  /** What the page is about: each has a title and a sentence, and leads on. */
  about: 'done' | 'signIn' | 'other' | 'taken';
  email: string;
  /** Where its button leads. */
  href: string;
}

/** What else an opened link comes to. */
export function EmailNoticePage({ about, email, href, messages = english }: EmailNoticePageProps) {
  const texts = {
    done: [messages.emailDoneTitle, messages.emailDoneLead, messages.toMyAccount],
    signIn: [messages.emailSignInTitle, messages.emailSignInLead, messages.signIn],
    other: [messages.emailOtherTitle, messages.emailOtherLead, messages.emailOtherSwitch],
    taken: [messages.emailTakenTitle, messages.emailTakenLead, messages.toMyAccount],
  } as const;
  const [title, lead, label] = texts[about];
  return (
    <Layout title={title} messages={messages}>
      <h1>{title}</h1>
      <p class="lead">
        <Phrase text={lead} values={{ email }} />
      </p>
      <a class="button button-primary" href={href}>
        {label}
      </a>
    </Layout>
  );
}
