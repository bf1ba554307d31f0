/**
 * What is tried with the controller as a process: everything but what needs the time to be the plan's, or a process alone.
 *
 * @module
 */

import { type Fault, faults } from '../faults.ts';
import type { Workload } from '../workloads/workload.ts';
import { workloads } from '../workloads/workloads.ts';

/** Why a fault is tried on a virtual clock alone, by how its name begins. */
const virtualFaults: Readonly<Record<string, string>> = {
  'crash after, long': 'a process that is away for long is one that was killed, and time passed',
  'stale read': 'a read of the past is of the past for moments only',
  clock: 'the time of day is that of the machine',
  'two leaders': 'tried with processes in hung-leader.integration.test.ts',
  frames: 'the watches are those of all plans; tried in test/kube/',
};

/** Why a workload is: where time is real a plan costs twice as much. */
const virtualWorkloads: Readonly<Record<string, string>> = {
  'rotate by time': 'the shortest interval is an hour',
  'rotate on request': 'the shortest overlap is a minute; that with an early end is tried',
  'a Secret is in the way': 'while there is no application, a pass and a look at the account list it alike',
  'the value is edited': 'it may be mended in one pass or in two, and the calls of the second need not come',
  'a client secret is added': 'nothing is called',
  'delete the namespace': 'who is faster is not the same twice, the namespace controller or ours',
  start: 'each plan with a crash in it starts a process',
  'start, with something to do': 'likewise',
  'start, in an empty account': 'likewise',
  'hand over at a creation': 'who takes over from whom by the Lease is tried in test/cli/election.integration.test.ts',
  'hand over in an overlap': 'likewise',
  'hand over before an application is made again': 'likewise',
  'update the Secret': 'the calls are those of a Secret that was deleted',
  'update the policies': 'the calls are those of an update',
  'suspend and resume': 'likewise',
  'a foreign key is added': 'the calls are those of a Secret that was deleted',
  'the Secret is made immutable': 'the calls are those of a Secret that was deleted, and of one that was renamed',
  'the owner is taken off': 'likewise',
  'do without a client secret, and with': 'the calls are those of a rotation',
  'adopt, and let go': 'the calls are those of an adoption, and of a deletion with Orphan',
  'adopt, and report drift': 'the calls are those of an adoption',
  'report drift': 'the calls are those of an edited application',
};

export const processFaults: readonly Fault[] = faults.filter(({ name }) =>
  Object.keys(virtualFaults).every((beginning) => !name.startsWith(beginning)),
);

/** Whether the process is killed, for all plans that work with it. */
export function isDeadly({ name }: Fault): boolean {
  return name.startsWith('crash');
}

export const processWorkloads: readonly Workload[] = workloads.filter(({ name }) => !(name in virtualWorkloads));
