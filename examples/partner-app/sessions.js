// The app's own sessions, in memory: gone when it stops. The browser holds a random name of its session in a cookie that no
// script can read; everything else stays here.
import { randomBytes } from 'node:crypto';

// More than anybody needs to try things out; the oldest give way, so that visits cannot fill the memory.
const mostSessions = 1000;

/** @param secure whether the app is on https */
export function createSessions({ secure }) {
  const sessions = new Map();
  const name = secure ? '__Host-partner' : 'partner';
  // Lax: the cookie comes along when Latchkey sends the browser back here, but not with forms of other sites.
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;

  function idOf(request) {
    const cookies = (request.headers.cookie ?? '').split('; ');
    return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
  }

  return {
    /** The browser's session, or undefined. */
    find: (request) => sessions.get(idOf(request)),

    /** Gives the browser a new session in place of any that it had: its name is never one from before signing in. */
    start(request, response, session) {
      sessions.delete(idOf(request));
      const id = randomBytes(32).toString('base64url');
      sessions.set(id, session);
      if (sessions.size > mostSessions) sessions.delete(sessions.keys().next().value);
      response.setHeader('Set-Cookie', `${name}=${id}; ${attributes}`);
      return session;
    },

    /** Forgets the browser's session. */
    end(request, response) {
      sessions.delete(idOf(request));
      response.setHeader('Set-Cookie', `${name}=; ${attributes}; Max-Age=0`);
    },
  };
}
