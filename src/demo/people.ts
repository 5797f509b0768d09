// Who and what the demo shows: two accounts with their members, and the clients of each. Storing them is seed.ts's part.
import type { ClientType, GivenMetadata } from '../clients/metadata.js';
import type { Role } from '../lib/roles.js';

/** Everybody's. It protects nothing: the demo is reachable from this computer only. */
export const demoPassword = 'try latchkey today';

export interface DemoMember {
  readonly email: string;
  readonly name: string;
  readonly role: Exclude<Role, 'OWNER'>;
}

export interface DemoClient extends GivenMetadata {
  readonly name: string;
  readonly type: ClientType;
}

export interface DemoAccount {
  readonly name: string;
  /** Domains that end in .example are nobody's, so that only the demo makes owners of these addresses. */
  readonly owner: { readonly email: string; readonly name: string };
  readonly members: readonly DemoMember[];
  /** Clients whose secret the demo has no use for. */
  readonly clients: readonly DemoClient[];
}

/** The account that has the partner app. */
export const acme: DemoAccount = {
  name: 'Acme',
  owner: { email: 'olivia@acme.example', name: 'Olivia Owner' },
  members: [
    { email: 'adam@acme.example', name: 'Adam Admin', role: 'ADMIN' },
    { email: 'wendy@acme.example', name: 'Wendy Writer', role: 'WRITER' },
    { email: 'rita@acme.example', name: 'Rita Reader', role: 'READER' },
  ],
  clients: [
    {
      name: 'Dashboard',
      description: 'A single-page app: it cannot keep a secret.',
      type: 'PUBLIC',
      redirectUris: ['http://127.0.0.1:5173/callback'],
    },
    {
      name: 'Command line',
      description: 'An app on people’s own computers: any port of the loopback address will do.',
      type: 'NATIVE',
      redirectUris: ['http://127.0.0.1/callback'],
      scopes: ['openid', 'profile', 'email', 'offline_access', 'reader'],
    },
  ],
};

/** Acme's app in examples/partner-app. */
export function partnerClient(redirectUri: string): DemoClient {
  const description = 'The app in examples/partner-app.';
  return { name: 'Partner app', description, type: 'CONFIDENTIAL', redirectUris: [redirectUri] };
}

/** Acme's client that works without a person. */
export const machineClient: DemoClient = {
  name: 'Nightly export',
  description: 'A program without a person: it gets tokens for itself.',
  type: 'CONFIDENTIAL',
  grantTypes: ['client_credentials'],
  scopes: ['reader'],
};

/** Another company, whose members meet Acme's apps as strangers, and the other way round. */
export const globex: DemoAccount = {
  name: 'Globex',
  owner: { email: 'gina@globex.example', name: 'Gina Globex' },
  members: [{ email: 'gustav@globex.example', name: 'Gustav Globex', role: 'READER' }],
  clients: [
    {
      name: 'Globex planner',
      description: 'Not verified, so members of other accounts cannot sign in to it.',
      type: 'CONFIDENTIAL',
      redirectUris: ['https://planner.globex.example/callback'],
    },
  ],
};
