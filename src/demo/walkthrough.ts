// What the terminal says when the demo runs: which pages to open, what to click there, and as whom.
import type { SeededClient } from '../seeding.js';
import { acme, demoPassword, globex } from './people.js';

export interface Walkthrough {
  readonly issuer: string;
  readonly partnerUrl: string;
  /** What the operator's commands must be told; null when they see the same DATABASE_URL, which may hold a password. */
  readonly databaseUrl: string | null;
  readonly partner: SeededClient;
  readonly machine: SeededClient;
}

function peopleOf({ name, owner, members }: typeof acme): string[] {
  return [{ ...owner, role: 'OWNER' }, ...members].map(
    (person) => `${person.email.padEnd(24)}${person.role} of ${name}`,
  );
}

/** The text, for a terminal of 100 columns. */
export function walkthrough({ issuer, partnerUrl, databaseUrl, partner, machine }: Walkthrough): string {
  const stranger = globex.owner.email;
  const command = `${databaseUrl === null ? '' : `DATABASE_URL=${databaseUrl} `}npm run cli -- clients verify`;
  return `
  The demo has sample data and an app that signs people in. Ctrl-C stops everything.

  Open these two pages:

    A   ${partnerUrl.padEnd(32)}  the partner app
    B   ${`${issuer}/graphql`.padEnd(32)}  GraphiQL, where the account ${acme.name} manages its apps

  Then try this. Everybody's password is   ${demoPassword}

  1   In A, press "Sign in with Latchkey", sign in as ${acme.owner.email}, press "Allow".
      The app shows who you are. Press "Refresh", and it gets new tokens.

  2   Reload B: you are signed in there too. Open the tab "ListClients", press the button with the
      triangle and choose ListClients: these are ${acme.name}'s apps. The tab "RegisterClient" registers one more.

  3   Be a stranger: sign out of the app in A, sign out at ${issuer}/logout,
      then sign in to the app again, as ${stranger}. Latchkey refuses: the app is ${acme.name}'s
      and not verified. Open it to everybody with the operator's command, and try once more:

      ${command} ${partner.clientId}

  4   Be a machine, which gets tokens without a person, for APIs of your own that check them with ${issuer}/oauth/jwks:

      curl -u ${machine.clientId}:${machine.clientSecret} \\
        -d grant_type=client_credentials -d scope=reader ${issuer}/oauth/token

  People to sign in as:

      ${[...peopleOf(acme), ...peopleOf(globex)].join('\n      ')}

`;
}
