/**
 * Runs a handler over the keys of a queue, and turns its outcome into when the key is due again.
 *
 * @module
 */

import type { Clock, Random } from './clock.ts';
import type { Queue } from './queue.ts';

/**
 * What follows a pass.
 *
 * - `done`: nothing, until somebody adds the key.
 * - `again`: a pass after that many seconds, ±10 % so that keys spread; `exact` where the time matters.
 * - `retry`: it failed; after that many seconds, or with backoff.
 * - `conflict`: another write came first; at once and not counted as a failure, five times in a row at most.
 */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly afterSeconds: number; readonly exact?: boolean }
  | { readonly kind: 'retry'; readonly afterSeconds?: number }
  | { readonly kind: 'conflict' };

/**
 * One pass over one key. `signal` is aborted at its deadline and when the workers are stopped and will wait no longer.
 *
 * What it throws is a `retry`: after `retryAfterSeconds` where the error says so; a 409 `Conflict` of the API server is a
 * `conflict`.
 */
export type Handler = (key: string, signal: AbortSignal) => Promise<Outcome>;

export interface WorkersOptions {
  readonly queue: Queue;
  readonly handler: Handler;
  readonly clock: Clock;
  readonly random: Random;
  /** How many keys are worked on at once; 16 by default. */
  readonly concurrency?: number;
  /** Seconds for one pass; 60 by default. */
  readonly deadlineSeconds?: number;
  /** Told what the handler threw. */
  readonly onError: (error: unknown, key: string) => void;
}

export declare class Workers {
  constructor(options: WorkersOptions);

  start(): void;
  /** Closes the queue and waits for what runs: so long, then it is aborted and waited for no longer. */
  stop(drainSeconds: number): Promise<void>;
}
