/**
 * Owns the field in which somebody chooses a password, wherever they do. Leaves to others: what a password must be.
 */
import type { Messages } from './messages.js';

/** Props of `NewPasswordField`. */
export interface NewPasswordFieldProps {
  messages: Messages;
  /** The id of the text that says what was wrong. */
  errorId?: string | undefined;
  autofocus?: boolean;
}

/** A field for a new password, which password managers fill with one of their own making. */
export function NewPasswordField({ messages, errorId, autofocus = false }: NewPasswordFieldProps) {
  return (
    <div class="field">
      <label for="password">{messages.newPassword}</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="new-password"
        minlength={12}
        required
        autofocus={autofocus}
        aria-describedby={errorId === undefined ? 'password-hint' : `${errorId} password-hint`}
      />
      <p class="hint" id="password-hint">
        {messages.newPasswordHint}
      </p>
    </div>
  );
}
