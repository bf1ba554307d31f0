/**
 * The store of the configuration, while this process holds it: of several replicas the leader alone.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import pRetry from 'p-retry';
import type { ControllerConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import { StoreError } from '../registry/store/errors.ts';
import { openStore } from '../registry/store/open.ts';
import type { StoreRegistry } from '../registry/store/store.ts';
import { servingRequests } from './store-socket.ts';

/** The store, if one is configured. */
export interface HeldStore {
  /** `undefined` before it is opened, too. */
  readonly registry: StoreRegistry | undefined;
  /** @throws StoreError */
  open(): Promise<void>;
  /**
   * Opens it as soon as no other process holds it: the leader before us may hang with it, and the kernel frees it when
   * that one wakes, sees that it lost, and ends.
   *
   * @param over fails with its reason once it is aborted
   */
  openWhenFree(over: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds between two attempts to open a store that another process holds. */
const betweenAttempts = 500;

/** Nothing is opened yet. */
export function configuredStore({ store: path, storeKeyFile }: ControllerConfig, log: Logger): HeldStore {
  let registry: StoreRegistry | undefined;
  const open = async () => {
    if (path === undefined) return;
    const keyFile = storeKeyFile ?? `${path}.key`;
    const opened = await openStore({ path, keyFile, clock: Date.now, random: randomBytes });
    registry = await servingRequests(opened, path, log);
  };
  return {
    get registry() {
      return registry;
    },
    open,
    openWhenFree: (over) =>
      pRetry(open, {
        retries: Number.POSITIVE_INFINITY,
        factor: 1,
        minTimeout: betweenAttempts,
        signal: over,
        shouldRetry: ({ error }) => error instanceof StoreError && error.code === 'locked',
        onFailedAttempt: ({ attemptNumber, error }) => {
          if (attemptNumber === 1) log.warn({ error: error.message }, 'waiting for the store');
        },
      }),
    close: async () => registry?.close(),
  };
}
