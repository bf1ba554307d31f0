/**
 * The loop over a cluster and a registry in memory, on a clock that a test moves, with the invariants checked at every
 * call.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { expect } from 'vitest';
import type { OAuthApplicationStatus } from '../../src/api/application.ts';
import { type After, type Controller, openController } from '../../src/controller/controller.ts';
import { openRegistries } from '../../src/controller/registries.ts';
import type { Resource } from '../../src/core/resource.ts';
import { secretMarks } from '../../src/core/secret.ts';
import type { ObservedSecret, RegisteredApplication } from '../../src/core/state.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { t0, writtenSpec } from './builders.ts';
import { type Faults, faults } from './faults.ts';
import { type MemoryCluster, memoryCluster } from './memory-cluster.ts';
import { type MemoryOptions, type MemoryRegistry, memoryRegistry } from './memory-registry.ts';

/** The resource of every test that needs only one. */
export const key = 'team-a/shop';

export interface World {
  readonly cluster: MemoryCluster;
  readonly registry: MemoryRegistry;
  readonly controller: Controller;
  readonly faults: Faults;
  /** Every log line: its level, its fields, its message. */
  readonly logged: unknown[][];
  /** Lets the time pass, in milliseconds. */
  advance(milliseconds: number): void;
  /** Sets the time of day forward or back, in milliseconds, while none passes. */
  jump(milliseconds: number): void;
  apply(changes?: Readonly<Record<string, unknown>>, resourceKey?: string): Resource;
  pass(resourceKey?: string, signal?: AbortSignal): Promise<After>;
  /** Passes until nothing is due within a minute, as the queue would; a pass that fails is tried again. */
  rest(options?: { resourceKey?: string; passes?: number; gap?: number }): Promise<void>;
  resource(resourceKey?: string): Resource;
  /** The reason that each condition bears, those that are not True marked by `!`, Unknown ones by `?`. */
  reasons(resourceKey?: string): Readonly<Record<string, string>>;
  /** The application under the derived name of `team-a/shop`. */
  application(): Promise<RegisteredApplication | undefined>;
  secret(name?: string): ObservedSecret | undefined;
  /** The values of the Secret as a pod sees them. */
  values(name?: string): Readonly<Record<string, string>>;
  /** Another process takes over, which remembers nothing. */
  restart(): Promise<void>;
  /** Looks at the OAuthRegistry, as the loop does when it changes. */
  look(): Promise<void>;
  /** Lets an interval pass, so that the account is listed again: what was done in it from outside is seen then. */
  resync(): Promise<void>;
}

export interface WorldOptions extends Omit<MemoryOptions, 'clock'> {
  /** The OAuthRegistry's spec; `null`: there is none. */
  readonly registrySpec?: object | null;
}

/** Milliseconds; the OAuthRegistry's default. */
const resyncInterval = 120_000;

const issuerURL = 'https://login.example';

/** A cluster with one OAuthRegistry, already looked at, and nothing else. */
export async function world({ registrySpec = { type: 'Store', store: { issuerURL } }, ...options }: WorldOptions = {}) {
  let passed = 0;
  let jumped = 0;
  let ids = 0;
  const monotonic = () => passed;
  const clock = () => t0 + passed + jumped;
  const jump = (milliseconds: number) => {
    jumped += milliseconds;
  };
  const registry = memoryRegistry({ ...options, clock });
  const cluster = memoryCluster({ clock, onStatus: (resource) => checkReady(resource, cluster, registry.outside) });
  const injected = faults((...made) => checkServed(made, cluster, registry.outside), jump);
  const ports = { cluster: injected.wrap(cluster, 'cluster'), registry: injected.wrap(registry, 'registry') };
  const newID = () => `operation-${++ids}`;
  const logged: unknown[][] = [];
  const log = {
    debug: (...line: unknown[]) => logged.push(['debug', ...line]),
    info: (...line: unknown[]) => logged.push(['info', ...line]),
    error: (...line: unknown[]) => logged.push(['error', ...line]),
  };
  const open = () => {
    const registries = openRegistries({ cluster, open: async () => ports.registry, clock, monotonic });
    return openController({ cluster: ports.cluster, registries, clock, monotonic, newID }, log);
  };
  let controller = open();

  const pass = (resourceKey = key, signal = new AbortController().signal) =>
    controller.application(resourceKey, signal);
  const self: World = {
    cluster,
    registry,
    get controller() {
      return controller;
    },
    faults: injected,
    logged,
    advance: (milliseconds) => {
      passed += milliseconds;
    },
    jump,
    apply: (changes = {}, resourceKey = key) => cluster.outside.apply(resourceKey, writtenSpec(changes)),
    pass,
    rest: async ({ resourceKey = key, passes = 12, gap = 1_000 } = {}) => {
      for (let left = passes; left > 0; left--) {
        const after = await pass(resourceKey).catch(backoff);
        if (isRest(after)) return;
        passed += after.kind === 'after' ? after.seconds * 1_000 : after.kind === 'backoff' ? gap : 0;
      }
      throw new Error(`not at rest: ${JSON.stringify(self.reasons(resourceKey))}`);
    },
    resource: (resourceKey = key) => mustBeThere(cluster.outside.resource(resourceKey), resourceKey),
    reasons: (resourceKey = key) => reasonsOf(self.resource(resourceKey).status),
    application: () => registry.outside.find('team-a.shop'),
    secret: (name = 'shop') => cluster.outside.secret('team-a', name),
    values: (name = 'shop') => decoded(mustBeThere(self.secret(name), name)),
    restart: async () => {
      controller = open();
      await self.look();
    },
    look: async () => void (await controller.registry('default', () => {})),
    resync: async () => {
      passed += resyncInterval;
      await self.look();
    },
  };
  if (registrySpec !== null) cluster.outside.putRegistry({ name: 'default', spec: registrySpec });
  await self.look();
  cluster.writes.length = 0;
  registry.calls.length = 0;
  return self;
}

/** What the queue makes of an error; a broken invariant is none. */
function backoff(error: unknown): After {
  if (error instanceof Error && error.name === 'AssertionError') throw error;
  return { kind: 'backoff' };
}

function isRest(after: After): boolean {
  return after.kind === 'rest' || after.kind === 'terminal' || (after.kind === 'after' && after.seconds >= 60);
}

/** A world in which the resource has been brought to rest. */
export async function settledWorld(changes: Readonly<Record<string, unknown>> = {}, options: WorldOptions = {}) {
  const made = await world(options);
  made.apply(changes);
  await made.rest();
  expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  made.cluster.writes.length = 0;
  made.cluster.events.length = 0;
  made.registry.calls.length = 0;
  return made;
}

/** Calls that change something in the registry. */
export function registryWrites({ registry }: Pick<World, 'registry'>): readonly string[] {
  const reads = ['account', 'list', 'get', 'find', 'clientSecrets', 'readClientSecret'];
  return registry.calls.map(({ operation }) => operation as string).filter((operation) => !reads.includes(operation));
}

/** The ID of its application; `none`, which names nothing, where there is none. */
export async function idOf({ application }: Pick<World, 'application'>): Promise<string> {
  return (await application())?.id ?? 'none';
}

export function clusterWrites({ cluster }: Pick<World, 'cluster'>): readonly string[] {
  return cluster.writes.map(({ call }) => call);
}

function reasonsOf({ conditions = [] }: OAuthApplicationStatus): Readonly<Record<string, string>> {
  const marks = { True: '', False: '!', Unknown: '?' } as const;
  return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${marks[status]}${reason}`]));
}

function decoded({ data }: ObservedSecret): Readonly<Record<string, string>> {
  const text = (value: string) => Buffer.from(value, 'base64').toString('utf8');
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, text(value.reveal())]));
}

function mustBeThere<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new Error(`${name} is not there`);
  return found;
}

async function valuesOf(id: string, registry: Registry): Promise<readonly string[]> {
  const ids = await registry.clientSecrets(id);
  const values = await Promise.all(ids.map((secret) => registry.readClientSecret(id, secret.id)));
  return values.map((issued) => issued?.value.reveal() ?? 'withheld');
}

const servingCalls = ['createSecret', 'patchSecret', 'replaceSecret'];

/** I4: what we write is accepted, and we delete nothing that is served; and there are never more than two client secrets. */
async function checkServed(
  [call, args, result]: readonly [string, readonly unknown[], unknown],
  cluster: MemoryCluster,
  registry: Registry,
): Promise<void> {
  for (const { id, clientID } of await registry.list()) {
    const live = await valuesOf(id, registry);
    assert.ok(live.length <= 2, 'never more than two client secrets');
    if (!servingCalls.includes(call) || live.includes('withheld')) continue;
    const { client_id: writtenID, client_secret: value } = decoded(result as ObservedSecret);
    assert.ok(
      writtenID !== clientID || value === undefined || live.includes(value),
      `${call} serves a dead client secret`,
    );
  }
  const served = cluster.outside.secrets('team-a').map(({ annotations }) => annotations[secretMarks.clientSecretID]);
  assert.ok(
    call !== 'deleteClientSecret' || !served.includes(String(args[1])),
    'a client secret is deleted while it is served',
  );
}

interface WrittenSecret {
  readonly name?: string;
  readonly keys?: { readonly clientID?: string; readonly clientSecret?: string };
}

/** I6: `Ready` for this generation says that registry and Secret hold what the spec says. */
async function checkReady(
  { namespace, name, generation, spec, status }: Resource,
  cluster: MemoryCluster,
  registry: Registry,
) {
  const condition = (type: string) => status.conditions?.find((each) => each.type === type);
  if (condition('Ready')?.status !== 'True' || condition('Suspended') || status.observedGeneration !== generation)
    return;
  const written = spec as ReturnType<typeof writtenSpec> & { readonly secret?: WrittenSecret };
  const application = mustBeThere(
    await registry.find(nameOf(spec) ?? `${namespace}.${name}`),
    `the application of ${name}`,
  );
  for (const [field, value] of asRegistered(written)) assert.deepEqual(asSet(application[field]), asSet(value), field);
  const secret = mustBeThere(cluster.outside.secret(namespace, written.secret?.name ?? name), 'the Secret');
  const live = await valuesOf(application.id, registry);
  const keys = { clientID: 'client_id', clientSecret: 'client_secret', ...written.secret?.keys };
  const { [keys.clientID]: clientID, [keys.clientSecret]: clientSecret } = decoded(secret);
  assert.equal(clientID, application.clientID);
  assert.equal(clientSecret !== undefined, written['secretRequired'] ?? needsSecret(written));
  assert.ok(clientSecret === undefined || live.includes('withheld') || live.includes(clientSecret));
}

function nameOf(spec: unknown): string | undefined {
  return (spec as { readonly applicationName?: string }).applicationName;
}

const comparedFields = [
  'displayName',
  'accessTokenValiditySeconds',
  'refreshTokenValiditySeconds',
  'redirectURIs',
  'scopes',
  'requiredScopes',
] as const;

/** The written fields as the registry must hold them, worked out without the code that is tested. */
export function asRegistered(written: Readonly<Record<string, unknown>>) {
  return comparedFields
    .map((field) => [field, written[field]] as const)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => [field, field.endsWith('copes') ? withOpenid(value as string[]) : value] as const);
}

function withOpenid(scopes: readonly string[]): readonly string[] {
  return [...new Set(['openid', ...scopes])];
}

/** Order means nothing. */
export function asSet(value: unknown): unknown {
  return Array.isArray(value) ? new Set(value) : value;
}

/** Only clients without PKCE have a client secret if nothing is said (product: `secretRequired`). */
function needsSecret({ type, protocolVersion }: Readonly<Record<string, unknown>>): boolean {
  return type === 'Server' || (type === 'Web' && protocolVersion !== '2.1');
}
