// The driver's process: takes jobs from its parent one after another, and answers each with its result or with what went wrong.
import { measure } from './run.mjs';

process.on('message', async (/** @type {import('./target.mjs').Job} */ job) => {
  try {
    process.send?.({ result: await measure(job) });
  } catch (error) {
    process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
