// A browser without scripts for tests: cookies, redirects, and forms filled in as a person would. It stops where it is sent
// to another origin, as that is the client's.
import { CookieJar } from 'tough-cookie';

type Fetch = (url: string, init: RequestInit) => Response | Promise<Response>;

/** A page that the browser shows, or the place outside that it was sent to. */
export interface Page {
  readonly status: number;
  readonly url: URL;
  readonly html: string;
  readonly headers: Headers;
  /** Whether the browser was sent to another origin, where it did not go. */
  readonly left: boolean;
}

const mostRedirects = 10;

function decode(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => named[name] ?? '');
}

function attribute(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\b${name}="([^"]*)"`).exec(tag);
  return match?.[1] === undefined ? undefined : decode(match[1]);
}

/** The fields of a page's only form, with the values that they have. */
export function fieldsOf(html: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [tag] of html.matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(tag, 'name');
    if (name !== undefined) fields[name] = attribute(tag, 'value') ?? '';
  }
  return fields;
}

export class TestBrowser {
  readonly jar = new CookieJar(undefined, { rejectPublicSuffixes: false });
  readonly #fetch: Fetch;
  readonly #origin: string;

  /** @param fetch the application's, or the global one; @param issuer the origin that the browser stays on */
  constructor(fetch: Fetch, issuer: string) {
    this.#fetch = fetch;
    this.#origin = issuer;
  }

  /** One request with the cookies, without following redirects. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const target = new URL(url, this.#origin);
    const headers = new Headers(init.headers);
    const cookies = await this.jar.getCookieString(target.href);
    if (cookies) headers.set('cookie', cookies);
    const response = await this.#fetch(target.href, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) await this.jar.setCookie(cookie, target.href);
    return response;
  }

  /** Navigates to an address and follows redirects on our origin. */
  async visit(url: string, init: RequestInit = {}): Promise<Page> {
    let target = new URL(url, this.#origin);
    let request: RequestInit = {
      ...init,
      headers: { accept: 'text/html', ...(init.headers as Record<string, string>) },
    };
    for (let hops = 0; hops < mostRedirects; hops += 1) {
      const response = await this.fetch(target.href, request);
      const location = response.headers.get('location');
      if (location === null) {
        return {
          status: response.status,
          url: target,
          html: await response.text(),
          headers: response.headers,
          left: false,
        };
      }
      target = new URL(location, target);
      if (target.origin !== new URL(this.#origin).origin) {
        return { status: response.status, url: target, html: '', headers: response.headers, left: true };
      }
      request = { headers: { accept: 'text/html' } };
    }
    throw new Error(`More than ${mostRedirects} redirects, the last to ${target.href}`);
  }

  /**
   * Fills in and sends the form of a page, as a click on one of its buttons would.
   * @param to where, on a page that has several forms
   */
  async submit(page: Page, values: Record<string, string> = {}, to?: string): Promise<Page> {
    const action = to ?? attribute(/<form\b[^>]*>/.exec(page.html)?.[0] ?? '', 'action') ?? page.url.pathname;
    return this.visit(new URL(action, page.url).href, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        // What a browser sends from a page without a referrer.
        origin: 'null',
        'sec-fetch-site': 'same-origin',
      },
      body: new URLSearchParams({ ...fieldsOf(page.html), ...values }).toString(),
    });
  }

  /** Signs in on the sign-in page that is shown, or on our own. */
  async signIn(person: { email: string; password: string }, page?: Page): Promise<Page> {
    const login = page ?? (await this.visit('/login'));
    return this.submit(login, { email: person.email, password: person.password });
  }

  /** One GraphQL request from a page of ours, with the session cookie. */
  async graphql(query: string, variables: Record<string, unknown> = {}) {
    const response = await this.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.#origin },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, headers: response.headers, ...((await response.json()) as GraphQLAnswer) };
  }
}

export interface GraphQLAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the query's, which the test knows
  data?: any;
  errors?: { message: string; path?: (string | number)[]; extensions: { code?: string } }[];
}
