/**
 * Two hundred rotations in a row under random faults, with consumers that present what they read: nobody is ever refused.
 *
 * The loop runs over a real API server and a real store, on a clock that the test moves. One consumer reads the Secret after
 * every call that took effect, another only every half overlap, as a pod does that is slow to be restarted.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { openController } from '../../src/controller/controller.ts';
import { openRegistries } from '../../src/controller/registries.ts';
import { Sensitive } from '../../src/core/sensitive.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { openStore } from '../../src/registry/store/open.ts';
import { openGiven } from '../cluster/real.ts';
import { eventually } from '../support/eventually.ts';
import { type Fault, faults } from '../support/faults.ts';
import { type ApplicationObject, condition, tenantOf, values } from '../support/tenant.ts';

/** Another seed tells another story. */
const seed = 20_261_123;
const minute = 60_000;
const overlap = 20 * minute;
const rotation = { interval: '1h', overlap: '20m' };

/** What the consumers came to. */
interface Figures {
  presented: number;
  refused: string[];
  readonly revisions: Set<string>;
  injected: number;
}

/** A registry that gives values once, and lists no client secrets, as RAM does. */
function withholding(store: Registry): Registry {
  return {
    ...store,
    readClientSecret: async () => undefined,
    list: async () => {
      const listed = await store.list();
      return listed.map(({ clientSecrets: _secrets, ...rest }) => rest);
    },
  };
}

async function openWorld(name: string, serving: (store: Registry) => Registry) {
  const { cluster, port, namespace } = await openGiven();
  const team = tenantOf(cluster, namespace);
  const folder = await mkdtemp(join(tmpdir(), 'ramify-rotations-'));
  let passed = 0;
  const time = { clock: () => Date.now() + passed, monotonic: () => performance.now() + passed };
  const path = join(folder, 'store.db');
  const store = await openStore({ path, keyFile: `${path}.key`, clock: time.clock, random: randomBytes });
  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  const metadata = { name: namespace };
  await cluster.apply(
    JSON.stringify({
      apiVersion: 'ramify.dev/v1alpha1',
      kind: 'OAuthRegistry',
      metadata,
      spec: { type: 'Store', store: {} },
    }),
  );
  await eventually(() => port.registry(namespace));

  const figures: Figures = { presented: 0, refused: [], revisions: new Set(), injected: 0 };
  const slow = { value: '', read: Number.NEGATIVE_INFINITY };
  const present = async (who: string, clientID: string, value: string) => {
    figures.presented += 1;
    if (!(await store.accepts(clientID, new Sensitive(value)))) figures.refused.push(who);
  };
  const consume = async (call: string) => {
    const secret = await team.secret(name);
    if (secret === undefined) return;
    figures.revisions.add(secret.metadata.resourceVersion);
    const { client_id: clientID = '', client_secret: value = '' } = values(secret);
    await present(`who reads after ${call}`, clientID, value);
    if (time.clock() - slow.read > overlap / 2) Object.assign(slow, { value, read: time.clock() });
    await present(`who is slow, after ${call}`, clientID, slow.value);
  };
  const injected = faults(consume, () => undefined);
  const log = { debug: () => undefined, info: () => undefined, error: () => undefined };
  const start = () => {
    const open = async () => injected.wrap(serving(store), 'registry');
    const registries = openRegistries({ cluster: port, open, ...time });
    return openController({ cluster: injected.wrap(port, 'cluster'), registries, ...time, newID: randomUUID }, log);
  };
  let controller = start();
  return {
    team,
    store,
    figures,
    registryRef: { name: namespace },
    advance: (milliseconds: number) => {
      passed += milliseconds;
    },
    clock: time.clock,
    /** One pass, which may fail at a call; where the process is killed another goes on, and knows nothing. */
    pass: async (fault?: Fault) => {
      const version = (await team.application(name))?.metadata.resourceVersion;
      await eventually(() => port.read(`${namespace}/${name}`)?.resourceVersion === version);
      await controller.registry(namespace, () => undefined);
      injected.arm(fault);
      const after = await controller
        .application(`${namespace}/${name}`, new AbortController().signal)
        .catch(() => undefined);
      if (injected.fired) figures.injected += 1;
      if (injected.fired && fault?.how === 'killed') controller = start();
      injected.arm();
      await consume('a pass');
      return after;
    },
  };
}

type World = Awaited<ReturnType<typeof openWorld>>;

const disturbance: fc.Arbitrary<Fault | undefined> = fc.option(
  fc.record({
    at: fc.nat(9),
    when: fc.constantFrom('before' as const, 'after' as const),
    how: fc.constantFrom('killed' as const, 'lost' as const),
    jump: fc.constant(0),
  }),
  { nil: undefined, freq: 2 },
);

/** The next disturbance, or none. */
type Story = () => Fault | undefined;

function ids({ status }: ApplicationObject): readonly string[] {
  return (status.clientSecrets ?? []).map(({ id }) => id);
}

async function application({ team }: World, name: string): Promise<ApplicationObject> {
  return (await team.application(name)) ?? expect.fail(`there is no ${name}`);
}

/** Passes, disturbed ones first, until it is as it should be; some seconds lie between two of them. */
async function until(made: World, name: string, story: Story, is: (found: ApplicationObject) => boolean) {
  for (let passes = 0; passes < 40; passes++) {
    // What is disturbed forever never ends.
    const after = await made.pass(passes < 4 ? story() : undefined);
    const found = await application(made, name);
    if (is(found)) return found;
    made.advance(after?.kind === 'after' ? Math.min(after.seconds * 1_000, minute) : 1_000);
  }
  return expect.fail(`never: ${JSON.stringify((await application(made, name)).status)}`);
}

const isReady = (found: ApplicationObject) => condition(found, 'Ready')?.status === 'True';
const isOverlapping = (found: ApplicationObject) => isReady(found) && ids(found).length === 2;
const isAlone = (found: ApplicationObject) => isReady(found) && ids(found).length === 1;

/** One rotation: every other one by request, the rest by time. */
async function rotate(made: World, name: string, turn: number, story: Story): Promise<void> {
  const before = await application(made, name);
  const due = Date.parse(before.status.nextRotationTime ?? '');
  if (turn % 2 === 0) made.advance(Math.max(0, due - made.clock()));
  else
    await made.team.patch('oauthapplications', name, {
      metadata: { annotations: { 'ramify.dev/rotate-requested-at': String(turn) } },
    });
  const during = await until(made, name, story, (found) => isOverlapping(found) && ids(found)[0] !== ids(before)[0]);
  expect(ids(during)[1], 'the one before').toBe(ids(before)[0]);
  // The slow one comes in time.
  made.advance(overlap * 0.6);
  await made.pass();
  const end = Date.parse(during.status.clientSecrets?.[1]?.revokeAfter ?? '');
  made.advance(Math.max(0, end - made.clock()));
  await until(made, name, story, isAlone);
  expect(await made.store.clientSecrets(during.status.applicationID ?? '')).toHaveLength(1);
}

test.each([
  { what: 'that gives values back', rotations: 200, serving: (store: Registry) => store },
  { what: 'that gives them once', rotations: 50, serving: withholding },
])(
  '$rotations rotations in a row in a registry $what refuse nobody',
  { timeout: 600_000 },
  async ({ rotations, serving, what }) => {
    const name = 'shop';
    const made = await openWorld(name, serving);
    const disturbances = fc.sample(disturbance, { seed, numRuns: rotations * 10 });
    const story = () => disturbances.pop();
    await made.team.apply(name, { registryRef: made.registryRef, rotation });
    await until(made, name, () => undefined, isAlone);
    for (let turn = 0; turn < rotations; turn++) await rotate(made, name, turn, story);

    const { presented, refused, revisions, injected } = made.figures;
    const told = `${rotations} rotations in a registry ${what}: ${injected} faults, ${revisions.size} revisions of the Secret, ${presented} log-ons, ${refused.length} refused (seed ${seed})`;
    process.stdout.write(`${told}\n`);
    expect(refused, told).toEqual([]);
    expect(injected).toBeGreaterThan(rotations / 2);
    expect(revisions.size).toBeGreaterThan(2 * rotations);
  },
);
