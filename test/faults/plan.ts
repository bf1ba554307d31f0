/**
 * A plan: one call of one workload meets one fault.
 *
 * @module
 */

import type { Fault } from './faults.ts';
import { faults } from './faults.ts';
import type { Backend } from './stage/account.ts';
import type { Call } from './stage/injector.ts';
import type { Workload } from './workloads/workload.ts';

export interface Plan {
  readonly backend: Backend;
  readonly workload: Workload;
  /** Its name: see {@link Call}. */
  readonly call: string;
  readonly fault: Fault;
}

/** Every fault that applies to every call. */
export function plansFor(workload: Workload, backend: Backend, calls: readonly Call[]): readonly Plan[] {
  return calls.flatMap((call) =>
    faults.filter(({ applies }) => applies(call)).map((fault) => ({ backend, workload, call: call.name, fault })),
  );
}

/** What `--plan` takes: it leads to the same run again. */
export function nameOf({ backend, workload, call, fault }: Plan): string {
  return [backend, workload.name, call, fault.name].join(' | ');
}
