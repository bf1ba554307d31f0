/**
 * The account of one plan: the registry that a controller works with, and what is really in it.
 *
 * @module
 */

import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RegistriesOptions } from '../../../src/controller/registries.ts';
import { openLimiters } from '../../../src/registry/ims/limiter.ts';
import { registryOpener } from '../../../src/registry/open.ts';
import { wrap } from '../../../src/registry/registry.ts';
import { openStore } from '../../../src/registry/store/open.ts';
import type { StoreRegistry } from '../../../src/registry/store/store.ts';
import { accessKey, openCloud, type Sender, window } from './cloud.ts';
import { isRegistryWrite, registryDoor } from './registry-door.ts';
import type { StageTime } from './time.ts';

/** Where a registry may be: in a store of the controller's own, or behind the IMS API. */
export const backends = ['store', 'ims'] as const;

export type Backend = (typeof backends)[number];

/**
 * Where a plan is tried: over the IMS API with the controller as a process, or by its backend on a virtual clock.
 *
 * The process comes first, and ends: it works for the whole cluster, and would have to do with all that the other plans leave.
 */
export const venues = ['process', ...backends] as const;

export type Venue = (typeof venues)[number];

/** A controller on its way to the registry. */
export interface Gate extends Sender {
  /** Resolves when so many milliseconds have passed. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface Account {
  /** What is in it; every call is what somebody else does, or what an oracle looks at. */
  readonly store: StoreRegistry;
  /** The spec of the OAuthRegistry. */
  readonly spec: object;
  /** What comes before a derived name. */
  readonly prefix: string;
  /** Whether its clock is another than the controller's. */
  readonly isElsewhere: boolean;
  /** What a controller opens. */
  open(gate: Gate): RegistriesOptions['open'];
  close(): Promise<void>;
}

/** Called after each write of a controller, before it is answered. */
type Witness = () => Promise<void>;

const issuerURL = 'https://login.example';
const rules = [{ applicationNames: ['*'], adoption: true }];

/** In memory where the system has such a folder. */
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Milliseconds within which a read of that registry may miss a write. */
export const windowOf: Readonly<Record<Venue, number>> = { store: 0, ims: window, process: window };

/** An empty account. */
export function openAccount(backend: Backend, time: StageTime, written: Witness): Promise<Account> {
  return backend === 'store' ? storeAccount(time, written) : cloudAccount(time, written);
}

async function storeAccount(time: StageTime, written: Witness): Promise<Account> {
  const { store, witnessed, close } = await openPlace(time.wall, chance(), written);
  return {
    store,
    prefix: '',
    isElsewhere: false,
    spec: { type: 'Store', store: { issuerURL }, rules },
    open: ({ isLeading, meet }) => {
      const registry = registryDoor(witnessed, isLeading, meet);
      return async () => registry;
    },
    close,
  };
}

async function cloudAccount(time: StageTime, written: Witness): Promise<Account> {
  const { admit, ...account } = await openCloudAccount({ time, written, lag: window, random: chance() });
  return {
    ...account,
    open: (gate) => {
      const userAgent = randomUUID();
      admit(userAgent, gate);
      return registryOpener({ store: () => undefined, surroundings: surroundingsOf(gate, time, userAgent) });
    },
  };
}

interface CloudAccountOptions {
  readonly time: Pick<StageTime, 'true' | 'wall'>;
  readonly written: Witness;
  /** Milliseconds within which a read may miss a write. */
  readonly lag: number;
  readonly random: (size: number) => Buffer;
}

/** An account behind the IMS API, for controllers that are admitted. */
export async function openCloudAccount({ time, written, lag, random }: CloudAccountOptions) {
  const { store, witnessed, close } = await openPlace(time.true, random, written);
  const cloud = await openCloud(witnessed, time, lag);
  const { endpoint } = cloud;
  const alibabaCloud = { site: 'International', endpoint, credentials: { environment: {} } };
  const rateLimit = { callsPerSecond: 1_000, burst: 1_000 };
  return {
    store,
    prefix: 'test_',
    isElsewhere: true,
    spec: { type: 'AlibabaCloud', applicationNamePrefix: 'test', rateLimit, alibabaCloud, rules },
    admit: cloud.admit,
    close: async () => {
      await cloud.close();
      await close();
    },
  };
}

/** What a controller finds the access key of the account by. */
export const accessKeyVariables = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: accessKey.id,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKey.secret.reveal(),
};

function surroundingsOf({ isLeading, sleep }: Gate, time: StageTime, userAgent: string) {
  const monotonic = () => time.monotonic.now();
  return {
    env: accessKeyVariables,
    readSecret: async () => undefined,
    readFile: () => Promise.reject(new Error('there are no files')),
    clock: time.wall,
    monotonic,
    limiterOf: openLimiters({ monotonic, sleep }),
    mayWrite: isLeading,
    userAgent,
  };
}

/** Randomness that is the same for every account: IDs decide when an application has its hourly look. */
function chance(): (size: number) => Buffer {
  let drawn = 0;
  return (size) => createHash('shake256', { outputLength: size }).update(String(drawn++)).digest();
}

/** A store in a folder of its own. */
async function openPlace(clock: () => number, random: (size: number) => Buffer, written: Witness) {
  const folder = await mkdtemp(join(base, 'ramify-faults-'));
  const path = join(folder, 'store.db');
  const store = await openStore({ path, keyFile: `${path}.key`, clock, random });
  const registry = wrap(store, async (operation, call) => {
    const result = await call();
    if (isRegistryWrite(operation)) await written();
    return result;
  });
  const close = async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { store, witnessed: { ...store, ...registry }, close };
}
