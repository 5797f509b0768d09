/**
 * Owns the small pieces that several pages share: a text with values in it, an app's logo beside the heading, a link to
 * somebody else's site, the line that says who is signed in, the button back to the app, and a form's hidden fields. Leaves to
 * others: what the texts say and where forms go.
 */
import type { Child } from 'hono/jsx';
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

/** Props of `ClientHeading`. */
export interface ClientHeadingProps {
  /** Where we serve the app's logo; absent when it has none. */
  logoPath: string | undefined;
  children: Child;
}

/**
 * The heading of a page that names an app, with the app's logo beside it. The logo is decoration: the heading has the
 * name. Its size is fixed, so that the page does not move when it comes, nor grow with it.
 */
export function ClientHeading({ logoPath, children }: ClientHeadingProps) {
  if (logoPath === undefined) return <h1>{children}</h1>;
  return (
    <div class="client-heading">
      <img class="client-logo" src={logoPath} alt="" width="48" height="48" />
      <h1>{children}</h1>
    </div>
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

/** Props of `BackToApp`. */
export interface BackToAppProps {
  client: { name: string };
  messages: Messages;
}

/** The button of a form that takes a person back to the app, which is told that they did not sign in. */
export function BackToApp({ client, messages }: BackToAppProps) {
  return (
    <button type="submit" name="decision" value="deny" class="button">
      <span>
        <Phrase text={messages.otherAccountBack} values={{ client: client.name }} />
      </span>
    </button>
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
