// UserError: what the caller can fix, as data in every payload.
import type { InputIssue } from '../lib/errors.js';
import { builder } from './builder.js';

const UserErrorCode = builder.enumType('UserErrorCode', {
  description: 'The kind of thing that is wrong with an input.',
  values: {
    REQUIRED: { description: 'Something that must be given is missing.' },
    INVALID: { description: 'The value is not of the right form, or does not fit the others.' },
    TOO_LONG: { description: 'The text is too long.' },
    TOO_MANY: { description: 'The list is too long.' },
    TAKEN: { description: 'Somebody has this value already, and it must be unique.' },
    NOT_FOUND: { description: 'There is no such thing in this account.' },
    CONFLICT: { description: 'The thing was changed meanwhile.' },
    LIMIT_EXCEEDED: { description: 'There may be no more of these, or not so soon: the message says which.' },
    NOT_ALLOWED: { description: 'The caller may not choose this value, or do this as things are.' },
    LAST_OWNER: { description: 'The account would be left without an owner.' },
  } as const,
});

const UserError = builder.objectRef<InputIssue>('UserError').implement({
  description: 'Something in the input that the caller can correct.',
  fields: (t) => ({
    code: t.field({
      type: UserErrorCode,
      description: 'The kind of fault, for programs.',
      resolve: ({ code }) => code,
    }),
    message: t.exposeString('message', { description: 'What is wrong and what to do, for people.' }),
    path: t.stringList({
      description: 'Where it is, beginning inside `input`: `["redirectUris", "1"]` is the second redirect URI.',
      resolve: ({ path }) => [...path],
    }),
  }),
});

/** The options of the field that every payload has. */
export const userErrorsField = {
  type: [UserError] as [typeof UserError],
  description: 'Everything that is wrong with the input, at once. Empty when it worked.',
  resolve: ({ userErrors }: { readonly userErrors: readonly InputIssue[] }) => [...userErrors],
};

/** The options of the field that says whether an idempotency key had been used before. */
export const replayedField = {
  description:
    'Whether this was asked for before under the same `idempotencyKey`. Then nothing was made anew, and what is shown once is null.',
  resolve: (payload: { readonly replayed?: boolean }) => payload.replayed ?? false,
};

/** How every input describes its idempotency key. */
export const idempotencyKeyDescription =
  'Makes it safe to send this again: the same key with the same input gives the same result within 24 hours, and makes nothing anew. 1 to 255 characters, such as a random UUID.';
