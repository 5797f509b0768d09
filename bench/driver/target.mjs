// What the driver is told of a server, the same for Latchkey and its peer; sent to the driver's process as JSON.

/**
 * @typedef {object} User a person who is signed in and has consented, and the client that they sign in to
 * @property {string} clientId
 * @property {string} clientSecret
 * @property {string} cookie the Cookie header of their browser
 */

/**
 * @typedef {object} Target
 * @property {'latchkey' | 'oidc-provider' | 'bare'} side
 * @property {string} origin
 * @property {{ authorize: string, token: string, userinfo: string, introspect: string }} paths
 * @property {User[]} users
 * @property {string | null} apiToken of role ADMIN, for GraphQL
 */

/**
 * @typedef {object} Job
 * @property {string} mode
 * @property {Target} target
 * @property {number} warmUpSeconds
 * @property {number} seconds
 */

/**
 * @typedef {object} Result
 * @property {number} cycles how many were finished within the time
 * @property {number} seconds
 * @property {number} perSecond
 * @property {{ p50: number, p95: number, p99: number, most: number }} milliseconds
 * @property {number} driverCpuSeconds
 */

export {};
