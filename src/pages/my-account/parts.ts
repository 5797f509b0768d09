// Owns which parts My account has, and in which order the navigation and the front page name them. Leaves to others: what each
// shows.
import type { Messages } from '../messages.js';

/** The parts, each with its address, its name, and what one finds there. */
export const myAccountParts = [
  { path: '/me', label: 'myProfile', hint: 'myProfileHint' },
  { path: '/me/password', label: 'myPassword', hint: 'myPasswordHint' },
  { path: '/me/sessions', label: 'mySessions', hint: 'mySessionsHint' },
  { path: '/me/apps', label: 'myApps', hint: 'myAppsHint' },
  { path: '/me/tokens', label: 'myTokens', hint: 'myTokensHint' },
  { path: '/me/data', label: 'myData', hint: 'myDataHint' },
] as const satisfies readonly {
  readonly path: string;
  readonly label: keyof Messages;
  readonly hint: keyof Messages;
}[];

/** The addresses of the parts. */
export type MyAccountPath = (typeof myAccountParts)[number]['path'];
