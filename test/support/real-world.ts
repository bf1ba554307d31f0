/**
 * The loop in this process over a real API server and a real store, pass by pass, on a clock that a test moves. After each
 * call of a pass the status that is visible then is held against the store and the Secret as they are then.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll } from 'vitest';
import type { Cluster as Port } from '../../src/cluster/cluster.ts';
import { type After, openController } from '../../src/controller/controller.ts';
import { openRegistries } from '../../src/controller/registries.ts';
import { Sensitive } from '../../src/core/sensitive.ts';
import { openStore } from '../../src/registry/store/open.ts';
import type { StoreRegistry } from '../../src/registry/store/store.ts';
import { openGiven } from '../cluster/real.ts';
import { ownCRDs } from '../controlplane/crds.ts';
import { discrepancies } from './aftermath.ts';
import { ownCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { type Faults, faults } from './faults.ts';
import { type ApplicationObject, condition, type Tenant, tenantOf, values } from './tenant.ts';
import { asRegistered, asSet } from './world.ts';

export interface RealWorld {
  readonly team: Tenant;
  /** As it is read from the caches. */
  readonly port: Port;
  /** Every call to it is what somebody else does. */
  readonly store: StoreRegistry;
  readonly faults: Faults;
  /** What a visible status said that was not so, each as a sentence. */
  readonly lies: string[];
  /** Lets an interval pass, so that the account is listed again. */
  resync(): Promise<void>;
  /**
   * Passes until the resource rests and its namespace is as it must be with these resources in it.
   *
   * @returns the milliseconds that the loop asked to wait for meanwhile
   */
  rest(name: string, names: readonly string[]): Promise<number>;
  /** Something is done outside: nothing is held against a status before the next one, or the next rest. */
  excuse(): void;
}

/** With an OAuthRegistry `default`; everything ends after the file's last test. */
export async function openRealWorld(): Promise<RealWorld> {
  const cluster = await ownCluster({ crds: ownCRDs() });
  const { port, namespace } = await openGiven(cluster);
  const team = tenantOf(cluster, namespace);
  let passed = 0;
  let jumped = 0;
  const time = { clock: () => Date.now() + passed + jumped, monotonic: () => performance.now() + passed };
  const path = join(dirname(cluster.access.kubeconfig), 'store.db');
  const store = await openStore({ path, keyFile: `${path}.key`, clock: time.clock, random: randomBytes });
  afterAll(() => store.close());

  const lies: string[] = [];
  const watched = { name: '', isExcused: true };
  const look = async (call: string) => {
    if (call === 'writeStatus') watched.isExcused = false;
    const object = watched.isExcused ? undefined : await team.application(watched.name);
    if (object) lies.push(...(await untruths(object, team, store)).map((lie) => `${call}: ${lie}`));
  };
  const injected = faults(look, (milliseconds) => {
    jumped += milliseconds;
  });
  const wrapped = injected.wrap(port, 'cluster');
  const registries = openRegistries({ cluster: port, open: async () => injected.wrap(store, 'registry'), ...time });
  const log = { debug: () => undefined, info: () => undefined, error: () => undefined };
  const controller = openController({ cluster: wrapped, registries, ...time, newID: randomUUID }, log);

  const pass = async (name: string): Promise<After> => {
    const version = (await team.application(name))?.metadata.resourceVersion;
    await eventually(() => port.read(`${namespace}/${name}`)?.resourceVersion === version);
    return controller.application(`${namespace}/${name}`, new AbortController().signal);
  };
  const resync = async () => {
    passed += resyncInterval;
    await controller.registry('default', () => undefined);
  };
  const metadata = { name: 'default' };
  const spec = { type: 'Store', store: { issuerURL: 'https://login.example' } };
  await cluster.apply(JSON.stringify({ apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata, spec }));
  await eventually(() => port.registry('default'));
  await resync();
  return {
    team,
    port,
    store,
    faults: injected,
    lies,
    resync,
    excuse: () => {
      watched.isExcused = true;
    },
    rest: async (name, names) => {
      watched.name = name;
      const before = passed;
      await eventually(async () => {
        const after = await pass(name);
        const isRest = after.kind === 'rest' || (after.kind === 'after' && after.seconds >= resyncInterval / 1_000);
        if (after.kind === 'after' && !isRest) passed += after.seconds * 1_000;
        assert.ok(isRest, JSON.stringify(after));
        assert.deepEqual(await discrepancies({ cluster, namespace, names }, store), []);
        return true;
      }, 60_000);
      watched.isExcused = false;
      return passed - before;
    },
  };
}

/** Milliseconds; the OAuthRegistry's default. */
const resyncInterval = 120_000;

/** I6: what is not so although the status says Ready for this generation. */
async function untruths(object: ApplicationObject, team: Tenant, store: StoreRegistry): Promise<readonly string[]> {
  const { metadata, spec, status } = object;
  const ready = condition(object, 'Ready');
  if (ready?.status !== 'True' || ready.observedGeneration !== metadata.generation) return [];
  if (condition(object, 'Suspended')) return [];
  const found = await store.get(status.applicationID ?? '');
  if (found === undefined) return ['Ready without an application'];
  const secret = await team.secret(status.secretRef?.name ?? metadata.name);
  const { client_id: clientID, client_secret: value = '' } = secret ? values(secret) : {};
  const isAccepted = await store.accepts(found.clientID, new Sensitive(value));
  return [
    ...asRegistered(spec).flatMap(([field, wanted]) =>
      isDeepStrictEqual(asSet(found[field]), asSet(wanted)) ? [] : [`Ready, and ${field} differs`],
    ),
    ...(clientID === found.clientID ? [] : ['Ready, and the Secret serves another client']),
    ...(isAccepted ? [] : ['Ready, and the client secret is not accepted']),
  ];
}
