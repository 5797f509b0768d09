// `rotate`: a new secret for an OAuth client, while the old ones work on long enough to put the new one in place.
import { parseArgs } from 'node:util';
import type { Latchkey } from '../latchkey.js';
import { moment } from '../output.js';
import { newSecret, printSecret } from '../secrets.js';
import { exactly, UsageError } from '../usage.js';

export async function rotate(latchkey: Latchkey, args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { 'old-secrets-live': { type: 'string', default: '86400' } },
  });
  const [clientId] = exactly(positionals, 'clientId');
  const oldSecretsLive = Number(values['old-secrets-live']);
  if (!Number.isInteger(oldSecretsLive)) throw new UsageError('--old-secrets-live is a number of seconds.');

  const { clientSecret, secret: made, oauthClient } = await newSecret(latchkey, clientId, oldSecretsLive);
  printSecret(clientId, clientSecret);
  for (const secret of oauthClient?.secrets ?? []) {
    if (secret.id !== made?.id)
      console.log(`The one that ends in ${secret.hint} works until ${moment(secret.expiresAt)}.`);
  }
}
