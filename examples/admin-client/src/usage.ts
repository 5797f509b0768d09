// What the program understands, and what it says when it does not.

/** The command line was not understood. */
export class UsageError extends Error {}

export const usage = `Administers the OAuth clients of a Latchkey account.

  list [--search words] [--type CONFIDENTIAL|PUBLIC|NATIVE] [--disabled] [--sort newest|name|used] [--page-size n]
  register <name> <redirect URI>              prints the client's secret, once
  rotate <clientId> [--old-secrets-live s]    a new secret; the old ones work on for a day, or for s seconds
  rename <clientId> <name>                    unless somebody else changed the client meanwhile
  disable <clientId>
  enable <clientId>
  audit [--last n]                            what happened in the account; the last 20 entries, or the last n

LATCHKEY_URL is Latchkey's address (http://localhost:4000 when left out), LATCHKEY_TOKEN an API token of role ADMIN.
`;

/** The arguments of a command that takes exactly these. */
export function exactly<Names extends readonly string[]>(
  args: readonly string[],
  ...names: Names
): { [Index in keyof Names]: string } {
  if (args.length !== names.length) {
    throw new UsageError(`This command takes ${names.map((name) => `<${name}>`).join(' ')}.`);
  }
  return args as unknown as { [Index in keyof Names]: string };
}
