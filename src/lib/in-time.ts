// Waiting no longer than is worth while.

/**
 * Waits for work so long at most. The work itself goes on, and what becomes of it later is nobody's concern. The waiting keeps
 * no process alive.
 * @throws Error which says so, when that was too short; whatever the work throws
 */
export async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`no answer within ${milliseconds} milliseconds`));
    timer = setTimeout(late, milliseconds).unref();
  });
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}
