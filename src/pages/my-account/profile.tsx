/**
 * Owns the look of a member's profile. Leaves to others: checking and storing what is changed.
 */
import { english, type Localized } from '../messages.js';
import { HiddenFields } from '../phrase.js';
import { MyAccountLayout, myAccountErrorId } from './layout.js';

/** Props of `ProfilePage`. */
export interface ProfilePageProps extends Localized {
  csrfToken: string;
  memberEmail: string;
  emailVerified: boolean;
  /** What the field holds: the name, or what was typed and refused. */
  name: string;
  accountName: string;
  role: string;
  done?: string;
  error?: string;
}

/** Who one is here, and the form for one's name. */
export function ProfilePage(props: ProfilePageProps) {
  const { csrfToken, memberEmail, emailVerified, name, accountName, role, messages = english } = props;
  const describedBy = props.error === undefined ? 'name-hint' : `${myAccountErrorId} name-hint`;
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
        <dd>{role}</dd>
      </dl>
      <form method="post" action="/me">
        <HiddenFields fields={{ csrf: csrfToken }} />
        <div class="field">
          <label for="name">{messages.myName}</label>
          <input
            id="name"
            name="name"
            value={name}
            autocomplete="name"
            aria-invalid={props.error === undefined ? undefined : 'true'}
            aria-describedby={describedBy}
          />
          <p class="hint" id="name-hint">
            {messages.myNameHint}
          </p>
        </div>
        <button type="submit" class="button button-primary">
          {messages.save}
        </button>
      </form>
    </MyAccountLayout>
  );
}
