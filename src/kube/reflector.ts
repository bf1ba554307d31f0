/**
 * Keeps a cache like a collection of the API server, through every end and every error.
 *
 * @module
 */

import type { Cache } from './cache.ts';
import type { Clock, Random } from './clock.ts';
import type { KubeObject, Resource } from './kube.ts';
import type { Transport } from './transport.ts';

export interface ReflectorOptions<T extends KubeObject, Index extends string> {
  readonly transport: Transport;
  readonly resource: Resource;
  readonly cache: Cache<T, Index>;
  /** Only this namespace; all of them by default. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string;
  /** Nothing but `metadata` leaves the server: for Secrets. */
  readonly metadataOnly?: boolean;
  readonly clock: Clock;
  readonly random: Random;
  /** Told every error that made it start again; none ends it. */
  readonly onError: (error: unknown) => void;
}

/** One collection, one connection. */
export declare class Reflector<T extends KubeObject = KubeObject, Index extends string = never> {
  constructor(options: ReflectorOptions<T, Index>);

  /** Resolves once the cache has held a whole list; never if that does not happen. */
  readonly synced: Promise<void>;
  get hasSynced(): boolean;

  start(): void;
  /** Resolves, soon and always, when no connection is left and no change will follow. It cannot be started again. */
  stop(): Promise<void>;
}
