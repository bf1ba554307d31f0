/**
 * Starts and stops the parts in order.
 *
 * @module
 */

import { type Clock, sleep } from './clock.ts';
import type { Reflector } from './reflector.ts';
import type { Transport } from './transport.ts';
import type { Workers } from './workers.ts';

export interface ManagerOptions {
  readonly transport: Pick<Transport, 'close'>;
  readonly reflectors: readonly Pick<Reflector, 'start' | 'stop' | 'synced'>[];
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

/** Reflectors, workers and the transport that they share. */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #stopped = new AbortController();

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** Fills the caches, then sets the workers to work; fails with a {@link SyncTimeoutError}. */
  async start(): Promise<void> {
    const { reflectors, workers } = this.#options;
    for (const reflector of reflectors) reflector.start();
    await this.#synced();
    if (this.#stopped.signal.aborted) return;
    for (const worker of workers) worker.start();
  }

  /** Lets running passes end, then ends watches and connections. It may be called at any moment. */
  async stop(): Promise<void> {
    const { transport, reflectors, workers, drainSeconds = 30 } = this.#options;
    this.#stopped.abort();
    await Promise.all(workers.map((worker) => worker.stop(drainSeconds)));
    await Promise.all(reflectors.map((reflector) => reflector.stop()));
    await transport.close();
  }

  /** Waits until every cache was filled, or until the manager is stopped. */
  async #synced(): Promise<void> {
    const { reflectors, clock, syncTimeoutSeconds = 120 } = this.#options;
    const settled = new AbortController();
    const enough = AbortSignal.any([settled.signal, this.#stopped.signal]);
    const all = Promise.all(reflectors.map(({ synced }) => synced)).then(() => settled.abort());
    await Promise.race([all, sleep(clock, syncTimeoutSeconds * 1000, enough)]);
    if (!enough.aborted) throw new SyncTimeoutError(`the caches were not filled within ${syncTimeoutSeconds} seconds`);
  }
}
