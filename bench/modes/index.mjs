// Everything that is measured, in the order of the report.
import { clientCredentials } from './client-credentials.mjs';
import { clientCredentialsJwt } from './client-credentials-jwt.mjs';
import { codeFlow } from './code-flow.mjs';
import { constant } from './constant.mjs';
import { createClient } from './create-client.mjs';
import { graphqlList } from './graphql-list.mjs';
import { introspection } from './introspection.mjs';
import { refresh } from './refresh.mjs';
import { userinfo } from './userinfo.mjs';

/**
 * @typedef {object} Given what a virtual user is made from
 * @property {import('../driver/connection.mjs').Connection} connection
 * @property {import('../driver/target.mjs').Target} target
 * @property {import('../driver/target.mjs').User} user
 * @property {number} index
 */

/**
 * @typedef {object} Mode
 * @property {string} name as `--only` has it
 * @property {string} title
 * @property {string} what one cycle, in words for the report
 * @property {boolean} hasPeer whether oidc-provider can do the same
 * @property {(given: Given) => Promise<any>} prepare makes a virtual user, before anything is measured
 * @property {(user: any) => Promise<void>} cycle what is measured; throws at any answer that is not right
 */

/** @type {readonly Mode[]} */
export const modes = [
  clientCredentials,
  clientCredentialsJwt,
  introspection,
  userinfo,
  refresh,
  codeFlow,
  graphqlList,
  createClient,
  constant,
];

/** Those that servers are compared by. The other one is the driver's own measure. */
export const comparedModes = modes.filter((mode) => mode !== constant);
