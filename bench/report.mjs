// The tables of a run as Markdown, ready for docs/performance.md: medians over the rounds, and what they are to the peer's.
import { median, spread } from './driver/statistics.mjs';
import { titleOf } from './sides.mjs';

/** @typedef {import('./measure.mjs').Measurement} Measurement */
/** @typedef {import('./measure.mjs').SideReport} SideReport */
/** @typedef {{ rows: number, sides: SideReport[], measurements: Measurement[] }} SizeReport */

/** @param {string[][]} rows the first is the head; columns after the first are numbers */
function table(rows) {
  const [head = [], ...body] = rows;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A number with three figures at most, and thousands apart. */
function figure(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function megabytes(bytes) {
  return bytes === null || bytes === undefined ? '–' : `${Math.round(bytes / 1024 ** 2)} MB`;
}

function percent(share) {
  return share === null || share === undefined || Number.isNaN(share) ? '–' : `${Math.round(share * 100)} %`;
}

/** The median of a figure over the rounds of a mode on a side; NaN where nothing was measured. */
function medianOf(measurements, mode, side, pick) {
  const values = measurements.filter((each) => each.mode === mode && each.side === side).map(pick);
  return median(values.filter((value) => value !== null));
}

/**
 * Requests a second, and how many times the peer's.
 * @param {SizeReport} size
 * @param {readonly { name: string, title: string }[]} modes
 */
function throughputTable({ sides, measurements }, modes) {
  const names = sides.map(({ side }) => side);
  const peer = names.includes('oidc-provider');
  const head = [
    '',
    ...names.flatMap((name) => [`${titleOf(name)}, /s`, ...(peer && name !== 'oidc-provider' ? ['×'] : [])]),
  ];
  const body = modes.map(({ name: mode, title }) => {
    const perSecond = (side) => medianOf(measurements, mode, side, (each) => each.perSecond);
    const cells = names.flatMap((side) => {
      const own = perSecond(side);
      if (!peer || side === 'oidc-provider') return [figure(own)];
      const ratio = own / perSecond('oidc-provider');
      return [figure(own), Number.isNaN(ratio) ? '–' : `**${ratio.toFixed(2)}**`];
    });
    return [title, ...cells];
  });
  return table([head, ...body]);
}

/**
 * How long requests took, and what they cost: the server's processor time for each, and how busy everybody was.
 * @param {SizeReport} size
 * @param {readonly { name: string, title: string }[]} modes
 */
function costTable({ sides, measurements }, modes) {
  const head = ['', 'p50', 'p95', 'p99', 'CPU each', '× by CPU', 'server', 'PostgreSQL', 'driver', '±'];
  const body = modes.flatMap(({ name: mode, title }) =>
    sides.flatMap(({ side }) => {
      const own = measurements.filter((each) => each.mode === mode && each.side === side);
      if (own.length === 0) return [];
      const middle = (pick) => medianOf(own, mode, side, pick);
      const cost = (name) => medianOf(measurements, mode, name, (each) => each.serverMicroseconds);
      const ratio = side === 'oidc-provider' ? Number.NaN : cost('oidc-provider') / cost(side);
      const milliseconds = (name) => `${figure(middle((each) => each.milliseconds[name]))} ms`;
      return [
        [
          `${title}, ${titleOf(side)}`,
          ...['p50', 'p95', 'p99'].map(milliseconds),
          `${figure(cost(side))} µs`,
          figure(ratio),
          percent(middle((each) => each.serverCpu)),
          percent(middle((each) => each.databaseCpu)),
          percent(middle((each) => each.driverCpu)),
          percent(spread(own.map((each) => each.perSecond))),
        ],
      ];
    }),
  );
  return table([head, ...body]);
}

/** @param {SizeReport} size */
function processTable({ sides, measurements }) {
  const head = ['', 'starts in', 'memory, idle', 'memory, most under load'];
  const body = sides.map(({ side, startMilliseconds, idleBytes }) => {
    const most = measurements.filter((each) => each.side === side).map((each) => each.mostBytes ?? 0);
    return [titleOf(side), `${figure(startMilliseconds)} ms`, megabytes(idleBytes), megabytes(Math.max(...most))];
  });
  return table([head, ...body]);
}

/**
 * How a side's figures change with the rows there are.
 * @param {readonly SizeReport[]} sizes
 * @param {readonly { name: string, title: string, hasPeer: boolean }[]} modes
 * @param {string} side
 */
function growthTable(sizes, modes, side) {
  const head = [`${titleOf(side)}, /s`, ...sizes.map(({ rows }) => rows.toLocaleString('en')), 'last to first'];
  const body = modes
    .filter(({ hasPeer }) => hasPeer || side !== 'oidc-provider')
    .map(({ name, title }) => {
      const values = sizes.map(({ measurements }) => medianOf(measurements, name, side, (each) => each.perSecond));
      return [title, ...values.map(figure), `${figure((values.at(-1) ?? Number.NaN) / (values[0] ?? Number.NaN))}`];
    });
  return table([head, ...body]);
}

/**
 * The whole report.
 * @param {object} run
 * @param {string} run.date
 * @param {string} run.machine
 * @param {string} run.pinning
 * @param {number | null} run.load
 * @param {Record<string, string>} run.versions
 * @param {string} run.postgresql
 * @param {{ seconds: number, rounds: number, users: number, idToken: string }} run.options
 * @param {{ perSecond: number, driverCpu: number, serverCpu: number | null }} run.driver
 * @param {readonly SizeReport[]} run.sizes
 * @param {readonly { name: string, title: string, hasPeer: boolean }[]} modes
 */
export function report(run, modes) {
  const { options, sizes, driver } = run;
  const fastest = Math.max(...sizes.flatMap(({ measurements }) => measurements.map((each) => each.perSecond)));
  const lines = [
    `Measured on ${run.date}: ${run.machine}; Latchkey ${run.versions.latchkey}, oidc-provider ${run.versions['oidc-provider']}, PostgreSQL ${run.postgresql}. ${run.pinning} ${options.users} requests at once, ${options.rounds} × ${options.seconds} s a figure, sides in turn; medians; ID tokens signed by ${options.idToken}. Load of the machine when it began: ${run.load ?? 'unknown'}.`,
    '',
    `The driver alone: ${figure(driver.perSecond)} a second from a bare \`node:http\` server that answers with a constant (server ${percent(driver.serverCpu)}, driver ${percent(driver.driverCpu)} of a core), ${figure(driver.perSecond / fastest)} times the fastest figure below.`,
  ];
  for (const size of sizes) {
    lines.push(
      '',
      `### With ${size.rows.toLocaleString('en')} clients, members and tokens`,
      '',
      throughputTable(size, modes),
      '',
      costTable(size, modes),
      '',
      processTable(size),
    );
  }
  if (sizes.length > 1) {
    lines.push('', '### From few rows to many');
    for (const { side } of sizes[0]?.sides ?? []) lines.push('', growthTable(sizes, modes, side));
  }
  return lines.join('\n');
}
