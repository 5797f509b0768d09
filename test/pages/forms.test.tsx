/** Field names, values and buttons of each form: what the routes, password managers and outside suites rely on. */
import { describe, expect, it } from 'vitest';
import { ConsentPage } from '../../src/pages/consent.js';
import { LoginPage } from '../../src/pages/login.js';
import { LogoutPage, SignedOutPage } from '../../src/pages/logout.js';
import { OtherAccountPage } from '../../src/pages/other-account.js';
import { render } from '../../src/pages/render.js';
import { consentProps } from './every-page.js';
import { tagsNamed, textOf } from './markup.js';

function formOf(html: string) {
  return tagsNamed(html, 'form').map(({ attributes }) => [attributes.method, attributes.action]);
}

function hiddenFieldsOf(html: string) {
  return tagsNamed(html, 'input')
    .filter(({ attributes }) => attributes.type === 'hidden')
    .map(({ attributes }) => [attributes.name, attributes.value]);
}

function decisionsOf(html: string) {
  return tagsNamed(html, 'button').map(({ attributes }) => [attributes.name, attributes.value, attributes.type]);
}

describe('the sign-in form', () => {
  const client = { name: 'Acme CRM', redirectHost: 'crm.acme.example' };

  it('posts e-mail and password with the request it belongs to', () => {
    const html = render(<LoginPage csrfToken="csrf-1" requestId="req_1" client={client} />);
    expect(formOf(html)).toEqual([
      ['post', '/login'],
      ['post', '/login'],
    ]);
    // The second is the way back to the app, which takes nothing that was typed with it.
    const fields = [
      ['csrf', 'csrf-1'],
      ['request', 'req_1'],
    ];
    expect(hiddenFieldsOf(html)).toEqual([...fields, ...fields]);
    expect(decisionsOf(html)).toContainEqual(['decision', 'deny', 'submit']);
    const [email, password] = tagsNamed(html, 'input').filter(({ attributes }) => attributes.type !== 'hidden');
    expect(email?.attributes).toMatchObject({ name: 'email', type: 'email', autocomplete: 'username' });
    expect(password?.attributes).toMatchObject({
      name: 'password',
      type: 'password',
      autocomplete: 'current-password',
    });
    expect(password?.attributes).not.toHaveProperty('value');
    expect(textOf(html)).toContain('Sign in to continue to Acme CRM');
    expect(textOf(html)).toContain('crm.acme.example');
  });

  it('carries return_to when there is no request, and only then', () => {
    expect(hiddenFieldsOf(render(<LoginPage csrfToken="c" returnTo="/graphql" />))).toEqual([
      ['csrf', 'c'],
      ['return_to', '/graphql'],
    ]);
    expect(hiddenFieldsOf(render(<LoginPage csrfToken="c" returnTo="/graphql" requestId="req_1" />))).toEqual([
      ['csrf', 'c'],
      ['request', 'req_1'],
    ]);
    expect(hiddenFieldsOf(render(<LoginPage csrfToken="c" />))).toEqual([['csrf', 'c']]);
  });

  it('announces an error, ties it to the fields, keeps the e-mail and puts the cursor in the password', () => {
    const html = render(<LoginPage csrfToken="c" requestId="r" email="ada@example.com" error="Wrong." />);
    expect(html).toMatch(/role="alert" id="login-error">Wrong\.</);
    const [email, password] = tagsNamed(html, 'input').filter(({ attributes }) => attributes.type !== 'hidden');
    expect(email?.attributes).toMatchObject({ value: 'ada@example.com', 'aria-describedby': 'login-error' });
    expect(password?.attributes).toHaveProperty('autofocus');
    expect(email?.attributes).not.toHaveProperty('autofocus');
  });
});

describe('the consent form', () => {
  it('offers allow and deny as two buttons of one form', () => {
    const html = render(<ConsentPage {...consentProps()} />);
    expect(formOf(html)).toEqual([['post', '/consent']]);
    expect(hiddenFieldsOf(html)).toEqual([
      ['csrf', 'csrf-1'],
      ['request', 'req_1'],
      ['member', 'mem_1'],
      ['shown', 'shown-1'],
    ]);
    expect(decisionsOf(html)).toEqual([
      ['decision', 'deny', 'submit'],
      ['decision', 'allow', 'submit'],
    ]);
  });

  it('says who asks, from which account, whether it is verified, for whom, and where the answer goes', () => {
    const text = textOf(render(<ConsentPage {...consentProps()} />));
    for (const expected of ['Acme CRM', 'Acme Corporation', 'Not verified', 'ada@example.com', 'crm.acme.example']) {
      expect(text).toContain(expected);
    }
    const verified = textOf(
      render(<ConsentPage {...consentProps()} client={{ ...consentProps().client, verified: true }} />),
    );
    expect(verified).toContain('Verified');
    expect(verified).not.toContain('Not verified');
  });

  it('marks what is new beside what was allowed before, and nothing on a first visit', () => {
    const { scopes } = consentProps();
    const again = textOf(render(<ConsentPage {...consentProps()} scopes={scopes} />));
    expect(again).toContain(
      'New since 1 June 2026 See your e-mail address at Mail API email Allowed before Know who you are openid',
    );
    const same = textOf(
      render(<ConsentPage {...consentProps()} scopes={scopes.map((s) => ({ ...s, isNew: false }))} />),
    );
    expect(same).toContain('You allowed all of this before, last on 1 June 2026');
    const { allowedAt: _before, ...first } = consentProps();
    const text = textOf(render(<ConsentPage {...first} scopes={scopes.map((s) => ({ ...s, isNew: true }))} />));
    expect(text).not.toMatch(/New|allowed/);
  });

  it.each([
    'javascript:alert(1)',
    'http://acme.example/',
    'data:text/html,x',
    '//acme.example/',
    ' https://acme.example/',
    'HTTPS://acme.example/',
    '',
  ])('does not link to %j', (url) => {
    const client = { ...consentProps().client, homepageUrl: url, policyUrl: url, termsUrl: url };
    expect(tagsNamed(render(<ConsentPage {...consentProps()} client={client} />), 'a')).toEqual([]);
  });

  it('links to https addresses without vouching for them, and escapes them', () => {
    const url = 'https://acme.example/?a="><script>&b=1';
    const client = { ...consentProps().client, homepageUrl: url, policyUrl: url, termsUrl: url };
    const links = tagsNamed(render(<ConsentPage {...consentProps()} client={client} />), 'a');
    expect(links.map((link) => link.attributes)).toEqual(
      Array.from({ length: 3 }, () => ({ href: url, rel: 'noopener noreferrer nofollow' })),
    );
  });
});

describe('the other forms', () => {
  it('offers another account or the way back to the app', () => {
    const html = render(
      <OtherAccountPage
        csrfToken="c"
        requestId="r"
        client={{ name: 'Acme CRM', accountName: 'Acme Corporation' }}
        memberEmail="ada@example.com"
      />,
    );
    expect(formOf(html)).toEqual([['post', '/other-account']]);
    expect(hiddenFieldsOf(html)).toEqual([
      ['csrf', 'c'],
      ['request', 'r'],
    ]);
    expect(decisionsOf(html)).toEqual([
      ['decision', 'switch', 'submit'],
      ['decision', 'deny', 'submit'],
    ]);
    expect(textOf(html)).toMatch(/Use another account Back to Acme CRM$/);
  });

  it('asks before signing out', () => {
    const html = render(<LogoutPage csrfToken="c" memberEmail="ada@example.com" />);
    expect(formOf(html)).toEqual([['post', '/logout']]);
    expect(hiddenFieldsOf(html)).toEqual([['csrf', 'c']]);
    expect(textOf(html)).toContain('ada@example.com');
    expect(formOf(render(<SignedOutPage />))).toEqual([]);
    expect(textOf(render(<SignedOutPage />))).toMatch(/Sign in again Go to the front page$/);
    // To sign in here is not what somebody wants who signed out of an app.
    expect(textOf(render(<SignedOutPage byApp={true} />))).not.toContain('Sign in again');
  });
});
