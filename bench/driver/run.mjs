// One measurement: so many virtual users, each on a connection of its own, each beginning its next cycle when the last has ended,
// for a fixed time after a warm-up. One wrong answer fails the whole run: errors are quick, and would look like speed.
import { modes } from '../modes/index.mjs';
import { Connection } from './connection.mjs';
import { summarize } from './statistics.mjs';

/**
 * @param {import('./target.mjs').Job} job
 * @returns {Promise<import('./target.mjs').Result>}
 */
export async function measure({ mode: name, target, warmUpSeconds, seconds }) {
  const mode = modes.find((each) => each.name === name);
  if (!mode) throw new Error(`There is no mode ${name}.`);
  const connections = target.users.map(() => new Connection(target.origin));
  try {
    const users = await Promise.all(
      connections.map((connection, index) => mode.prepare({ connection, target, user: target.users[index], index })),
    );
    /** @type {number[]} */
    const times = [];
    let phase = /** @type {'warm-up' | 'measuring' | 'over'} */ ('warm-up');
    let waitingForFirst = users.length;
    /** @type {() => void} */
    let all = () => {};
    const eachHasHadOne = new Promise((resolve) => {
      all = () => resolve(undefined);
    });
    const work = async (user) => {
      for (let cycle = 0; phase !== 'over'; cycle += 1) {
        const begun = performance.now();
        await mode.cycle(user);
        if (cycle === 0) waitingForFirst -= 1;
        if (waitingForFirst === 0) all();
        // What ends within the time counts: as many began before it as end after it.
        if (phase === 'measuring') times.push(performance.now() - begun);
      }
    };
    const working = Promise.all(users.map(work));
    // What fails before its time must not wait for the time to be over.
    const broken = working.then(() => {});
    // A client's secret is hashed for its first request alone, however long that takes for all of them.
    await Promise.race([broken, Promise.all([pause(warmUpSeconds), eachHasHadOne])]);
    const cpuBefore = process.cpuUsage();
    const begun = performance.now();
    phase = 'measuring';
    process.send?.({ phase });
    await Promise.race([broken, pause(seconds)]);
    const took = (performance.now() - begun) / 1000;
    phase = 'over';
    process.send?.({ phase });
    const { user, system } = process.cpuUsage(cpuBefore);
    await working;
    if (times.length === 0) throw new Error('Not one cycle ended within the time. Give it more: --seconds.');
    return {
      cycles: times.length,
      seconds: took,
      perSecond: times.length / took,
      milliseconds: summarize(times),
      driverCpuSeconds: (user + system) / 1_000_000,
    };
  } finally {
    for (const connection of connections) connection.close();
  }
}

function pause(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
