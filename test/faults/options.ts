/**
 * The command line of `npm run test:faults`.
 *
 * @module
 */

import { parseArgs } from 'node:util';
import { type Venue, venues } from './stage/account.ts';
import type { Choice } from './suite.ts';

export interface Options extends Choice {
  /** Path of the kubeconfig of an API server that is there already; by default one is started. */
  readonly kubeconfig: string | undefined;
  /** Whether machines read the result. */
  readonly json: boolean;
}

/** The command line cannot be understood; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function readOptions(args: readonly string[]): Options {
  const { plan, workload, fault, backend, seed, parts, 'at-once': atOnce, kubeconfig, bail, json } = parsed(args);
  return {
    plan,
    workload,
    fault,
    kubeconfig,
    bail,
    backends: backend === undefined ? venues : [asVenue(backend)],
    share: { seed: whole('seed', seed), parts: whole('parts', parts) },
    atOnce: whole('at-once', atOnce),
    json,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        plan: { type: 'string' },
        workload: { type: 'string' },
        fault: { type: 'string' },
        kubeconfig: { type: 'string' },
        bail: { type: 'boolean', default: false },
        backend: { type: 'string' },
        seed: { type: 'string', default: '0' },
        parts: { type: 'string', default: '1' },
        'at-once': { type: 'string', default: '8' },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function asVenue(text: string): Venue {
  const found = venues.find((venue) => venue === text);
  if (found !== undefined) return found;
  throw new UsageError(`--backend is one of ${venues.join(', ')}`);
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new UsageError(`--${name} is a whole number`);
}
