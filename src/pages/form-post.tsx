/**
 * Owns the page that carries an authorization response to an app by POST: it sends itself, and has a button for browsers
 * without JavaScript. Leaves to others: what the response says, and that the address is one that the app registered.
 */
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { Layout } from './layout.js';
import { english, fill, type Localized } from './messages.js';
import { HiddenFields, Phrase } from './phrase.js';

/** The only script of the page. It has nothing of the response in it, so that its hash is always the same. */
const script = 'document.forms[0].submit()';

/** As text for render.ts's reason. */
const scriptElement = html`<script>${raw(script)}</script>`;

/** What the Content-Security-Policy must admit for the page to send itself. */
export const formPostScriptHash = createHash('sha256').update(script).digest('base64');

/** Props of `FormPostPage`. */
export interface FormPostPageProps extends Localized {
  /** The redirect URI of the app. */
  action: string;
  /** The host of it, as a person is told. */
  redirectHost: string;
  response: Readonly<Record<string, string>>;
}

/** Sends the response on. The button has no name, so that the app gets the response and nothing else. */
export function FormPostPage({ action, redirectHost, response, messages = english }: FormPostPageProps) {
  return (
    <Layout title={fill(messages.formPostTitle, { host: redirectHost })} messages={messages}>
      <h1>
        <Phrase text={messages.formPostTitle} values={{ host: redirectHost }} />
      </h1>
      <p>{messages.formPostHint}</p>
      <form method="post" action={action} class="actions">
        <HiddenFields fields={response} />
        <button type="submit" class="button button-primary">
          {messages.formPostContinue}
        </button>
      </form>
      {scriptElement}
    </Layout>
  );
}
