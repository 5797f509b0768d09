// Options that several commands have, and how their arguments are read.
import { type Command, InvalidArgumentError } from 'commander';
import { tokenRoles } from '../lib/roles.js';

type GivenRole = (typeof tokenRoles)[number];

/** Adds --json. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print one line of JSON on standard output, for scripts');
}

/** Adds --password-stdin. */
export function withPasswordStdin(command: Command): Command {
  return command.option(
    '--password-stdin',
    'read the password from the first line of standard input (without it, one is generated and printed once)',
  );
}

/** Reads a role in upper or lower case. @throws InvalidArgumentError for any other word */
export function parseRole(text: string): GivenRole {
  const role = tokenRoles.find((known) => known === text.toUpperCase());
  if (role === undefined) throw new InvalidArgumentError('It must be reader, writer or admin.');
  return role;
}

const mostDays = 3650;

/** Reads a number of days. @throws InvalidArgumentError for anything but a whole number from 1 to 3650 */
export function parseDays(text: string): number {
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > mostDays) throw new InvalidArgumentError(`It must be a whole number from 1 to ${mostDays}.`);
  return days;
}

/** Reads a day, which begins at midnight UTC, or a moment. @throws InvalidArgumentError for anything else */
export function parseMoment(text: string): Date {
  const [, day = ''] = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(text) ?? [];
  const moment = new Date(text);
  // JavaScript takes 30 February for 2 March.
  const isDay = day !== '' && new Date(day).toJSON()?.startsWith(day);
  if (!isDay || Number.isNaN(moment.getTime())) {
    throw new InvalidArgumentError('It must be a day or a moment, such as 2026-06-01 or 2026-06-01T12:00:00Z.');
  }
  return moment;
}
