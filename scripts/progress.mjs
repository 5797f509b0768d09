// What the scripts tell the person at the terminal. Never on standard output, which belongs to the program they start.

/** What stopped the preparation, in words for the person at the terminal. */
export class PreparationError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Announces work only if it goes on for a while: a step that turns out to have next to nothing to do is not worth a line.
 * @template T
 * @param {string} message
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
export async function sayIfSlow(message, work) {
  const timer = setTimeout(() => say(message), 300);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Writes a line to standard error.
 * @param {string} message
 */
export function say(message) {
  process.stderr.write(`${message}\n`);
}
