// A message as it goes out, and what may take it: the words between courier.ts, render.ts and the ways of sending.
import type { MailSender } from '../config/mail.js';

/** A message with both its forms, which say the same. */
export interface Letter {
  /** The same at every attempt, so that whoever gets it twice can tell. */
  readonly messageId: string;
  readonly from: MailSender;
  /** One e-mail address. */
  readonly to: string;
  readonly subject: string;
  readonly date: Date;
  readonly text: string;
  readonly html: string;
}

/** What takes messages. */
export interface MailTransport {
  /** Resolves when it has taken the message. @throws MailError */
  send(letter: Letter): Promise<void>;
  /** Lets go of connections. What is sent afterwards makes new ones. */
  close(): void;
}

/** A message was not taken. What it says is for the operator's log, and holds nothing of the message, nor a password. */
export class MailError extends Error {
  /** Whether another attempt would end the same. */
  readonly isFinal: boolean;

  constructor(message: string, { isFinal }: { readonly isFinal: boolean }) {
    super(message);
    this.name = 'MailError';
    this.isFinal = isFinal;
  }
}
