/**
 * The account of one plan: the registry that a controller works with, and what is really in it.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OAuthRegistrySpec } from '../../../src/api/registry.ts';
import { type Registry, wrap } from '../../../src/registry/registry.ts';
import { openStore } from '../../../src/registry/store/open.ts';
import type { StoreRegistry } from '../../../src/registry/store/store.ts';
import type { Site } from './injector.ts';
import { isRegistryWrite, registryDoor } from './registry-door.ts';
import type { StageTime } from './time.ts';

/** Where a registry may be: in a store of the controller's own, or behind the IMS API. */
export const backends = ['store'] as const;

export type Backend = (typeof backends)[number];

/** What a controller's way to the registry passes by. */
export interface Gate {
  readonly isLeading: () => boolean;
  readonly meet: <T>(site: Site<T>) => Promise<T>;
}

export interface Account {
  /** What is in it; every call is what somebody else does, or what an oracle looks at. */
  readonly store: StoreRegistry;
  /** The spec of the OAuthRegistry. */
  readonly spec: object;
  /** What comes before a derived name. */
  readonly prefix: string;
  /** Milliseconds within which a read may still miss a write. */
  readonly window: number;
  /** What a controller opens. */
  open(gate: Gate): (spec: OAuthRegistrySpec, name: string) => Promise<Registry>;
  close(): Promise<void>;
}

const issuerURL = 'https://login.example';

/** In memory where the system has such a folder. */
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** An empty account; `written` is called after each write of a controller, before it is answered. */
export async function openAccount(_backend: Backend, time: StageTime, written: () => Promise<void>): Promise<Account> {
  const folder = await mkdtemp(join(base, 'ramify-faults-'));
  const path = join(folder, 'store.db');
  const store = await openStore({ path, keyFile: `${path}.key`, clock: time.wall, random: randomBytes });
  const witnessed = wrap(store, async (operation, call) => {
    const result = await call();
    if (isRegistryWrite(operation)) await written();
    return result;
  });
  return {
    store,
    prefix: '',
    window: 0,
    spec: { type: 'Store', store: { issuerURL } },
    open: ({ isLeading, meet }) => {
      const registry = registryDoor(witnessed, isLeading, meet);
      return async () => registry;
    },
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
