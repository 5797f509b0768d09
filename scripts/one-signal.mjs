// Makes one signal of what npm makes two of. A terminal's Ctrl-C goes to all that it started, as systemd's stop does, and npm
// passes on what it gets: the program, which has taken npm's shell's place (`exec` in package.json), would take the second for
// impatience and drop what is under way.
const signals = new Set(['SIGINT', 'SIGTERM']);

/** Milliseconds in which another signal is the same one still. Whoever is impatient asks once more. */
const echo = 1_000;

let taken = -Infinity;
const { emit } = process;
process.emit = function (event, ...rest) {
  if (!signals.has(event)) return emit.call(this, event, ...rest);
  const now = performance.now();
  if (now - taken < echo) return true;
  taken = now;
  return emit.call(this, event, ...rest);
};
