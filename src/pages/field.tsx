/**
 * Owns one field of a form: its label, what it is for, and what was wrong with it, tied together for those who hear the page.
 * Leaves to others: what is asked and what may be wrong.
 */
import type { JSX } from 'hono/jsx';
import type { Messages } from './messages.js';

/** Props of `Field`. */
export interface FieldProps {
  label: string;
  hint?: string | undefined;
  /** What was wrong with what was typed. */
  error?: string | undefined;
  /** The id of a text elsewhere that says what went wrong. */
  errorId?: string | undefined;
  /** Whether it was this field that was wrong, when the text is elsewhere. */
  invalid?: boolean;
  input: JSX.IntrinsicElements['input'] & { id: string };
}

/** The ids of the texts that go with a field, in the order in which they are read out; undefined for none. */
export function describedBy(ids: readonly (string | false | undefined)[]): string | undefined {
  return ids.filter(Boolean).join(' ') || undefined;
}

/** A labelled field. What was wrong is read out before the hint. */
export function Field({ label, hint, error, errorId, invalid = error !== undefined, input }: FieldProps) {
  const { id } = input;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        name={input.name ?? id}
        aria-invalid={invalid ? 'true' : undefined}
        aria-describedby={describedBy([
          errorId,
          error !== undefined && `${id}-error`,
          hint !== undefined && `${id}-hint`,
        ])}
      />
      <FieldTexts id={id} error={error} hint={hint} />
    </div>
  );
}

/** Props of `FieldTexts`. */
export interface FieldTextsProps {
  id: string;
  error: string | undefined;
  hint: string | undefined;
}

/** What was wrong with a field and what it is for, under the ids that `aria-describedby` names. */
export function FieldTexts({ id, error, hint }: FieldTextsProps) {
  return (
    <>
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </>
  );
}

/** Props of `EmailField`. */
export interface EmailFieldProps extends Pick<FieldProps, 'error' | 'errorId'> {
  messages: Messages;
  /** What was typed before. */
  email: string | undefined;
  autofocus: boolean;
}

/** A field for the address that somebody signs in with, which password managers fill. */
export function EmailField({ messages, email = '', autofocus, error, errorId }: EmailFieldProps) {
  return (
    <Field
      label={messages.email}
      error={error}
      errorId={errorId}
      input={{
        id: 'email',
        type: 'email',
        value: email,
        autocomplete: 'username',
        autocapitalize: 'none',
        spellcheck: false,
        required: true,
        autofocus,
      }}
    />
  );
}

/** Props of `NewPasswordField`. */
export interface NewPasswordFieldProps {
  messages: Messages;
  error?: string | undefined;
  autofocus?: boolean;
}

/** A field in which somebody chooses a password, which password managers fill with one of their own making. */
export function NewPasswordField({ messages, error, autofocus = false }: NewPasswordFieldProps) {
  return (
    <Field
      label={messages.newPassword}
      hint={messages.newPasswordHint}
      error={error}
      input={{ id: 'password', type: 'password', autocomplete: 'new-password', required: true, autofocus }}
    />
  );
}

/** Props of `UserName`. */
export interface UserNameProps {
  email: string;
}

/** The user name for password managers, which keep a password with it: people see it elsewhere on the page. */
export function UserName({ email }: UserNameProps) {
  return <input type="text" name="username" value={email} autocomplete="username" readonly hidden />;
}
