/**
 * Keys and when they are due: one pass per key at a time, equal keys merged, the earlier time wins.
 *
 * @module
 */

import type { Clock, Random } from './clock.ts';

/** Which of two due keys is first: the higher. Within one priority the one that was due first. */
export const priorities = { deletion: 100, live: 0, resync: -100 } as const;

export interface AddOptions {
  /** Not before this many seconds have passed; 0 by default. */
  readonly afterSeconds?: number;
  /** One of {@link priorities}, or any other number; `live` by default. */
  readonly priority?: number;
}

export interface QueueOptions {
  readonly clock: Clock;
  readonly random: Random;
}

/** Takes and gives keys; who does the work is not its concern. */
export declare class Queue {
  constructor(options: QueueOptions);

  /** Adds a key. One that waits already keeps the earlier time and the higher priority; one being worked on runs again after. */
  add(key: string, options?: AddOptions): void;

  /** Adds a key that failed: after the given seconds, or longer each time from 1 second to 15 minutes. */
  retry(key: string, options?: AddOptions): void;

  /** The key's failures are over. */
  forget(key: string): void;

  /** The next due key, as soon as there is one; `undefined` once the queue is closed. The caller says {@link done}. */
  take(): Promise<string | undefined>;

  /** The pass over the key is over. */
  done(key: string): void;

  /** Keys that are due and not taken. */
  get depth(): number;

  /** No more keys are given or taken in; resolves when every key that was taken is done. */
  close(): Promise<void>;
}
