/**
 * Owns one rendering of each page for tests that hold for all of them. Each text prop goes through `change`, so that a
 * test can put something hostile into one prop at a time.
 */
import { AcceptInvitationPage } from '../../src/pages/accept-invitation.js';
import { ChooseAccountPage } from '../../src/pages/choose-account.js';
import type { ConsentPageProps } from '../../src/pages/consent.js';
import { ConsentPage } from '../../src/pages/consent.js';
import { ErrorPage } from '../../src/pages/error.js';
import { HomePage } from '../../src/pages/home.js';
import { LoginPage } from '../../src/pages/login.js';
import { LogoutPage, SignedOutPage } from '../../src/pages/logout.js';
import { ConnectedAppsPage } from '../../src/pages/my-account/connected-apps.js';
import { AccountDeletedPage, DataPage } from '../../src/pages/my-account/data.js';
import { PasswordPage } from '../../src/pages/my-account/password.js';
import { ProfilePage } from '../../src/pages/my-account/profile.js';
import { SessionsPage } from '../../src/pages/my-account/sessions.js';
import { NewTokenPage, TokenPage } from '../../src/pages/my-account/token.js';
import type { ShownToken } from '../../src/pages/my-account/token-fields.js';
import { TokensPage } from '../../src/pages/my-account/tokens.js';
import { OtherAccountPage } from '../../src/pages/other-account.js';
import {
  ForgotPasswordPage,
  LinkOverPage,
  LinkSentPage,
  NoMailPage,
  ResetPasswordPage,
} from '../../src/pages/password-reset.js';
import { render } from '../../src/pages/render.js';
import { EmailNoticePage, VerifyEmailPage } from '../../src/pages/verify-email.js';

/** Gives a prop's value, or something else in its place. */
export type Change = (prop: string, value: string) => string;

/** Leaves every prop as it is. */
export const unchanged: Change = (_prop, value) => value;

/** The consent page's props, also used by the tests of that page alone. */
export function consentProps(change: Change = unchanged): ConsentPageProps {
  return {
    csrfToken: change('csrfToken', 'csrf-1'),
    memberId: 'mem_1',
    requestId: change('requestId', 'req_1'),
    mark: change('mark', 'shown-1'),
    allowedAt: new Date('2026-06-01T12:00:00Z'),
    changed: true,
    client: {
      name: change('client.name', 'Acme CRM'),
      logoPath: '/logos/cli_1/2cf2',
      accountName: change('client.accountName', 'Acme Corporation'),
      verified: false,
      homepageUrl: 'https://acme.example/',
    },
    redirectHost: change('redirectHost', 'crm.acme.example'),
    memberEmail: change('memberEmail', 'ada@example.com'),
    scopes: [
      { name: 'openid', description: 'Know who you are', isNew: false },
      {
        name: change('scope.name', 'email'),
        description: change('scope.description', 'See your e-mail address'),
        apiName: change('scope.apiName', 'Mail API'),
        isNew: true,
      },
    ],
  };
}

function shownToken(change: Change): ShownToken {
  return {
    id: 'apt_1',
    name: change('token.name', 'CI'),
    role: 'READER',
    hint: change('token.hint', 'a1b2'),
    isService: true,
    createdAt: new Date('2026-06-01T12:00:00Z'),
    expiresAt: new Date('2026-07-01T12:00:00Z'),
    isExpired: false,
    isReplaced: false,
    lastUsedAt: null,
  };
}

const moment = new Date('2026-06-01T12:00:00Z');

/** Every page by name, rendered to a document. */
export const everyPage: Readonly<Record<string, (change: Change) => string>> = {
  login: (change) =>
    render(
      <LoginPage
        csrfToken={change('csrfToken', 'csrf-1')}
        requestId={change('requestId', 'req_1')}
        email={change('email', 'ada@example.com')}
        error={change('error', 'That did not work.')}
        action={change('action', '/login?request=req_1')}
        confirms={true}
        client={{
          name: change('client.name', 'Acme CRM'),
          logoPath: '/logos/cli_1/2cf2',
          redirectHost: change('client.redirectHost', 'acme.example'),
        }}
      />,
    ),
  'login without an app': (change) =>
    render(<LoginPage csrfToken={change('csrfToken', 'csrf-1')} returnTo={change('returnTo', '/graphql')} />),
  consent: (change) => render(<ConsentPage {...consentProps(change)} />),
  'choose account': (change) =>
    render(
      <ChooseAccountPage
        csrfToken={change('csrfToken', 'csrf-1')}
        requestId={change('requestId', 'req_1')}
        client={{
          name: change('client.name', 'Acme CRM'),
          logoPath: '/logos/cli_1/2cf2',
          redirectHost: change('client.redirectHost', 'acme.example'),
        }}
        member={{
          id: change('member.id', 'mem_1'),
          email: change('member.email', 'ada@example.com'),
          name: change('member.name', 'Ada'),
          accountName: change('member.accountName', 'Example Ltd'),
        }}
        anotherPath={change('anotherPath', '/login?another=1')}
      />,
    ),
  'other account': (change) =>
    render(
      <OtherAccountPage
        csrfToken={change('csrfToken', 'csrf-1')}
        requestId={change('requestId', 'req_1')}
        client={{
          name: change('client.name', 'Acme CRM'),
          accountName: change('client.accountName', 'Acme Corporation'),
        }}
        memberEmail={change('memberEmail', 'ada@example.com')}
      />,
    ),
  logout: (change) =>
    render(
      <LogoutPage csrfToken={change('csrfToken', 'csrf-1')} memberEmail={change('memberEmail', 'ada@example.com')} />,
    ),
  'logout for an app': (change) =>
    render(
      <LogoutPage
        csrfToken="csrf-1"
        memberEmail="ada@example.com"
        client={{ id: change('client.id', 'client-1'), name: change('client.name', 'Acme CRM') }}
        redirectUri={change('redirectUri', 'https://crm.acme.example/bye')}
        state={change('state', 'the state')}
      />,
    ),
  'signed out': () => render(<SignedOutPage />),
  error: (change) =>
    render(
      <ErrorPage
        title={change('title', 'Not found')}
        message={change('message', 'There is nothing here.')}
        hint={change('hint', 'Go back.')}
        onward={{ href: change('onward.href', '/login'), label: change('onward.label', 'Sign in') }}
        referenceId={change('referenceId', 'req_1')}
      />,
    ),
  home: (change) =>
    render(
      <HomePage
        issuer={change('issuer', 'https://id.example.com')}
        member={{
          email: change('email', 'ada@example.com'),
          name: change('name', 'Ada'),
          role: change('role', 'OWNER'),
          accountName: change('accountName', 'Example Ltd'),
        }}
      />,
    ),
  'accept invitation': (change) =>
    render(
      <AcceptInvitationPage
        csrfToken={change('csrfToken', 'csrf-1')}
        token={change('token', 'lki_1')}
        accountName={change('accountName', 'Example Ltd')}
        inviter={change('inviter', 'Grace')}
        email={change('email', 'ada@example.com')}
        role={change('role', 'WRITER')}
        name={change('name', 'Ada')}
        signedInAs={change('signedInAs', 'grace@example.com')}
        error={change('error', 'That did not work.')}
        nameError={change('nameError', 'Too long.')}
        passwordError={change('passwordError', 'Too short.')}
      />,
    ),
  'my password': (change) =>
    render(
      <PasswordPage
        csrfToken={change('csrfToken', 'csrf-1')}
        memberEmail={change('memberEmail', 'ada@example.com')}
        hasPassword={true}
        done={change('done', 'Changed.')}
        error={change('error', 'That did not work.')}
        currentError={change('currentError', 'Wrong.')}
        newError={change('newError', 'Too short.')}
      />,
    ),
  'my password, without one': (change) =>
    render(<PasswordPage csrfToken="c" memberEmail={change('memberEmail', 'ada@example.com')} hasPassword={false} />),
  'my tokens': (change) =>
    render(
      <TokensPage
        csrfToken={change('csrfToken', 'csrf-1')}
        memberEmail={change('memberEmail', 'ada@example.com')}
        once={change('once', 'mark')}
        tokens={[shownToken(change)]}
        olderPath={change('olderPath', '/me/tokens?before=apt_1')}
        isFirstPage={false}
        roles={['READER', 'WRITER']}
        offersService={true}
        draft={{
          name: change('draft.name', 'x'),
          role: 'WRITER',
          expires: '30',
          isService: true,
          nameError: change('draft.nameError', 'Too long.'),
          roleError: change('draft.roleError', 'Too much.'),
        }}
        error={change('error', 'That did not work.')}
      />,
    ),
  'my tokens, none': (change) =>
    render(
      <TokensPage
        csrfToken="c"
        memberEmail="ada@example.com"
        once="mark"
        tokens={[]}
        isFirstPage={true}
        roles={['READER']}
        offersService={false}
        draft={{ name: '', role: 'READER', expires: '90', isService: false }}
        done={change('done', 'Revoked.')}
      />,
    ),
  'one of my tokens': (change) =>
    render(
      <TokenPage
        csrfToken={change('csrfToken', 'csrf-1')}
        memberEmail={change('memberEmail', 'ada@example.com')}
        once={change('once', 'mark')}
        token={shownToken(change)}
        overlap="86400"
        expires="90"
        error={change('error', 'That did not work.')}
        revokeError={change('revokeError', 'Tick the box.')}
      />,
    ),
  'a new token': (change) =>
    render(
      <NewTokenPage
        memberEmail={change('memberEmail', 'ada@example.com')}
        name={change('name', 'CI')}
        token={change('token', 'lkt_1')}
        previous={change('previous', 'The old one works until noon.')}
      />,
    ),
  'my profile': (change) =>
    render(
      <ProfilePage
        csrfToken={change('csrfToken', 'csrf-1')}
        memberEmail={change('memberEmail', 'ada@example.com')}
        emailVerified={false}
        email={{
          sendsMail: true,
          canChange: true,
          pending: { email: change('pending.email', 'grace@example.com'), until: change('pending.until', 'tomorrow') },
          newEmail: change('newEmail', 'g@example.com'),
          error: change('email.error', 'That is no address.'),
        }}
        name={change('name', 'Ada')}
        accountName={change('accountName', 'Example Ltd')}
        role={change('role', 'OWNER')}
        done={change('done', 'Saved.')}
        error={change('error', 'That did not work.')}
        nameError={change('nameError', 'Too long.')}
      />,
    ),
  'my profile, signed in long ago': (change) =>
    render(
      <ProfilePage
        csrfToken="csrf-1"
        memberEmail={change('memberEmail', 'ada@example.com')}
        emailVerified={true}
        email={{ sendsMail: true, canChange: false }}
        name="Ada"
        accountName={change('accountName', 'Example Ltd')}
        role={change('role', 'OWNER')}
      />,
    ),
  'my profile, without e-mail': (change) =>
    render(
      <ProfilePage
        csrfToken={change('csrfToken', 'csrf-1')}
        memberEmail={change('memberEmail', 'ada@example.com')}
        emailVerified={false}
        email={{ sendsMail: false, canChange: true }}
        name="Ada"
        accountName="Example Ltd"
        role={change('role', 'READER')}
      />,
    ),
  'my data': (change) =>
    render(
      <DataPage
        csrfToken={change('csrfToken', 'csrf-1')}
        memberEmail={change('memberEmail', 'ada@example.com')}
        accountName="Example Ltd"
        heirs={[{ id: change('heir.id', 'mem_2'), name: change('heir.name', 'Grace') }]}
        confirmEmail={change('confirmEmail', 'ada@example')}
        error={change('error', 'That did not work.')}
        confirmError={change('confirmError', 'That is another address.')}
        heirError={change('heirError', 'That is nobody.')}
      />,
    ),
  'my data as the owner': (change) =>
    render(
      <DataPage
        csrfToken="csrf-1"
        memberEmail="ada@example.com"
        accountName={change('accountName', 'Example Ltd')}
        hindrance="owner"
      />,
    ),
  'my data, signed in long ago': () =>
    render(
      <DataPage csrfToken="csrf-1" memberEmail="ada@example.com" accountName="Example Ltd" hindrance="not recent" />,
    ),
  'account deleted': () => render(<AccountDeletedPage sendsMail={true} />),
  'verify e-mail': (change) =>
    render(
      <VerifyEmailPage
        csrfToken={change('csrfToken', 'csrf-1')}
        token={change('token', 'lkl_1')}
        email={change('email', 'ada@example.com')}
        oldEmail={change('oldEmail', 'grace@example.com')}
      />,
    ),
  'e-mail notice': (change) =>
    render(
      <EmailNoticePage about="signIn" email={change('email', 'ada@example.com')} href={change('href', '/login')} />,
    ),
  'my sessions': (change) =>
    render(
      <SessionsPage
        csrfToken={change('csrfToken', 'csrf-1')}
        memberEmail={change('memberEmail', 'ada@example.com')}
        sessions={[
          { id: 'ses_1', browser: 'Firefox on Linux', signedInAt: moment, lastActiveAt: moment, isCurrent: true },
          {
            id: change('id', 'ses_2'),
            browser: change('browser', 'Safari on iPhone'),
            ipAddress: change('ipAddress', '192.0.2.1'),
            signedInAt: moment,
            lastActiveAt: moment,
            isCurrent: false,
          },
        ]}
        done={change('done', 'Done.')}
      />,
    ),
  'connected apps': (change) =>
    render(
      <ConnectedAppsPage
        csrfToken={change('csrfToken', 'csrf-1')}
        memberEmail={change('memberEmail', 'ada@example.com')}
        apps={[
          {
            consentId: change('consentId', 'con_1'),
            name: change('name', 'Acme CRM'),
            accountName: change('accountName', 'Acme Corporation'),
            verified: true,
            hosts: [change('host', 'crm.acme.example')],
            scopes: [{ description: change('description', 'Know who you are'), apiName: change('apiName', 'Mail') }],
            allowedAt: moment,
            lastUsedAt: moment,
          },
        ]}
        done={change('done', 'Done.')}
      />,
    ),
  'no connected apps': (change) =>
    render(<ConnectedAppsPage csrfToken="csrf-1" memberEmail={change('memberEmail', 'ada@example.com')} apps={[]} />),
  'forgotten password': (change) =>
    render(
      <ForgotPasswordPage
        csrfToken={change('csrfToken', 'csrf-1')}
        requestId={change('requestId', 'req_1')}
        email={change('email', 'ada@example.com')}
        error={change('error', 'That did not work.')}
      />,
    ),
  'link sent': (change) => render(<LinkSentPage signInPath={change('signInPath', '/login')} />),
  'forgotten password, without e-mail': (change) => render(<NoMailPage signInPath={change('signInPath', '/login')} />),
  'new password': (change) =>
    render(
      <ResetPasswordPage
        csrfToken={change('csrfToken', 'csrf-1')}
        token={change('token', 'lkl_1')}
        requestId={change('requestId', 'req_1')}
        email={change('email', 'ada@example.com')}
        error={change('error', 'That did not work.')}
      />,
    ),
  'link over': (change) =>
    render(<LinkOverPage again={change('again', '/forgot-password')} label={change('label', 'Ask again')} />),
  'home signed out': (change) => render(<HomePage issuer={change('issuer', 'https://id.example.com')} />),
};

/** The props of a page that hold text. */
export function textProps(page: (change: Change) => string): string[] {
  const names = new Set<string>();
  page((prop, value) => {
    names.add(prop);
    return value;
  });
  return [...names];
}
