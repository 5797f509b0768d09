// The configuration that the OpenID Foundation's conformance suite reads for a plan with static clients: who the clients are, and
// what its browser does on our pages. Its command language is the suite's own: find an element, type, click, wait.

/** A client as the suite is told of it. */
export interface SuiteClient {
  readonly client_id: string;
  readonly client_secret: string;
}

/** One instruction to the suite's browser. */
type Command = readonly (string | number)[];

interface Task {
  readonly task: string;
  /** A pattern of the address at which it is done. */
  readonly match: string;
  /** Passed over when another page is shown. */
  readonly optional?: boolean;
  readonly commands?: readonly Command[];
}

interface Visit {
  /** A pattern of the address that the browser is sent to. */
  readonly match: string;
  readonly 'match-limit'?: number;
  readonly tasks: readonly Task[];
}

export interface SuiteConfig {
  readonly alias: string;
  readonly description: string;
  readonly server: { readonly discoveryUrl: string; readonly login_hint: string };
  readonly client: SuiteClient;
  readonly client2: SuiteClient;
  readonly client_secret_post: SuiteClient;
  readonly browser: readonly Visit[];
  readonly override: Readonly<Record<string, { readonly browser: readonly Visit[] }>>;
}

/** What the configuration is made of. */
export interface SuiteParts {
  readonly issuer: string;
  readonly alias: string;
  readonly person: { readonly email: string; readonly password: string };
  readonly clients: {
    readonly basic: SuiteClient;
    readonly second: SuiteClient;
    readonly post: SuiteClient;
  };
}

/** Waits for a text, and keeps a picture of the page where the module asks for one. */
function picture(text: string): Command {
  return ['wait', 'xpath', '//*', 10, text, 'update-image-placeholder-optional'];
}

const primaryButton: Command = ['click', 'css', 'button.button-primary'];
const submitted: Command = ['wait', 'id', 'submission_complete', 10];

/** The modules in which a person who is signed in has to sign in again, which is to be seen. */
const signingInAgain = ['oidcc-prompt-login', 'oidcc-max-age-1'];
/** The modules that end on our error page, since nothing may be redirected. */
const refusedRequests = ['oidcc-ensure-registered-redirect-uri'];
const refusedLogouts = [
  'bad-post-logout-redirect-uri',
  'modified-id-token-hint',
  'no-id-token-hint',
  'query-added-to-post-logout-redirect-uri',
  'bad-id-token-hint',
];
/** The modules in which nobody says where to go afterwards. */
const endingWithUs = ['no-params', 'no-post-logout-redirect-uri', 'only-state'];

/** Builds the configuration: one for all five plans. */
export function suiteConfig({ issuer, alias, person, clients }: SuiteParts): SuiteConfig {
  const authorize = `${issuer}/oauth/authorize*`;
  const logout = `${issuer}/oauth/logout*`;
  const signIn = (commands: readonly Command[] = []): Task => ({
    task: 'Sign in',
    match: `${issuer}/login*`,
    optional: true,
    commands: [
      ...commands,
      ['text', 'name', 'email', person.email],
      ['text', 'name', 'password', person.password],
      primaryButton,
    ],
  });
  const allow: Task = {
    task: 'Allow',
    match: `${issuer}/consent*`,
    optional: true,
    commands: [['click', 'css', 'button[name="decision"][value="allow"]']],
  };
  const back: Task = { task: 'Return', match: `*/test/*/callback*`, commands: [submitted] };
  const signOut: Task = { task: 'Sign out', match: logout, optional: true, commands: [primaryButton] };
  const backFromLogout: Task = { task: 'Return', match: '*/test/*/post_logout_redirect*', commands: [submitted] };
  const shown = (match: string, text: string): Task => ({ task: 'See the page', match, commands: [picture(text)] });

  const signingIn: Visit = { match: authorize, tasks: [signIn(), allow, back] };
  const again: Visit = { match: authorize, tasks: [signIn([picture('Sign in')]), allow, back] };
  const refused = (match: string): Visit => ({ match, tasks: [shown(match, 'link is not valid')] });
  const ended: Visit = { match: logout, tasks: [signOut, shown(`${issuer}/logout*`, 'signed out')] };

  const forModules = (names: readonly string[], ...browser: Visit[]) =>
    names.map((name) => [name, { browser }] as const);
  const logoutModules = (names: readonly string[]) => names.map((name) => `oidcc-rp-initiated-logout-${name}`);
  return {
    alias,
    description: `Latchkey at ${issuer}`,
    server: { discoveryUrl: `${issuer}/.well-known/openid-configuration`, login_hint: person.email },
    client: clients.basic,
    client2: clients.second,
    client_secret_post: clients.post,
    browser: [signingIn, { match: logout, tasks: [signOut, backFromLogout] }],
    override: Object.fromEntries([
      ...forModules(signingInAgain, { ...signingIn, 'match-limit': 1 }, again),
      ...forModules(refusedRequests, refused(authorize)),
      ...forModules(logoutModules(refusedLogouts), signingIn, refused(logout)),
      ...forModules(logoutModules(endingWithUs), signingIn, ended),
    ]),
  };
}
