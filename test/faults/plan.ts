/**
 * A plan: one call of one workload meets one fault.
 *
 * @module
 */

import type { Fault } from './faults.ts';
import { faults } from './faults.ts';
import { processFaults } from './process/scope.ts';
import type { Venue } from './stage/account.ts';
import type { Call } from './stage/injector.ts';
import type { Workload } from './workloads/workload.ts';

export interface Plan {
  readonly backend: Venue;
  readonly workload: Workload;
  /** Its name: see {@link Call}. */
  readonly call: string;
  readonly fault: Fault;
}

/** Every fault that is tried there and applies, for every call. */
export function plansFor(workload: Workload, backend: Venue, calls: readonly Call[]): readonly Plan[] {
  const tried = backend === 'process' ? processFaults : faults;
  return calls.flatMap((call) =>
    tried.filter(({ applies }) => applies(call)).map((fault) => ({ backend, workload, call: call.name, fault })),
  );
}

/** What `--plan` takes: it leads to the same run again. */
export function nameOf({ backend, workload, call, fault }: Plan): string {
  return [backend, workload.name, call, fault.name].join(' | ');
}
