// What the parts of My account share: their shape, and that somebody must be signed in.
import type { MyAccountPath } from '../../pages/my-account/parts.js';
import type { Flow, PageContext } from '../flow.js';

type Handler = (c: PageContext) => Promise<Response>;

/** A part of My account: one address, what it shows, and what its forms do. */
export interface MyAccountPart {
  readonly path: MyAccountPath;
  show(flow: Flow): Handler;
  change(flow: Flow): Handler;
}

/** Asks whoever signed in too long ago for what they are about to do for their password again, and sends them back to the part. */
export function signInAgain(c: PageContext, path: MyAccountPath): Response {
  return c.redirect(`/login?again=1&return_to=${encodeURIComponent(path)}`, 303);
}

/** Sends whoever is not signed in to do so, and back to the part that they wanted. */
export function signInFirst(c: PageContext, path: MyAccountPath): Response {
  return c.redirect(`/login?return_to=${encodeURIComponent(path)}`, 303);
}
