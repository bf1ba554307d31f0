/**
 * The port against a real API server: Secrets, and what others put in them.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import type { Cluster as Port } from '../../src/cluster/cluster.ts';
import { secretMarks } from '../../src/core/secret.ts';
import { eventually } from '../support/eventually.ts';
import { type Deliveries, openDeliveries } from './deliveries.ts';
import { base64, manifest as manifestOf } from './objects.ts';
import { type Given, type Live, openGiven } from './real.ts';

let given: Deliveries;
let port: Port;
/** Another namespace, for a quota. */
let full: Given;

beforeAll(async () => {
  given = await openDeliveries();
  full = await openGiven();
  ({ port } = given);
});

const keysOf = ({ data }: Live) => Object.keys(data ?? {}).toSorted();
const ownersOf = ({ metadata }: Live) => metadata.ownerReferences?.map(({ uid }) => uid) ?? [];

describe('a new Secret', () => {
  test('is what the manifest says, and ours', async () => {
    const { resource, secret, manifest } = await given.deliver('made');
    const made = await given.secret('made');
    expect(made).toMatchObject({ type: 'Opaque', data: { client_id: base64('client-1').reveal() } });
    expect(made.metadata).toMatchObject({ uid: secret.uid, resourceVersion: secret.resourceVersion });
    expect(made.metadata.labels).toEqual(manifest().labels);
    expect(made.metadata.annotations).toEqual(manifest().annotations);
    const owner = { kind: 'OAuthApplication', name: 'made', uid: resource.uid, controller: true };
    expect(made.metadata.ownerReferences).toMatchObject([{ ...owner, blockOwnerDeletion: false }]);
    expect(made.metadata.managedFields.map(({ manager }) => manager)).toEqual(['ramify']);
  });

  test('is known at once, without its values', async () => {
    const { resource, secret } = await given.deliver('known');
    const { type: _type, immutable: _immutable, data: _data, ...metadata } = secret;
    expect(port.secrets(resource)).toEqual([metadata]);
  });

  test('does not take the place of another', async () => {
    const resource = await given.application('taken');
    await given.create('secrets', { metadata: { name: 'taken' }, data: { password: base64('p').reveal() } });
    const before = await given.secret('taken');
    const create = port.createSecret(resource, manifestOf({ name: 'taken' }));
    await expect(create).rejects.toMatchObject({ name: 'ClusterError', code: 'exists' });
    expect(await given.secret('taken')).toEqual(before);
  });
});

const large = { huge: base64('x'.repeat(1_100_000)) };

describe('a Secret that the API server will not have is refused', () => {
  test('because it is too large', async () => {
    const resource = await given.application('large');
    const create = port.createSecret(resource, manifestOf({ name: 'large', data: large }));
    await expect(create).rejects.toMatchObject({ code: 'refused' });
  });

  test('also when it is changed, and the message holds no value', async () => {
    const { resource, secret, manifest } = await given.deliver('grown');
    const error: unknown = await port.patchSecret(resource, secret, manifest({ data: large })).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'refused', message: expect.stringMatching(/data|large/i) });
    expect(String(error)).not.toContain(large.huge.reveal().slice(0, 100));
    expect((await given.secret('grown')).metadata.resourceVersion).toBe(secret.resourceVersion);
  });

  test('because of a quota, which is named', async () => {
    const resource = await full.application('over');
    await full.create('resourcequotas', { metadata: { name: 'none' }, spec: { hard: { secrets: '0' } } });
    // The controller that would say this does not run here.
    await full.patch(
      'resourcequotas',
      'none',
      { status: { hard: { secrets: '0' }, used: { secrets: '0' } } },
      'status',
    );
    const create = async () => {
      const error: unknown = await full.port
        .createSecret(resource, manifestOf({ name: 'over' }))
        .catch((e: unknown) => e);
      return error instanceof Error && error;
    };
    const refusal = { code: 'refused', message: expect.stringContaining('exceeded quota: none') };
    expect(await create()).toMatchObject(refusal);
    await expect(full.port.trySecret(resource, undefined, manifestOf({ name: 'over' }))).rejects.toMatchObject(refusal);
  });
});

describe('a Secret that is only tried', () => {
  test('is not there afterwards, nor changed', async () => {
    const { resource, secret, manifest } = await given.deliver('tried');
    await port.trySecret(resource, undefined, manifestOf({ name: 'other' }));
    await expect(given.secret('other')).rejects.toThrow();
    await port.trySecret(resource, secret, manifest({ data: { huge: base64('x') } }));
    expect((await given.secret('tried')).metadata.resourceVersion).toBe(secret.resourceVersion);
    expect(port.secrets(resource)).toMatchObject([{ resourceVersion: secret.resourceVersion }]);
  });

  test('is refused as it would be', async () => {
    const { resource, secret, manifest } = await given.deliver('tried-large');
    const tried = port.trySecret(resource, secret, manifest({ data: large }));
    await expect(tried).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('a changed Secret', () => {
  test('keeps what others put in it, and loses what the manifest no longer says', async () => {
    const at = await given.deliver('changed');
    const secret = await given.share(at);
    const annotations = { ...at.manifest().annotations, [secretMarks.keys]: 'CLIENT_ID' };
    const data = { CLIENT_ID: base64('client-1') };
    const { team: _team, ...labels } = at.manifest().labels;
    const changed = await port.patchSecret(at.resource, secret, { ...at.manifest({ data }), labels, annotations });
    const after = await given.secret('changed');
    expect(keysOf(after)).toEqual(['CLIENT_ID', 'password']);
    expect(after.metadata.labels).toEqual({ ...labels, theirs: 'l' });
    expect(after.metadata.annotations).toMatchObject({ theirs: 'a', note: 'hello', [secretMarks.keys]: 'CLIENT_ID' });
    expect(ownersOf(after)).toEqual([given.theirOwner.uid, at.resource.uid]);
    expect(changed.resourceVersion).toBe(after.metadata.resourceVersion);
    expect(port.secrets(at.resource)).toMatchObject([{ resourceVersion: changed.resourceVersion }]);
  });

  test('is written as it is without a write', async () => {
    const { resource, secret, manifest } = await given.deliver('same');
    const again = await port.patchSecret(resource, secret, manifest());
    expect(again.resourceVersion).toBe(secret.resourceVersion);
  });

  test('that is to stay behind is not owned any more', async () => {
    const { resource, secret, manifest } = await given.deliver('orphan');
    await port.patchSecret(resource, secret, manifest({ owned: false }));
    expect(ownersOf(await given.secret('orphan'))).toEqual([]);
  });
});

describe('an immutable Secret', () => {
  test('is made anew, with what others put in it', async () => {
    const at = await given.deliver('frozen');
    const secret = await given.share(at, { immutable: true });
    await expect(port.patchSecret(at.resource, secret, at.manifest({ data: {} }))).rejects.toMatchObject({
      code: 'refused',
    });
    const renewed = await port.replaceSecret(at.resource, secret, at.manifest());
    const after = await given.secret('frozen');
    expect(after.metadata.uid).toBe(renewed.uid);
    expect(after.metadata.uid).not.toBe(secret.uid);
    expect(after).not.toHaveProperty('immutable');
    expect(keysOf(after)).toEqual(['client_id', 'password']);
    expect(after.metadata.labels).toMatchObject({ theirs: 'l', team: 'a' });
    expect(after.metadata.annotations).toMatchObject({ theirs: 'a' });
    expect(ownersOf(after)).toEqual([given.theirOwner.uid, at.resource.uid]);
  });

  test('that changed since is not deleted', async () => {
    const at = await given.deliver('frozen-stale');
    await given.share(at, { immutable: true });
    await expect(port.replaceSecret(at.resource, at.secret, at.manifest())).rejects.toMatchObject({ code: 'conflict' });
    expect((await given.secret('frozen-stale')).metadata.uid).toBe(at.secret.uid);
  });
});

describe('a retired Secret', () => {
  test('goes where it holds nothing of others', async () => {
    const { resource, secret } = await given.deliver('retired');
    await port.retireSecret(resource, secret);
    expect(await given.live('secrets', 'retired')).toBeUndefined();
    await eventually(() => port.secrets(resource).length === 0);
  });

  test.each([
    ['mutable', {}],
    ['immutable', { immutable: true }],
  ])('stays where it holds keys of others, without anything of ours, as %s as it was', async (name, more) => {
    const at = await given.deliver(`retired-${name}`);
    const secret = await given.share(at, more);
    await port.retireSecret(at.resource, secret);
    const after = await given.secret(secret.name);
    expect(keysOf(after)).toEqual(['password']);
    expect(after.metadata.labels).toEqual({ theirs: 'l' });
    expect(after.metadata.annotations).toEqual({ theirs: 'a' });
    expect(ownersOf(after)).toEqual([given.theirOwner.uid]);
    expect(after.immutable).toBe(secret.immutable || undefined);
    await eventually(() => port.secrets(at.resource).length === 0);
  });
});

test('a disowned Secret loses our owner reference and nothing else', async () => {
  const at = await given.deliver('disowned');
  const secret = await given.share(at);
  const { metadata: before, ...contentBefore } = await given.secret('disowned');
  await port.disownSecret(at.resource, secret);
  const { metadata: after, ...contentAfter } = await given.secret('disowned');
  expect(after.ownerReferences?.map(({ uid }) => uid)).toEqual([given.theirOwner.uid]);
  expect(contentAfter).toEqual(contentBefore);
  expect(after).toMatchObject({ labels: before.labels, annotations: before.annotations });
});

describe('values', () => {
  test('are read live, bytes that are no text included', async () => {
    const { resource } = await given.deliver('read');
    const binary = Buffer.from([0xff, 0x00, 0xfe]).toString('base64');
    await given.create('secrets', { metadata: { name: 'foreign' }, type: 'example.com/x', data: { key: binary } });
    const secret = await port.readSecret(resource, 'foreign');
    expect(secret).toMatchObject({ type: 'example.com/x', immutable: false, labels: {} });
    expect(secret?.data['key']?.reveal()).toBe(binary);
    expect(await port.readSecret(resource, 'nobody')).toBeUndefined();
  });

  test('are in no cache, whoever wrote them', async () => {
    const at = await given.deliver('cached');
    const secret = await given.share(at);
    await eventually(() => port.secrets(at.resource)[0]?.resourceVersion === secret.resourceVersion);
    const cached = given.caches.secrets.list();
    expect(cached.length).toBeGreaterThan(10);
    for (const object of cached) expect(object).not.toHaveProperty('data');
    for (const value of ['p', 'client-1']) expect(JSON.stringify(cached)).not.toContain(`"${base64(value).reveal()}"`);
  });

  test('only Secrets that bear our label are known', async () => {
    await given.create('secrets', { metadata: { name: 'unlabelled' } });
    const { resource } = await given.deliver('labelled');
    const known = given.caches.secrets.list().map(({ metadata }) => metadata.name);
    expect(known).toContain('labelled');
    expect(known).not.toContain('unlabelled');
    expect(port.secrets({ ...resource, namespace: 'elsewhere' })).toEqual([]);
  });
});
