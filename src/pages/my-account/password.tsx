/**
 * Owns the look of the page on which a member changes their password. Leaves to others: checking the old one, what the new one
 * must be, and what ends with it.
 */
import { Field, NewPasswordField, UserName } from '../field.js';
import { english, type Localized } from '../messages.js';
import { HiddenFields } from '../phrase.js';
import { MyAccountLayout } from './layout.js';

/** Props of `PasswordPage`. */
export interface PasswordPageProps extends Localized {
  csrfToken: string;
  memberEmail: string;
  /** False for somebody who never had a password, who gets one by a link to their address. */
  hasPassword: boolean;
  done?: string;
  error?: string;
  /** What was wrong with the fields. */
  currentError?: string | undefined;
  newError?: string | undefined;
}

/** The old password and the new one; or, for those without an old one, the way to a link. */
export function PasswordPage(props: PasswordPageProps) {
  const { csrfToken, memberEmail, hasPassword, currentError, newError, messages = english } = props;
  const lead = hasPassword ? messages.myPasswordLead : messages.myPasswordNone;
  return (
    <MyAccountLayout current="/me/password" lead={lead} {...props}>
      {hasPassword ? (
        <form method="post" action="/me/password">
          <HiddenFields fields={{ csrf: csrfToken }} />
          <UserName email={memberEmail} />
          <Field
            label={messages.currentPassword}
            error={currentError}
            input={{
              id: 'current_password',
              type: 'password',
              autocomplete: 'current-password',
              required: true,
              autofocus: currentError !== undefined,
            }}
          />
          <NewPasswordField
            messages={messages}
            error={newError}
            autofocus={currentError === undefined && newError !== undefined}
          />
          <button type="submit" class="button button-primary">
            {messages.myPasswordSave}
          </button>
        </form>
      ) : (
        <a class="button button-primary" href="/forgot-password">
          {messages.forgotSend}
        </a>
      )}
      {hasPassword && (
        <a class="link" href="/forgot-password">
          {messages.forgotPassword}
        </a>
      )}
    </MyAccountLayout>
  );
}
