/**
 * Owns the look of a member's profile. Leaves to others: checking and storing what is changed.
 */
import { Field } from '../field.js';
import { english, type Localized } from '../messages.js';
import { HiddenFields } from '../phrase.js';
import { roleInWords } from '../role.js';
import { EmailSection, type EmailState } from './email-section.js';
import { MyAccountLayout } from './layout.js';

/** Props of `ProfilePage`. */
export interface ProfilePageProps extends Localized {
  csrfToken: string;
  memberEmail: string;
  emailVerified: boolean;
  /** What the section about the address shows beside. */
  email: EmailState;
  /** What the field holds: the name, or what was typed and refused. */
  name: string;
  accountName: string;
  role: string;
  done?: string;
  /** That the name was not changed. */
  error?: string;
  /** What was wrong with it. */
  nameError?: string;
}

/** Who one is here, and the form for one's name. */
export function ProfilePage(props: ProfilePageProps) {
  const { csrfToken, memberEmail, emailVerified, name, accountName, role, nameError, messages = english } = props;
  return (
    <MyAccountLayout current="/me" lead={messages.myProfileLead} {...props}>
      <dl class="facts">
        <dt>{messages.email}</dt>
        <dd>
          {memberEmail}{' '}
          <span class={emailVerified ? 'badge badge-good' : 'badge badge-warning'}>
            {emailVerified ? messages.myEmailVerified : messages.myEmailUnverified}
          </span>
        </dd>
        <dt>{messages.homeAccount}</dt>
        <dd>{accountName}</dd>
        <dt>{messages.homeRole}</dt>
        <dd>{roleInWords(role, messages)}</dd>
      </dl>
      <form method="post" action="/me">
        <HiddenFields fields={{ csrf: csrfToken }} />
        <Field
          label={messages.myName}
          hint={messages.myNameHint}
          error={nameError}
          input={{ id: 'name', value: name, autocomplete: 'name', autofocus: nameError !== undefined }}
        />
        <button type="submit" class="button button-primary">
          {messages.save}
        </button>
      </form>
      <EmailSection
        csrfToken={csrfToken}
        memberEmail={memberEmail}
        emailVerified={emailVerified}
        {...props.email}
        messages={messages}
      />
    </MyAccountLayout>
  );
}
