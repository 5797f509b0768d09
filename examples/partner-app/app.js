// The partner app as a web server: which address does what. Talking to Latchkey is sign-in.js, the looks are pages.js.
import { createServer } from 'node:http';
import { checkedConfiguration } from './configuration.js';
import { explain, lineAbout } from './errors.js';
import { errorPage, personPage, stylesheet, welcomePage } from './pages.js';
import { createSessions } from './sessions.js';
import { createSignIn } from './sign-in.js';

const pageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  // The address of the callback holds the code: no other site may learn it.
  'Referrer-Policy': 'same-origin',
};

const notBegunHere = {
  status: 400,
  title: 'This sign-in did not begin here',
  text: 'It was begun in another browser, or was finished before. Sign in again.',
};

/**
 * Builds the app. It listens when told to, so that tests and the demo can start it in process.
 * @param given issuer, clientId and clientSecret; port, host and redirectUri have defaults (see README.md)
 * @throws ConfigurationError with everything that is wrong
 */
export function createPartnerApp(given) {
  const configuration = checkedConfiguration(given);
  const { issuer, redirectUri, port, host } = configuration;
  const { origin: url, pathname: callbackPath } = new URL(redirectUri);
  const signIn = createSignIn(configuration);
  const sessions = createSessions({ secure: url.startsWith('https:') });

  function show(response, html, status = 200) {
    response.writeHead(status, pageHeaders).end(html);
  }

  function showError(response, problem) {
    show(response, errorPage(problem), problem.status);
  }

  function redirect(response, address) {
    response.writeHead(303, { Location: address, 'Cache-Control': 'no-store' }).end();
  }

  const routes = {
    'GET /'(request, response) {
      const person = sessions.find(request)?.person;
      show(response, person ? personPage(person, issuer) : welcomePage());
    },

    async 'GET /sign-in'(request, response) {
      const { address, pending } = await signIn.begin();
      const session = sessions.find(request) ?? sessions.start(request, response, { pending: new Map() });
      // By state, so that signing in in two tabs at once works.
      session.pending.set(pending.state, pending);
      redirect(response, address.href);
    },

    async [`GET ${callbackPath}`](request, response) {
      const currentUrl = new URL(request.url, redirectUri);
      const session = sessions.find(request);
      const state = currentUrl.searchParams.get('state');
      const pending = session?.pending.get(state);
      // Anybody can send a browser here. Nothing of such an address is believed, nor shown.
      if (!pending) return showError(response, notBegunHere);
      session.pending.delete(state);
      const person = await signIn.finish(currentUrl, pending);
      sessions.start(request, response, { person, pending: new Map() });
      // To a clean address, so that reloading the page does not send the spent code again.
      redirect(response, '/');
    },

    async 'POST /refresh'(request, response) {
      const session = sessions.find(request);
      if (session?.person?.refreshToken) {
        try {
          session.person = await signIn.refresh(session.person);
        } catch (error) {
          // The sign-in is over on the other side, so it is over here.
          if (error.error === 'invalid_grant') sessions.end(request, response);
          throw error;
        }
      }
      redirect(response, '/');
    },

    'POST /sign-out'(request, response) {
      sessions.end(request, response);
      redirect(response, '/');
    },

    'GET /style.css'(_request, response) {
      response.writeHead(200, { 'Content-Type': 'text/css; charset=utf-8' }).end(stylesheet);
    },
  };

  async function answer(request, response) {
    const route = routes[`${request.method} ${request.url.split('?')[0]}`];
    if (!route) return showError(response, { status: 404, title: 'Page not found', text: 'There is nothing here.' });
    // The forms of this app come from its own pages only.
    if (request.method === 'POST' && request.headers.origin !== url) {
      return showError(response, { status: 403, title: 'Refused', text: 'This form did not come from this app.' });
    }
    try {
      await route(request, response);
    } catch (error) {
      const problem = await explain(error);
      // Nobody but the developer can mend it. That a person refused, or has to sign in again, is no fault.
      if (problem.status >= 500) process.stderr.write(lineAbout(problem, issuer));
      showError(response, problem);
    }
  }

  const server = createServer(answer);
  return {
    /** Where the app is. */
    url,
    /** Resolves when the app answers; rejects when the port is taken. */
    async listen() {
      await new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, resolve);
      });
    },
    /** Stops answering. */
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
