/**
 * Starts and stops the parts in order: caches, election, workers; and back.
 *
 * @module
 */

import { type Clock, sleep, whenAborted } from './clock.ts';
import type { Elector } from './elector.ts';
import type { Reflector } from './reflector.ts';
import type { Transport } from './transport.ts';
import type { Workers } from './workers.ts';

/** What decides whether this process may work. */
export interface Election {
  readonly elector: Pick<Elector, 'start' | 'stop' | 'elected' | 'lost'>;
  /** Opens what only one process may hold. */
  readonly onElected: () => Promise<void>;
  /** Lets go of it again; also called where it was not, or only half, opened. */
  readonly onRelease: () => Promise<void>;
}

export interface ManagerOptions {
  readonly transport: Pick<Transport, 'close'>;
  readonly reflectors: readonly Pick<Reflector, 'start' | 'stop' | 'synced'>[];
  readonly workers: readonly Pick<Workers, 'start' | 'stop'>[];
  /** Sends what passes left to be sent, once they have ended and before anything is released. */
  readonly onDrained?: () => Promise<void>;
  /** Without one, this process works as soon as the caches are filled. */
  readonly election?: Election | undefined;
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
  #opening: Promise<void> = Promise.resolve();

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** Fills the caches; fails with a {@link SyncTimeoutError}. */
  async start(): Promise<void> {
    for (const reflector of this.#options.reflectors) reflector.start();
    await this.#synced();
  }

  /** Sets the workers to work, once elected; they find in their queues what the caches were filled with. Fails as `onElected`. */
  async work(): Promise<void> {
    const { workers, election } = this.#options;
    if (election !== undefined) await this.#lead(election);
    if (this.#stopped.signal.aborted) return;
    for (const worker of workers) worker.start();
  }

  /**
   * Lets running passes end, releases the leadership, then ends watches and connections. It may be called at any moment.
   *
   * Where passes do not end in time, or leadership was lost, nothing is released: the Lease runs out after the last write.
   */
  async stop(): Promise<void> {
    const { transport, reflectors, workers, onDrained, election, drainSeconds = 30 } = this.#options;
    const isLost = election?.elector.lost.aborted === true;
    this.#stopped.abort();
    // What is on its way is no longer ours to write.
    if (isLost) await transport.close();
    const ended = await Promise.all(workers.map((worker) => worker.stop(isLost ? 0 : drainSeconds)));
    if (!isLost) await onDrained?.();
    if (election !== undefined) await this.#release(election, ended.every(Boolean));
    await Promise.all(reflectors.map((reflector) => reflector.stop()));
    await transport.close();
  }

  /** Waits until this process leads and holds what a leader holds, or until the manager is stopped. */
  async #lead({ elector, onElected }: Election): Promise<void> {
    const { signal } = this.#stopped;
    if (signal.aborted) return;
    elector.start();
    await Promise.race([elector.elected, whenAborted(signal)]);
    if (!signal.aborted) await (this.#opening = onElected());
  }

  async #release({ elector, onRelease }: Election, allEnded: boolean): Promise<void> {
    await this.#opening.catch(() => undefined);
    await onRelease();
    await elector.stop({ release: allEnded });
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
