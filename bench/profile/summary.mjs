// Sums up a .cpuprofile: where the main thread's time went, by package and by function.

/**
 * @typedef {object} Share
 * @property {string} name
 * @property {number} share of the time that the thread was busy
 */

/** Where a script of ours lies below src; null for others'. @param {string} url */
function pathOfOurs(url) {
  const at = url.lastIndexOf('/src/');
  return at === -1 || url.includes('/node_modules/') ? null : url.slice(at + '/src/'.length);
}

/** Which package a script belongs to; ours by their folder. @param {string} url */
function packageOf(url) {
  const modules = url.lastIndexOf('/node_modules/');
  if (modules !== -1) {
    const [scope = '', name = ''] = url.slice(modules + '/node_modules/'.length).split('/');
    return scope.startsWith('@') ? `${scope}/${name}` : scope;
  }
  if (url.startsWith('node:')) return `node:${url.slice('node:'.length).split('/').slice(0, 2).join('/')}`;
  const ours = pathOfOurs(url);
  if (ours?.startsWith('db/generated')) return 'latchkey db/generated';
  if (ours !== null) return `latchkey ${ours.includes('/') ? ours.slice(0, ours.indexOf('/')) : ours}`;
  return url.startsWith('wasm:') ? 'WebAssembly' : url;
}

/** A function, with where it is. @param {{ functionName: string, url: string, lineNumber: number }} frame */
function nameOf({ functionName, url, lineNumber }) {
  const name = functionName || '(anonymous)';
  const path = url.includes('/node_modules/')
    ? url.slice(url.lastIndexOf('/node_modules/') + '/node_modules/'.length)
    : (pathOfOurs(url) ?? url);
  return `${name}  ${path}:${lineNumber + 1}`;
}

/** @param {Map<string, number>} times @param {number} busy @returns {Share[]} */
function largest(times, busy) {
  return [...times]
    .map(([name, time]) => ({ name, share: time / busy }))
    .sort((left, right) => right.share - left.share);
}

/**
 * Sums up a profile. Time on other threads, where argon2 and signing run, is not in it.
 * @param {{ nodes: any[], samples: number[], timeDeltas: number[] }} profile
 * @returns {{ busyShare: number, packages: Share[], functions: Share[], ours: Share[] }} `ours`: our own functions with all that they called
 *   without waiting
 */
export function summarizeProfile({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])));
  const packages = new Map();
  const functions = new Map();
  const ours = new Map();
  const nearest = (id, accept) => {
    for (let at = id; at !== undefined; at = parents.get(at)) {
      const { callFrame } = byId.get(at);
      if (accept(callFrame.url)) return callFrame;
    }
    return null;
  };
  // What has no script is native: it belongs to whoever called it.
  const callerOf = (id) => nearest(id, (url) => url !== '');
  // And Node's own code is counted with the package that it works for, where the stack still has one.
  const packageFor = (id) => nearest(id, (url) => url !== '' && !url.startsWith('node:')) ?? callerOf(id);
  const add = (times, name, time) => times.set(name, (times.get(name) ?? 0) + time);
  let busy = 0;
  let all = 0;
  samples.forEach((id, index) => {
    // A sample stands for the time until the next one.
    const time = timeDeltas[index + 1] ?? 0;
    const { callFrame } = byId.get(id);
    all += time;
    if (callFrame.functionName === '(idle)') return;
    busy += time;
    const caller = callerOf(id);
    add(packages, caller ? packageOf(packageFor(id).url) : callFrame.functionName, time);
    const inCaller = caller && caller !== callFrame ? `${callFrame.functionName} ← ` : '';
    add(functions, caller ? inCaller + nameOf(caller) : callFrame.functionName, time);
    const seen = new Set();
    for (let at = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at).callFrame;
      const name = nameOf(frame);
      if (seen.has(name) || !packageOf(frame.url).startsWith('latchkey ') || frame.url.includes('/generated/'))
        continue;
      seen.add(name);
      add(ours, name, time);
    }
  });
  return {
    busyShare: busy / all,
    packages: largest(packages, busy),
    functions: largest(functions, busy),
    ours: largest(ours, busy),
  };
}
