/**
 * The Secret through what people do to it: a foreign one is left alone, ours is set right, what is foreign in ours stays.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import type { LogLine } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { type History, lies, recordHistory, servedValues } from '../support/history.ts';
import { type Installation, install } from '../support/installation.ts';
import { leaks } from '../support/leaks.ts';
import { refuseSecrets } from '../support/quota.ts';
import { bytes, condition, newTenant, type SecretObject, type Tenant, values } from '../support/tenant.ts';

let installation: Installation;
let history: History;
let team: Tenant;

beforeAll(async () => {
  installation = await install();
  history = await recordHistory(installation.cluster);
  team = await newTenant(installation.cluster);
});

async function secretOf(name: string): Promise<SecretObject> {
  const secret = await team.secret(name);
  if (secret === undefined) throw new Error(`there is no Secret ${name}`);
  return secret;
}

const marks = { 'app.kubernetes.io/managed-by': 'ramify', 'ramify.dev/application': 'foreign-marked' };
const otherUID = { 'ramify.dev/application-uid': '00000000-0000-4000-8000-000000000000' };

describe('a foreign Secret', () => {
  test.each([
    { what: 'a user', name: 'foreign-user', secret: { stringData: { client_id: 'mine' } } },
    {
      what: 'TLS',
      name: 'foreign-tls',
      secret: { type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'certificate', 'tls.key': 'key' } },
    },
    {
      what: 'another resource, with our marks',
      name: 'foreign-marked',
      secret: { metadata: { labels: marks, annotations: otherUID }, stringData: { client_id: 'mine' } },
    },
  ])('of $what keeps every byte, and Ready follows when it is gone', async ({ name, secret }) => {
    const metadata = { ...secret.metadata, name };
    const manifest = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', ...secret, metadata });
    await installation.cluster.apply(manifest, '--namespace', team.namespace);
    const before = await secretOf(name);
    await team.apply(name);
    const refused = await team.reason(name, 'SecretConflict');
    expect(condition(refused, 'SecretReady')).toMatchObject({ status: 'False', reason: 'SecretConflict' });
    expect(condition(refused, 'SecretReady')?.message).toContain(`the Secret ${name} exists`);
    expect(condition(refused, 'Stalled')).toMatchObject({ status: 'True' });
    expect(refused.status).not.toHaveProperty('applicationID');
    expect(refused.metadata.finalizers).toBeUndefined();
    expect(await secretOf(name)).toEqual(before);
    await team.told(name, ['Warning SecretConflict Reconcile']);
    await eventually(() => installation.log().some((line) => isWaiting(line, `${team.namespace}/${name}`)));
    await team.delete('secrets', name);
    await team.kubectl('annotate', 'oapp', name, 'ramify.dev/reconcile-requested-at=gone');
    await team.reason(name, 'Succeeded');
  });

  test('that went is noticed by the clock (the end of the file waits for it)', async () => {
    await installation.cluster.kubectl('--namespace', team.namespace, 'create', 'secret', 'generic', 'patience');
    await team.apply('patience');
    await eventually(() => installation.log().some((line) => isWaiting(line, `${team.namespace}/patience`)));
    await team.delete('secrets', 'patience');
    sinceWaiting = performance.now();
  });

  test('that took the place of ours is left alone, also when the resource goes', async () => {
    await team.applyReady('replaced');
    await team.patch('oauthapplications', 'replaced', { spec: { suspend: true } });
    await team.until('replaced', (object) => condition(object, 'Suspended') !== undefined);
    await team.delete('secrets', 'replaced');
    await installation.cluster.kubectl('--namespace', team.namespace, 'create', 'secret', 'generic', 'replaced');
    const before = await secretOf('replaced');
    await team.patch('oauthapplications', 'replaced', { spec: { suspend: false } });
    await team.reason('replaced', 'SecretConflict');
    await team.delete('oauthapplications', 'replaced');
    await team.gone('oauthapplications', 'replaced');
    expect(await secretOf('replaced')).toEqual(before);
  });

  test('of an older resource is not taken by a younger one, which has it when the older one goes', async () => {
    await team.applyReady('elder', { secret: { name: 'shared' } });
    const before = await secretOf('shared');
    await team.apply('younger', { secret: { name: 'shared' } });
    const refused = await team.reason('younger', 'SecretConflict');
    expect(refused.status).not.toHaveProperty('applicationID');
    expect(await secretOf('shared')).toEqual(before);
    await team.delete('oauthapplications', 'elder');
    await team.gone('oauthapplications', 'elder');
    await team.reason('younger', 'Succeeded');
  });
});

/** When the foreign Secret of the resource `patience` went. */
let sinceWaiting = 0;

function isWaiting({ application, reason, next }: LogLine, key: string): boolean {
  return application === key && reason === 'SecretConflict' && next === 'after 60 s';
}

interface Injury {
  readonly what: string;
  readonly patch: object;
}

const foreignKey = { 'foreign.txt': 'a2VlcCBtZQ==' };

const injuries: readonly Injury[] = [
  { what: 'a value was edited', patch: { data: { client_secret: 'ZWRpdGVk' } } },
  { what: 'a key was removed', patch: { data: { issuer: null } } },
  { what: 'it was made immutable', patch: { immutable: true, data: foreignKey } },
  { what: 'the managed-by label was taken off', patch: labels({ 'app.kubernetes.io/managed-by': null }) },
  { what: 'the application label was taken off', patch: labels({ 'ramify.dev/application': null }) },
  { what: 'the owner reference was taken off', patch: { metadata: { ownerReferences: null } } },
  { what: 'the UID annotation was taken off', patch: annotations({ 'ramify.dev/application-uid': null }) },
  {
    what: 'the annotation of the client secret was taken off',
    patch: annotations({ 'ramify.dev/client-secret-id': null }),
  },
  { what: 'the annotation of the keys was taken off', patch: annotations({ 'ramify.dev/keys': null }) },
];

function labels(changed: object): object {
  return { metadata: { labels: changed } };
}

function annotations(changed: object): object {
  return { metadata: { annotations: changed } };
}

/** What a repair must bring back; where nothing of others is in the Secret this is all of it. */
function ours({ metadata, type, data, immutable = false }: SecretObject): object {
  const { 'foreign.txt': _foreign, ...own } = data ?? {};
  const { labels: marked, annotations: annotated, ownerReferences } = metadata;
  return { type, immutable, data: own, marked, annotated, ownerReferences };
}

describe('a Secret of ours is set right', () => {
  test('after it was deleted', async () => {
    await team.applyReady('deleted');
    const before = await secretOf('deleted');
    await team.delete('secrets', 'deleted');
    const after = await eventually(async () => team.secret('deleted'));
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
    expect(ours(after)).toEqual(ours(before));
    await team.reason('deleted', 'Succeeded');
    await team.told('deleted', ['Normal Succeeded CreateApplication', 'Normal Succeeded DeliverSecret']);
  });

  test.each(injuries)('after $what', async ({ what, patch }) => {
    const name = what.toLowerCase().replace(/[^a-z]+/g, '-');
    const { status } = await team.applyReady(name);
    const before = await secretOf(name);
    await team.patch('secrets', name, patch);
    await eventually(async () => {
      expect(ours(await secretOf(name))).toEqual(ours(before));
      return true;
    });
    if ('immutable' in patch) expect((await secretOf(name)).data).toMatchObject(foreignKey);
    expect((await team.reason(name, 'Succeeded')).status.clientID).toBe(status.clientID);
  });

  test('and what is foreign in it stays', async () => {
    await team.applyReady('shared-with', { secret: { labels: { team: 'a' } } });
    const before = await secretOf('shared-with');
    const foreign = { metadata: { labels: { mine: 'x' }, annotations: { 'example.com/mine': 'y' } }, data: foreignKey };
    await team.patch('secrets', 'shared-with', { ...foreign, data: { ...foreignKey, client_id: 'ZWRpdGVk' } });
    await eventually(async () => (await secretOf('shared-with')).data?.['client_id'] === before.data?.['client_id']);
    await team.patch('oauthapplications', 'shared-with', { spec: { secret: { labels: { team: 'b' } } } });
    await team.reason('shared-with', 'Succeeded');
    const after = await secretOf('shared-with');
    expect(after).toMatchObject(foreign);
    expect(after.metadata.labels).toMatchObject({ team: 'b' });
    expect(after.data).toEqual({ ...before.data, ...foreignKey });
  });
});

describe('a Secret of another name', () => {
  test('takes the place of the old one, which goes', async () => {
    await team.applyReady('renamed');
    const before = await secretOf('renamed');
    await team.patch('oauthapplications', 'renamed', { spec: { secret: { name: 'renamed-new' } } });
    expect((await team.reason('renamed', 'Succeeded')).status.secretRef?.name).toBe('renamed-new');
    await team.gone('secrets', 'renamed');
    expect((await secretOf('renamed-new')).data).toEqual(before.data);
  });

  test('leaves in the old one what is foreign, and nothing of ours', async () => {
    await team.applyReady('stripped', { secret: { labels: { team: 'a' } } });
    await team.patch('secrets', 'stripped', { metadata: { labels: { mine: 'x' } }, data: foreignKey });
    await team.patch('oauthapplications', 'stripped', { spec: { secret: { name: 'stripped-new' } } });
    await team.reason('stripped', 'Succeeded');
    const old = await secretOf('stripped');
    expect(bytes(old)).toEqual({ labels: { mine: 'x' }, type: 'Opaque', data: foreignKey });
    expect(old.metadata.ownerReferences).toBeUndefined();
    await team.delete('oauthapplications', 'stripped');
    await team.gone('secrets', 'stripped-new');
    expect(await secretOf('stripped')).toEqual(old);
  });
});

test('a Secret that the API server refuses is told with its reason, and delivered once it is taken', async () => {
  const { lift } = await refuseSecrets(team);
  await team.apply('refused');
  const refused = await team.reason('refused', 'SecretRefused');
  expect(condition(refused, 'SecretReady')?.message).toContain('quota');
  expect(condition(refused, 'Registered')).toMatchObject({ status: 'True' });
  expect(condition(refused, 'Stalled')).toBeUndefined();
  await lift();
  // Nobody tells the controller of that.
  await team.kubectl('annotate', 'oapp', 'refused', 'ramify.dev/reconcile-requested-at=now');
  const ready = await team.reason('refused', 'Succeeded');
  expect(ready.status.clientID).toBe(refused.status.clientID);
});

describe('in the end', () => {
  test('what waited for a foreign Secret is Ready by itself within a minute', async () => {
    await team.reason('patience', 'Succeeded', 100_000 - (performance.now() - sinceWaiting));
  });

  test('every revision of every status was true, and no value is where it should not be', async () => {
    await history.caughtUp();
    expect(lies(history)).toEqual([]);
    const issued = servedValues(history);
    const shown = [installation.output.join('\n'), JSON.stringify(history.applications)];
    for (const text of shown) expect(leaks(text, issued)).toEqual([]);
  });

  test('the registry accepts what is served, and holds no application without a resource', async () => {
    const { items } = JSON.parse(await team.kubectl('get', 'secrets', '--output=json')) as { items: SecretObject[] };
    const served = items.filter(({ metadata }) => metadata.annotations?.['ramify.dev/binding'] !== undefined);
    expect(await installation.stop()).toBe(0);
    await installation.withStore(async (store) => {
      const made = await store.list();
      expect(made.map(({ id }) => id).toSorted()).toEqual(clientIDs(served));
      for (const secret of served) {
        const { client_id = '', client_secret = '' } = values(secret);
        expect(await store.accepts(client_id, new Sensitive(client_secret))).toBe(true);
        expect(await store.clientSecrets(client_id)).toHaveLength(1);
      }
    });
  });
});

function clientIDs(secrets: readonly SecretObject[]): readonly string[] {
  return secrets.map((secret) => values(secret)['client_id'] ?? '').toSorted();
}
