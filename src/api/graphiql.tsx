/**
 * Owns the page that GET /graphql shows in a browser: GraphiQL below a bar that says who is signed in, and the page's
 * Content-Security-Policy. Leaves to others: the files it loads (graphiql-assets.ts), the example tabs (examples.ts),
 * telling a browser from an API client, and running operations.
 */
import { html, raw } from 'hono/html';
import { head } from '../pages/head.js';
import { Wordmark } from '../pages/layout.js';
import { english, type Messages } from '../pages/messages.js';
import { Phrase } from '../pages/phrase.js';
import { render } from '../pages/render.js';
import { examples } from './examples.js';
import { type GraphiqlAssetPaths, graphiqlAssetPaths } from './graphiql-assets.js';
import { elementIds } from './graphiql-boot.js';

/** What the page needs to know. */
export interface GraphiqlPageProps {
  issuer: string;
  /** The signed-in member, or null. */
  viewer: { email: string; role: string } | null;
}

/** The page's HTML. Send it with `graphiqlContentSecurityPolicy()` and `Cache-Control: no-store`. */
export function graphiqlPage({ issuer, viewer }: GraphiqlPageProps): string {
  return render(<GraphiqlDocument issuer={issuer} viewer={viewer} paths={graphiqlAssetPaths()} messages={english} />);
}

/**
 * The Content-Security-Policy of GraphiQL's page, and of no other. It takes no nonce: nothing on the page is inline
 * script. What is looser than `default-src 'none'`:
 *
 * - `script-src 'self'`: our assets. No 'unsafe-eval': nothing in the bundle evaluates text.
 * - `worker-src 'self'`: the editor's workers are files of ours, rather than the `blob:` the package would make.
 * - `style-src 'unsafe-inline'`: the editor (monaco) makes `<style>` elements and lines with `style` attributes as it
 *   runs, with no way to hand it a nonce. Styles cannot send anything away here: images and fonts have no other host.
 * - `img-src`/`font-src data:`: icons and fonts that the bundle's stylesheet holds inline; our favicon.
 * - `connect-src 'self'`: operations go to /graphql.
 */
export function graphiqlContentSecurityPolicy(): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    'font-src data:',
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Text for a `<script type="application/json">`. The parser reads such an element up to the next `</script`, and
 * `<!--` can make it read on past that, so that no `<` may stand in it; in JSON it can only be inside a string.
 */
export function jsonDataBlock(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/** What the boot script reads: nothing in it comes from a person. */
function configuration(paths: GraphiqlAssetPaths, messages: Messages) {
  return {
    workers: paths.workers,
    loading: messages.graphiqlLoading,
    loadFailed: messages.graphiqlLoadFailed,
    options: {
      endpoint: '/graphql',
      credentials: 'same-origin',
      // Headers hold API tokens; the boot script also keeps them out of the stored history.
      shouldPersistHeaders: false,
      isHeadersEditorEnabled: true,
      defaultEditorToolsVisibility: true,
      title: '',
      logo: '',
      defaultTabs: examples.map(({ query, variables }) => ({
        query,
        variables: variables === undefined ? null : JSON.stringify(variables, null, 2),
        headers: null,
      })),
    },
  };
}

interface GraphiqlDocumentProps extends GraphiqlPageProps {
  paths: GraphiqlAssetPaths;
  messages: Messages;
}

function GraphiqlDocument({ issuer, viewer, paths, messages }: GraphiqlDocumentProps) {
  return (
    <html lang={messages.lang}>
      {head(`${messages.graphiqlTitle} · ${messages.productName}`, paths.stylesheet, [
        html`<script type="application/json" id="${elementIds.configuration}">${raw(
          jsonDataBlock(configuration(paths, messages)),
        )}</script>`,
        html`<script src="${paths.boot}" defer=""></script>`,
        html`<script src="${paths.script}" defer=""></script>`,
      ])}
      <body>
        <header class="latchkey-bar">
          <a class="home" href="/">
            <Wordmark name={messages.productName} />
          </a>
          <Viewer viewer={viewer} messages={messages} />
          <p class="token-hint">
            {messages.graphiqlTokenHint} <code>{messages.graphiqlTokenHeader}</code>
          </p>
          <p class="endpoint">
            <code>POST {issuer}/graphql</code>
          </p>
        </header>
        <main id={elementIds.root}>
          <noscript>
            <p class="loading">{messages.graphiqlNeedsScript}</p>
          </noscript>
        </main>
      </body>
    </html>
  );
}

function Viewer({ viewer, messages }: { viewer: GraphiqlPageProps['viewer']; messages: Messages }) {
  if (viewer === null) {
    return (
      <p>
        {messages.graphiqlNotSignedIn} — <a href="/login?return_to=/graphql">{messages.signIn}</a>
      </p>
    );
  }
  return (
    <p>
      <Phrase text={messages.graphiqlSignedInAs} values={{ email: viewer.email, role: viewer.role }} />{' '}
      <a href="/logout">{messages.signOut}</a>
    </p>
  );
}
