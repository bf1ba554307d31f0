/**
 * Loaded into a measured controller: answers what only the process itself knows, and ends it with whoever measures.
 *
 * Plain JavaScript: to load TypeScript would count as the memory of a bundle that has none. Asked by a message, answers
 * by one: `{ ask: 'figures' }` gives what there was since the last `{ ask: 'fresh' }`.
 *
 * @module
 */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { StatementSync } from 'node:sqlite';

/** Milliseconds between two looks at the clock, by which a stall may be told too long; not before somebody wants to know. */
const resolution = 5;

const delay = monitorEventLoopDelay({ resolution });

/** How often each statement ran. */
const statements = new Map();
for (const method of ['all', 'get', 'iterate', 'run']) count(method);

function count(method) {
  const original = StatementSync.prototype[method];
  StatementSync.prototype[method] = function counted(...values) {
    statements.set(this.sourceSQL, (statements.get(this.sourceSQL) ?? 0) + 1);
    return original.apply(this, values);
  };
}

const answers = {
  fresh: () => {
    delay.enable();
    delay.reset();
    statements.clear();
    return {};
  },
  figures: () => {
    const stallMilliseconds = delay.max / 1e6;
    globalThis.gc?.();
    return { stallMilliseconds, heapMegabytes: process.memoryUsage().heapUsed / 1e6, statements: [...statements] };
  },
};

process.on('message', ({ ask }) => {
  if (ask !== undefined) process.send(answers[ask]());
});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Who watches keeps nobody alive.
process.channel.unref();
