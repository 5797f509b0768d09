/** What the pages without a form say, and what render and the texts promise. */
import { describe, expect, it } from 'vitest';
import { ErrorPage } from '../../src/pages/error.js';
import { HomePage } from '../../src/pages/home.js';
import { english, fill, type Messages } from '../../src/pages/messages.js';
import { myAccountParts } from '../../src/pages/my-account/parts.js';
import { render } from '../../src/pages/render.js';
import { tagsNamed, textOf } from './markup.js';

const linksOf = (html: string) => tagsNamed(html, 'a').map((tag) => tag.attributes.href);

describe('the error page', () => {
  const onward = { href: '/on', label: 'On' };

  it('says what went wrong, what to do next, where to go on and which reference to quote', () => {
    const html = render(
      <ErrorPage title="Expired" message="Too late." hint="Start again." onward={onward} referenceId="req_42" />,
    );
    expect(textOf(html)).toMatch(/Expired Too late\. Start again\. On Reference req_42/);
    expect(linksOf(html)).toEqual(['/on']);
    expect(html).toContain('<title>Error: Expired · Latchkey</title>');
    expect(textOf(render(<ErrorPage title="T" message="M" onward={onward} referenceId="req_42" />))).toContain(
      'req_42',
    );
  });
});

describe('the front page', () => {
  const issuer = 'https://id.example.com';

  it('shows a member who they are and where to go', () => {
    const member = { email: 'ada@example.com', name: 'Ada', role: 'OWNER', accountName: 'Example Ltd' };
    const html = render(<HomePage issuer={issuer} member={member} />);
    for (const expected of ['Hello, Ada', 'ada@example.com', 'Owner', 'Example Ltd', issuer]) {
      expect(textOf(html)).toContain(expected);
    }
    expect(linksOf(html)).toEqual([
      '#content',
      '/',
      '/me',
      '/logout',
      ...myAccountParts.map(({ path }) => path),
      '/graphql',
      '/.well-known/openid-configuration',
    ]);
  });

  it('greets a member without a name by e-mail', () => {
    const member = { email: 'ada@example.com', role: 'READER', accountName: 'Example Ltd' };
    expect(textOf(render(<HomePage issuer={issuer} member={member} />))).toContain('Hello, ada@example.com');
  });

  it('tells a visitor what this is and how to sign in', () => {
    const links = linksOf(render(<HomePage issuer={issuer} />));
    expect(links).toContain('/login?return_to=/');
    expect(links).toContain('/graphql');
    expect(links).not.toContain('/logout');
  });
});

describe('the texts', () => {
  it('can be replaced as a whole by another language', () => {
    const shouting = Object.fromEntries(
      Object.entries(english).map(([key, text]) => [key, key === 'lang' ? 'en-x-loud' : text.toUpperCase()]),
    ) as Messages;
    const html = render(<HomePage issuer="https://id.example.com" messages={shouting} />);
    expect(html).toContain('<html lang="en-x-loud">');
    expect(textOf(html)).toContain('EXPLORE THE API');
  });

  it('fills placeholders once, and does not look for more in the values', () => {
    expect(fill('{a} and {b}', { a: '{b}', b: '2' })).toBe('{b} and 2');
    expect(fill('{unknown}', {})).toBe('{unknown}');
  });
});

describe('render', () => {
  it('refuses a page that is not ready, instead of sending [object Promise]', () => {
    expect(() => render(Promise.resolve('x'))).toThrow(/synchronously/);
    expect(() => render(null)).toThrow(/synchronously/);
  });
});
