// What members may do only so often, told to them as a fault of the input.
import type { Allowance } from '../deps.js';
import { inputError, ThrottledError } from '../lib/errors.js';

/**
 * Counts one more.
 * @param tooMany the sentence that says what there was too much of
 * @throws InputError LIMIT_EXCEEDED, which says when to try again
 */
export async function countWithin(allowance: Allowance, key: string, tooMany: string): Promise<void> {
  try {
    await allowance.take(key);
  } catch (error) {
    if (!(error instanceof ThrottledError)) throw error;
    const minutes = Math.ceil(error.retryAfterSeconds / 60);
    throw inputError('LIMIT_EXCEEDED', `${tooMany} Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`);
  }
}
