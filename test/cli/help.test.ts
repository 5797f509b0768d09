// What --help says of every command, read in process: the same text that the command prints.
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.js';

interface Found {
  /** As it is typed; '' for the program itself. */
  readonly path: string;
  readonly command: Command;
}

function everyCommand(command: Command, path = ''): Found[] {
  const below = command.commands.flatMap((one) => everyCommand(one, `${path} ${one.name()}`.trim()));
  return [{ path, command }, ...below];
}

function helpOf(command: Command): string {
  let text = '';
  const writeOut = (part: string) => {
    text += part;
  };
  command.configureOutput({ writeOut, getOutHelpWidth: () => 120 });
  command.outputHelp();
  return text;
}

const commands = everyCommand(createProgram());
const leaves = commands.filter(({ command }) => command.commands.length === 0);

test('the commands are those that the documentation names', () => {
  expect(leaves.map(({ path }) => path)).toEqual([
    'serve',
    'migrate',
    'database copy',
    'backup',
    'restore',
    'accounts create',
    'accounts list',
    'accounts rename',
    'accounts set-owner',
    'accounts allow-redirects',
    'accounts disallow-redirects',
    'members create',
    'members set-password',
    'members set-claims',
    'members set-email',
    'members export',
    'api-tokens create',
    'clients list',
    'clients verify',
    'clients unverify',
    'sessions end-all',
    'keys rotate',
    'audit export',
    'schema print',
    'conformance seed',
  ]);
});

describe.each(commands)('npm run cli -- $path --help', ({ path, command }) => {
  const help = helpOf(command);

  test('says what it is, how it is typed, and what the exit codes mean', () => {
    expect(command.description()).toMatch(/^[A-Z].*\.$/);
    expect(help).toContain(`Usage: ${`npm run cli -- ${path}`.trim()}`);
    expect(help).toMatch(/Exit codes:\n {2}0 .+\n {2}1 .+\n {2}2 .+\n {2}3 .+/);
  });

  test('describes every option and argument, and offers none for a secret', () => {
    for (const option of command.options) expect(option.description, option.flags).not.toBe('');
    for (const argument of command.registeredArguments) expect(argument.description, argument.name()).not.toBe('');
    const named = command.options.filter((option) => /password|secret|token/.test(option.long ?? ''));
    expect(named.filter((option) => option.required || option.optional)).toEqual([]);
  });
});

describe('arguments', () => {
  function parse(line: string): () => unknown {
    const [noun, verb, ...args] = line.split(' ');
    const found = everyCommand(createProgram()).find((one) => one.path === `${noun} ${verb}`)?.command;
    found?.action(() => {}).configureOutput({ writeErr: () => {} });
    return () => found?.parse(args, { from: 'user' }).opts();
  }

  test('a role is read in upper or lower case, and OWNER is none to give', () => {
    const create = 'members create --email grace@example.com --role';
    expect(parse(`${create} Admin`)()).toMatchObject({ role: 'ADMIN' });
    for (const role of ['owner', 'root', '']) expect(parse(`${create} ${role}`)).toThrow('reader, writer or admin');
  });

  test('days are whole numbers from 1 to 3650', () => {
    const create = 'api-tokens create --member grace@example.com --name x --role reader --expires-in-days';
    expect(parse(`${create} 3650`)()).toMatchObject({ expiresInDays: 3650 });
    for (const days of ['0', '-1', '1.5', '3651', '1e2', '']) expect(parse(`${create} ${days}`)).toThrow('1 to 3650');
  });
});

describe.each(leaves)('the examples of $path', ({ path, command }) => {
  const [, text = ''] = helpOf(command).split('Examples:');
  const joined = text.replaceAll(/\\\n\s*/g, '');
  const examples = [...joined.matchAll(/npm run (?:--silent )?cli -- (.+)$/gm)].map((match) => match[1] ?? '');

  test('are there, and are understood', () => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(example.startsWith(path)).toBe(true);
      const line = example.slice(path.length).replace(/ [|>] .*$/, '');
      const args = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
        (match) => match[1] ?? match[2] ?? match[3] ?? '',
      );
      // A fresh command whose work is left out: only the reading of the arguments is tried.
      const fresh = everyCommand(createProgram()).find((one) => one.path === path)?.command;
      fresh?.action(() => {});
      expect(() => fresh?.parse(args, { from: 'user' }), example).not.toThrow();
    }
  });
});
