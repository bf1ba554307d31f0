/**
 * Starts and stops the parts in order.
 *
 * @module
 */

import type { Clock } from './clock.ts';
import type { KubeObject } from './kube.ts';
import type { Reflector } from './reflector.ts';
import type { Transport } from './transport.ts';
import type { Workers } from './workers.ts';

export interface ManagerOptions {
  readonly transport: Transport;
  readonly reflectors: readonly Pick<Reflector<KubeObject>, 'start' | 'stop' | 'synced'>[];
  readonly workers: readonly Pick<Workers, 'start' | 'stop'>[];
  readonly clock: Clock;
  /** Seconds until every cache must have been filled once; 120 by default. */
  readonly syncTimeoutSeconds?: number;
  /** Seconds for which running passes are waited for; 30 by default. */
  readonly drainSeconds?: number;
}

/** The caches could not be filled in time. */
export class SyncTimeoutError extends Error {
  override readonly name = 'SyncTimeoutError';
}

export declare class Manager {
  constructor(options: ManagerOptions);

  /** Fills the caches, then sets the workers to work; fails with a {@link SyncTimeoutError}. */
  start(): Promise<void>;

  /** Lets running passes end, then ends watches and connections. It may be called at any moment. */
  stop(): Promise<void>;
}
