/**
 * What is not as it must be about a run with a fault, beside what was seen while it lasted.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import type { Fault } from './faults.ts';
import type { Plan } from './plan.ts';
import type { Run } from './run.ts';
import { windowOf } from './stage/account.ts';

/** Passes in which all must be well again, beyond those without a fault. */
const mostPasses = 3;
/** Milliseconds beyond what is due anyway: the next resync, and the time in which a read may miss a write, twice. */
const mostMilliseconds = 60_000 + 132_000;

const minute = 60_000;
/** Calls of a look at a registry: where one fails, its users wait for half a minute, which is many passes and not long. */
const ofLook = /^registry (?:account|list|GetCallerIdentity|ListApplications) /;
/** Passes that find a registry not ready, at longer and longer intervals, until that is looked at again. */
const backoffs = 7;

/** How many more writes of a kind a fault may cost; three, where nothing is said. */
const allowance: ReadonlyMap<string, number> = new Map([
  ['create application', 0],
  ['delete application', 0],
  ['issue client secret', 1],
  ['delete client secret', 1],
]);

/** As many times as an outage may be told while it lasts: each failed attempt has a request ID of its own. */
const tellings = 9;

/** Each as a sentence; none: all is well. */
export function judge(found: Run, usual: Run, { backend, call, fault }: Plan): readonly string[] {
  return [
    ...found.violations,
    ...(found.fired ? [] : ['the fault never fired']),
    ...(isDeepStrictEqual(found.end, usual.end) ? [] : [`the end differs: ${firstDifference(usual.end, found.end)}`]),
    ...[...found.counts].flatMap(([what, count]) => {
      const more = what.endsWith('/status') ? tellings : (allowance.get(what) ?? mostPasses);
      const most = (usual.counts.get(what) ?? 0) + more;
      return count > most ? [`${what}: ${count} times, and at most ${most} are allowed`] : [];
    }),
    ...tardiness(found, usual, mostMilliseconds + 2 * windowOf[backend], ofLook.test(call) || isLasting(fault)),
  ];
}

/** Whether it lasts for a while, in which passes are made in vain: what I7 limits are those after it. */
function isLasting({ name }: Fault): boolean {
  return name.startsWith('clock');
}

/** I7: what the step took that the fault fell into. */
function tardiness({ struck = 0, efforts }: Run, usual: Run, most: number, isOutage: boolean): readonly string[] {
  const [took, takes] = [efforts[struck], usual.efforts[struck]];
  if (took === undefined || takes === undefined) return [];
  const isBackoff = isOutage || took.milliseconds > takes.milliseconds + minute;
  const passes = takes.passes + mostPasses + (isBackoff ? backoffs : 0);
  const isSlow = took.passes > passes || took.milliseconds > takes.milliseconds + most;
  return isSlow ? [`I7: it took ${JSON.stringify(took)}, and without a fault ${JSON.stringify(takes)}`] : [];
}

/** Where two values first differ, and how. */
export function firstDifference(wanted: unknown, found: unknown, path = ''): string {
  if (isObject(wanted) && isObject(found))
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(found)]))
      if (!isDeepStrictEqual(wanted[key], found[key]))
        return firstDifference(wanted[key], found[key], `${path}.${key}`);
  return `${path} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`.slice(0, 400);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
