/**
 * What a controller asks of the API server, and what one finds that was away: at rest, drifted, or killed halfway.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { type Calls, count } from '../support/calls.ts';
import { spawnController } from '../support/controller-process.ts';
import { withoutRules } from '../support/definition.ts';
import { eventually } from '../support/eventually.ts';
import { type Installation, install } from '../support/installation.ts';
import { type ApplicationObject, condition, manifest, newTenant, type Tenant, values } from '../support/tenant.ts';

let installation: Installation;
let team: Tenant;

beforeAll(async () => {
  installation = await install({ resyncInterval: '10s' });
  team = await newTenant(installation.cluster);
});

const each = <T>(names: readonly string[], work: (name: string) => Promise<T>) => Promise.all(names.map(work));

function applyAll({ namespace }: Tenant, names: readonly string[]): Promise<string> {
  const items = names.map((name) => manifest(name));
  return installation.cluster.apply(
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    '--namespace',
    namespace,
  );
}

/** Waits until every resource was passed over once more, `within` milliseconds. */
const passes = ({ namespace }: Tenant, names: readonly string[], within: number) =>
  installation.passes(new Set(names.map((name) => `${namespace}/${name}`)), within);

describe('calls of the API server', () => {
  const apps = Array.from({ length: 10 }, (_, n) => `shop-${n}`);
  const figures: (readonly [string, Calls])[] = [];
  let quiet: Tenant;

  /** An OAuthRegistry counts its applications now and then: that is no application's call. */
  const perApplication = (calls: readonly string[]) =>
    calls.filter((call) => !call.includes('oauthregistries')).length / apps.length;

  /** The calls that `work` caused, by application. */
  async function counted(name: string, work: () => Promise<unknown>) {
    const counting = await count(installation.cluster);
    await work();
    const calls = await counting.calls();
    figures.push([name, calls]);
    return { writes: perApplication(calls.writes), reads: perApplication(calls.reads), all: calls };
  }

  beforeAll(async () => {
    quiet = await newTenant(installation.cluster);
  });

  afterAll(() => {
    const rows = figures.map(([what, { writes, reads }]) => {
      const [written, read] = [writes, reads].map((calls) => perApplication(calls).toFixed(1));
      return `${what.padEnd(42)} ${written} writes  ${read} reads  ${[...new Set([...writes, ...reads])].join(', ')}`;
    });
    process.stdout.write(`calls of the API server by application, of ${apps.length}:\n${rows.join('\n')}\n`);
  });

  test('create: 3 writes, at most 1 read', async () => {
    const { writes, reads } = await counted('create', () => each(apps, (name) => quiet.applyReady(name)));
    expect(writes).toBe(3);
    expect(reads).toBeLessThanOrEqual(1);
  });

  test.each([
    { what: 'a setting', spec: { displayName: 'Store' }, most: 1 },
    { what: 'a setting that the Secret tells', spec: { scopes: ['profile'] }, most: 2 },
  ])('update of $what: at most $most writes, no read', async ({ what, spec, most }) => {
    const { writes, reads } = await counted(`update of ${what}`, () =>
      each(apps, async (name) => {
        await quiet.patch('oauthapplications', name, { spec });
        return quiet.reason(name, 'Succeeded');
      }),
    );
    expect(writes).toBe(most);
    expect(reads).toBe(0);
  });

  test('a request: 1 write, no read', async () => {
    const metadata = { annotations: { 'ramify.dev/reconcile-requested-at': 'now' } };
    const first = await counted('request', () =>
      each(apps, async (name) => {
        await quiet.patch('oauthapplications', name, { metadata });
        return quiet.until(name, ({ status }) => status.lastHandledReconcileAt === 'now');
      }),
    );
    expect(first).toMatchObject({ writes: 1, reads: 0 });
  });

  test('resync: no write', async () => {
    const { writes } = await counted('resync', () => passes(quiet, apps, 60_000));
    expect(writes).toBe(0);
  });

  test('restart: no write, of anything', async () => {
    const { all } = await counted('restart', async () => {
      expect(await installation.stop()).toBe(0);
      const passed = passes(quiet, apps, 60_000);
      await installation.start();
      await passed;
    });
    expect(all.writes).toEqual([]);
  });

  test('delete: 1 write, at most 2 reads', async () => {
    const { writes, reads } = await counted('delete', () =>
      each(apps, async (name) => {
        await quiet.delete('oauthapplications', name);
        await quiet.gone('oauthapplications', name);
      }),
    );
    expect(writes).toBe(1);
    expect(reads).toBeLessThanOrEqual(2);
  });
});

describe('what happened in the registry meanwhile', () => {
  test('is corrected, reported, or created again', async () => {
    const names = ['correct', 'report', 'missing', 'missing-reported'];
    const report = { driftPolicy: 'Report' };
    const before = await each(names, (name) => team.applyReady(name, name.includes('report') ? report : {}));
    const [corrected = '', reported = '', missing = '', missingReported = ''] = before.map(
      ({ status }) => status.applicationID,
    );
    await installation.stop();
    await installation.withStore(async (store) => {
      for (const id of [corrected, reported])
        await store.update(id, { displayName: 'Drifted', scopes: ['openid', 'x'] });
      for (const id of [missing, missingReported]) await store.delete(id);
    });
    await installation.start();
    const drifted = await team.reason('report', 'DriftDetected');
    expect(drifted.status.drift).toEqual([
      { field: 'displayName', desired: '"Shop"', observed: '"Drifted"' },
      { field: 'scopes', desired: '["openid"]', observed: '["openid","x"]' },
    ]);
    expect(condition(drifted, 'SecretReady')).toMatchObject({ status: 'True' });
    const waiting = await team.reason('missing-reported', 'ApplicationMissing');
    expect(condition(waiting, 'Stalled')).toMatchObject({ status: 'True' });
    const isReadyAnew = (object: ApplicationObject) =>
      object.status.applicationID !== missing && condition(object, 'Ready')?.status === 'True';
    const again = await team.until('missing', isReadyAnew);
    expect(again.status.clientID).not.toBe(missing);
    const secret = await team.secret('missing');
    expect(secret && values(secret)['client_id']).toBe(again.status.clientID);
    const [created, lost] = ['Normal Succeeded CreateApplication', 'Warning ApplicationMissing'];
    await team.told('missing', [created, `${lost} Reconcile`, created, `${lost} CreateApplication`]);
    await team.told('correct', ['Normal Succeeded CreateApplication', 'Normal Succeeded UpdateApplication']);
    await installation.stop();
    await installation.withStore(async (store) => {
      expect(await store.get(corrected)).toMatchObject({ displayName: 'Shop', scopes: ['openid'] });
      expect(await store.get(reported)).toMatchObject({ displayName: 'Drifted' });
      expect(await store.get(missingReported)).toBeUndefined();
    });
    await installation.start();
  });
});

describe('a client secret that was, meanwhile,', () => {
  test('deleted is replaced by one that works; one that somebody added is left alone', async () => {
    await each(['robbed', 'guest'], (name) => team.applyReady(name));
    const before = { robbed: await valuesOf('robbed'), guest: await valuesOf('guest') };
    await installation.stop();
    const stranger = await installation.withStore(async (store) => {
      const [stolen] = await store.clientSecrets(before.robbed.client_id);
      await store.deleteClientSecret(before.robbed.client_id, stolen?.id ?? '');
      return store.issueClientSecret(before.guest.client_id, randomUUID());
    });
    await installation.start();
    const after = await eventually(async () => {
      const now = await valuesOf('robbed');
      return now.client_secret !== before.robbed.client_secret && now;
    });
    await team.reason('robbed', 'Succeeded');
    expect(after.client_id).toBe(before.robbed.client_id);
    await installation.stop();
    await installation.withStore(async (store) => {
      expect(await store.accepts(after.client_id, new Sensitive(after.client_secret))).toBe(true);
      expect(await store.clientSecrets(before.guest.client_id)).toHaveLength(2);
      expect(await store.accepts(before.guest.client_id, stranger.value)).toBe(true);
    });
    await installation.start();
    await team.reason('guest', 'Succeeded');
    expect(await valuesOf('guest')).toEqual(before.guest);
  });
});

/** The credentials that the Secret of that name holds. */
async function valuesOf(name: string) {
  const secret = await team.secret(name);
  const { client_id = '', client_secret = '' } = secret ? values(secret) : {};
  return { client_id, client_secret };
}

describe('a spec that predates the schema', () => {
  const invalid = { displayName: '<Shop>', redirectURIs: ['http://shop.example.com/#top'] };

  test('is told as invalid and nothing of it is touched, others go on, and it can be deleted', async () => {
    await each(['aged', 'sound'], (name) => team.applyReady(name));
    const secret = await team.secret('aged');
    await installation.stop();
    await withoutRules(installation.cluster, manifest('probe', invalid), async () => {
      await team.apply('stillborn', invalid);
      await team.patch('oauthapplications', 'aged', { spec: invalid });
    });
    await installation.start();
    for (const name of ['stillborn', 'aged']) {
      const told = await team.reason(name, 'InvalidSpec');
      expect(condition(told, 'Accepted')?.message).toMatch(/displayName: .*; .*redirectURIs/s);
      expect(condition(told, 'Stalled')).toMatchObject({ status: 'True', reason: 'InvalidSpec' });
    }
    expect(await team.secret('aged')).toEqual(secret);
    expect(await team.secret('stillborn')).toBeUndefined();
    await team.patch('oauthapplications', 'sound', { spec: { displayName: 'Sound' } });
    await team.reason('sound', 'Succeeded');
    for (const name of ['stillborn', 'aged']) {
      await team.delete('oauthapplications', name);
      await team.gone('oauthapplications', name);
    }
    await team.gone('secrets', 'aged');
  });
});

describe('the process', () => {
  test('leaves the store to whoever has it: one line, exit code 2', async () => {
    const second = spawnController({ kubeconfig: installation.cluster.access.kubeconfig, store: installation.store });
    expect(await second.exited).toBe(2);
    expect(second.output).toHaveLength(1);
    expect(second.output[0]).toMatch(/^ramify: the store .* (in use|locked|held|opened)/);
  });

  test('ends quickly and well on SIGTERM, with nothing half done', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `busy-${n}`);
    const applied = applyAll(team, names);
    await eventually(async () => (await team.application('busy-0'))?.metadata.finalizers !== undefined);
    const began = performance.now();
    expect(await installation.stop()).toBe(0);
    // Well before it would be killed: a pod has 30 seconds.
    expect(performance.now() - began).toBeLessThan(20_000);
    await applied;
    await installation.withStore(async (store) => {
      const made = (await store.list()).filter(({ name }) => name.includes('.busy-'));
      for (const { id, name } of made) {
        expect(await store.clientSecrets(id)).toHaveLength(1);
        const secret = await team.secret(name.split('.')[1] ?? '');
        expect(secret && values(secret)['client_id']).toBe(id);
      }
    });
    await installation.start();
    await each(names, (name) => team.reason(name, 'Succeeded'));
  });

  test('killed twice in the middle of 50 creations makes every application once and loses no secret', async () => {
    const tenant = await newTenant(installation.cluster);
    const names = Array.from({ length: 50 }, (_, n) => `app-${n}`);
    const applying = applyAll(tenant, names);
    const done = () => installation.log().filter((line) => isCreation(line, tenant.namespace)).length;
    for (const enough of [8, 30]) {
      await eventually(() => done() >= enough);
      await installation.stop('SIGKILL');
      expect(done()).toBeLessThan(50);
      await installation.start();
    }
    await applying;
    await each(names, (name) => tenant.reason(name, 'Succeeded'));
    await installation.stop();
    await installation.withStore(async (store) => {
      const made = (await store.list()).filter(({ name }) => name.startsWith(`${tenant.namespace}.`));
      expect(new Set(made.map(({ name }) => name))).toEqual(
        new Set(names.map((name) => `${tenant.namespace}.${name}`)),
      );
      expect(made).toHaveLength(50);
      for (const { id, name } of made) {
        const secret = await tenant.secret(name.split('.')[1] ?? '');
        const { client_id, client_secret = '' } = secret ? values(secret) : {};
        expect(client_id).toBe(id);
        expect(await store.accepts(id, new Sensitive(client_secret))).toBe(true);
        expect(await store.clientSecrets(id)).toHaveLength(1);
      }
    });
  });
});

function isCreation(line: Readonly<Record<string, unknown>>, namespace: string): boolean {
  return line['msg'] === 'reconciled' && String(line['application']).startsWith(`${namespace}/`);
}
