/**
 * Owns the small pieces that several pages share: a text with values in it, a link to somebody else's site, the line
 * that says who is signed in, and a form's hidden fields. Leaves to others: what the texts say and where forms go.
 */
import type { Messages } from './messages.js';
import { splitAtPlaceholders } from './messages.js';

/** Props of `Phrase`. */
export interface PhraseProps {
  text: string;
  values: Readonly<Record<string, string>>;
}

/**
 * A text whose values stand out. Each value sits in a `<bdi>`: an app's name is chosen by a stranger, and a
 * right-to-left character in it must not rearrange the sentence around it.
 */
export function Phrase({ text, values }: PhraseProps) {
  return (
    <>
      {splitAtPlaceholders(text).map((part, index) =>
        index % 2 === 0 ? part : <bdi class="value">{values[part] ?? `{${part}}`}</bdi>,
      )}
    </>
  );
}

/** Props of `ExternalLink`. */
export interface ExternalLinkProps {
  href: string | undefined;
  label: string;
}

/** True for an address that a page may link to: only https, so that `javascript:` and its kin never become a link. */
export function isSafeExternalUrl(href: string | undefined): href is string {
  return href?.startsWith('https://') ?? false;
}

/** A link to a site that we do not vouch for; nothing at all when the address is not https. */
export function ExternalLink({ href, label }: ExternalLinkProps) {
  if (!isSafeExternalUrl(href)) return null;
  return (
    <a href={href} rel="noopener noreferrer nofollow">
      {label}
    </a>
  );
}

/** Props of `SignedInAs`. */
export interface SignedInAsProps {
  email: string;
  messages: Messages;
}

/** Who is signed in, so that a person with two accounts notices before deciding. */
export function SignedInAs({ email, messages }: SignedInAsProps) {
  return (
    <p class="signed-in-as">
      <Phrase text={messages.signedInAs} values={{ email }} />
    </p>
  );
}

/** Props of `HiddenFields`. */
export interface HiddenFieldsProps {
  fields: Readonly<Record<string, string | undefined>>;
}

/** A form's hidden fields, in the order given; a field without a value is left out rather than sent empty. */
export function HiddenFields({ fields }: HiddenFieldsProps) {
  return (
    <>
      {Object.entries(fields).map(([name, value]) =>
        value === undefined ? null : <input type="hidden" name={name} value={value} />,
      )}
    </>
  );
}
