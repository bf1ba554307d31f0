/**
 * The port against a real API server: Secrets, and what others put in them.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import type { Cluster as Port } from '../../src/cluster/cluster.ts';
import type { Resource } from '../../src/core/resource.ts';
import { type SecretManifest, secretLabels, secretMarks } from '../../src/core/secret.ts';
import type { ObservedSecret, OwnerReference } from '../../src/core/state.ts';
import { uid as otherUID } from '../support/builders.ts';
import { eventually } from '../support/eventually.ts';
import { base64, manifest as manifestOf } from './objects.ts';
import { type Given, type Live, openGiven } from './real.ts';

let given: Given;
let port: Port;
/** Another namespace, for a quota. */
let full: Given;
/** There really is one: the garbage collector takes references to nothing off. */
let theirOwner: OwnerReference;

beforeAll(async () => {
  given = await openGiven();
  full = await openGiven();
  ({ port } = given);
  const { metadata } = await given.create('configmaps', { metadata: { name: 'owner' } });
  theirOwner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: metadata.uid };
});

/** A resource, and the Secret that the port made for it. */
interface Delivered {
  readonly resource: Resource;
  readonly secret: ObservedSecret;
  manifest(changes?: Partial<SecretManifest>): SecretManifest;
}

async function delivered(name: string): Promise<Delivered> {
  const resource = await given.application(name);
  const manifest: Delivered['manifest'] = (changes) => {
    const { labels, annotations, ...rest } = manifestOf({ name, ...changes });
    return {
      ...rest,
      labels: { ...labels, [secretLabels.application]: name },
      annotations: { ...annotations, [secretMarks.uid]: resource.uid },
    };
  };
  return { resource, manifest, secret: await port.createSecret(resource, manifest()) };
}

/** Others write to the Secret: metadata, an owner reference, a key, and what `more` says. */
async function shared({ resource, secret }: Delivered, more: object = {}): Promise<ObservedSecret> {
  await given.patch('secrets', secret.name, {
    metadata: {
      labels: { theirs: 'l' },
      annotations: { theirs: 'a' },
      ownerReferences: [...secret.ownerReferences, theirOwner],
    },
    data: { password: base64('p').reveal() },
    ...more,
  });
  const read = await port.readSecret(resource, secret.name);
  if (read === undefined) throw new Error('the Secret is gone');
  return read;
}

async function live(name: string): Promise<Live> {
  const object = await given.live('secrets', name);
  if (object === undefined) throw new Error(`${name} is gone`);
  return object;
}

const keysOf = ({ data }: Live) => Object.keys(data ?? {}).toSorted();
const ownersOf = ({ metadata }: Live) => metadata.ownerReferences?.map(({ uid }) => uid) ?? [];

describe('a new Secret', () => {
  test('is what the manifest says, and ours', async () => {
    const { resource, secret, manifest } = await delivered('made');
    const made = await live('made');
    expect(made).toMatchObject({ type: 'Opaque', data: { client_id: base64('client-1').reveal() } });
    expect(made.metadata).toMatchObject({ uid: secret.uid, resourceVersion: secret.resourceVersion });
    expect(made.metadata.labels).toEqual(manifest().labels);
    expect(made.metadata.annotations).toEqual(manifest().annotations);
    const owner = { kind: 'OAuthApplication', name: 'made', uid: resource.uid, controller: true };
    expect(made.metadata.ownerReferences).toMatchObject([{ ...owner, blockOwnerDeletion: false }]);
    expect(made.metadata.managedFields.map(({ manager }) => manager)).toEqual(['ramify']);
  });

  test('is known at once, without its values', async () => {
    const { resource, secret } = await delivered('known');
    const { type: _type, immutable: _immutable, data: _data, ...metadata } = secret;
    expect(port.secrets(resource)).toEqual([metadata]);
  });

  test('does not take the place of another', async () => {
    const resource = await given.application('taken');
    await given.create('secrets', { metadata: { name: 'taken' }, data: { password: base64('p').reveal() } });
    const before = await live('taken');
    const create = port.createSecret(resource, manifestOf({ name: 'taken' }));
    await expect(create).rejects.toMatchObject({ name: 'ClusterError', code: 'exists' });
    expect(await live('taken')).toEqual(before);
  });
});

describe('a Secret that the API server will not have is refused', () => {
  const large = { huge: base64('x'.repeat(1_100_000)) };

  test('because it is too large', async () => {
    const resource = await given.application('large');
    const create = port.createSecret(resource, manifestOf({ name: 'large', data: large }));
    await expect(create).rejects.toMatchObject({ code: 'refused' });
  });

  test('also when it is changed, and the message holds no value', async () => {
    const { resource, secret, manifest } = await delivered('grown');
    const error: unknown = await port.patchSecret(resource, secret, manifest({ data: large })).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'refused', message: expect.stringMatching(/data|large/i) });
    expect(String(error)).not.toContain(large.huge.reveal().slice(0, 100));
    expect((await live('grown')).metadata.resourceVersion).toBe(secret.resourceVersion);
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
    expect(await create()).toMatchObject({ code: 'refused', message: expect.stringContaining('exceeded quota: none') });
  });
});

describe('a changed Secret', () => {
  test('keeps what others put in it, and loses what the manifest no longer says', async () => {
    const at = await delivered('changed');
    const secret = await shared(at);
    const annotations = { ...at.manifest().annotations, [secretMarks.keys]: 'CLIENT_ID' };
    const data = { CLIENT_ID: base64('client-1') };
    const { team: _team, ...labels } = at.manifest().labels;
    const changed = await port.patchSecret(at.resource, secret, { ...at.manifest({ data }), labels, annotations });
    const after = await live('changed');
    expect(keysOf(after)).toEqual(['CLIENT_ID', 'password']);
    expect(after.metadata.labels).toEqual({ ...labels, theirs: 'l' });
    expect(after.metadata.annotations).toMatchObject({ theirs: 'a', note: 'hello', [secretMarks.keys]: 'CLIENT_ID' });
    expect(ownersOf(after)).toEqual([theirOwner.uid, at.resource.uid]);
    expect(changed.resourceVersion).toBe(after.metadata.resourceVersion);
    expect(port.secrets(at.resource)).toMatchObject([{ resourceVersion: changed.resourceVersion }]);
  });

  test('is written as it is without a write', async () => {
    const { resource, secret, manifest } = await delivered('same');
    const again = await port.patchSecret(resource, secret, manifest());
    expect(again.resourceVersion).toBe(secret.resourceVersion);
  });

  test('that is to stay behind is not owned any more', async () => {
    const { resource, secret, manifest } = await delivered('orphan');
    await port.patchSecret(resource, secret, manifest({ owned: false }));
    expect(ownersOf(await live('orphan'))).toEqual([]);
  });
});

describe('an immutable Secret', () => {
  test('is made anew, with what others put in it', async () => {
    const at = await delivered('frozen');
    const secret = await shared(at, { immutable: true });
    await expect(port.patchSecret(at.resource, secret, at.manifest({ data: {} }))).rejects.toMatchObject({
      code: 'refused',
    });
    const renewed = await port.replaceSecret(at.resource, secret, at.manifest());
    const after = await live('frozen');
    expect(after.metadata.uid).toBe(renewed.uid);
    expect(after.metadata.uid).not.toBe(secret.uid);
    expect(after).not.toHaveProperty('immutable');
    expect(keysOf(after)).toEqual(['client_id', 'password']);
    expect(after.metadata.labels).toMatchObject({ theirs: 'l', team: 'a' });
    expect(after.metadata.annotations).toMatchObject({ theirs: 'a' });
    expect(ownersOf(after)).toEqual([theirOwner.uid, at.resource.uid]);
  });

  test('that changed since is not deleted', async () => {
    const at = await delivered('frozen-stale');
    await shared(at, { immutable: true });
    await expect(port.replaceSecret(at.resource, at.secret, at.manifest())).rejects.toMatchObject({ code: 'conflict' });
    expect((await live('frozen-stale')).metadata.uid).toBe(at.secret.uid);
  });
});

describe('a retired Secret', () => {
  test('goes where it holds nothing of others', async () => {
    const { resource, secret } = await delivered('retired');
    await port.retireSecret(resource, secret);
    expect(await given.live('secrets', 'retired')).toBeUndefined();
    await eventually(() => port.secrets(resource).length === 0);
  });

  test.each([
    ['mutable', {}],
    ['immutable', { immutable: true }],
  ])('stays where it holds keys of others, without anything of ours, as %s as it was', async (name, more) => {
    const at = await delivered(`retired-${name}`);
    const secret = await shared(at, more);
    await port.retireSecret(at.resource, secret);
    const after = await live(secret.name);
    expect(keysOf(after)).toEqual(['password']);
    expect(after.metadata.labels).toEqual({ theirs: 'l' });
    expect(after.metadata.annotations).toEqual({ theirs: 'a' });
    expect(ownersOf(after)).toEqual([theirOwner.uid]);
    expect(after.immutable).toBe(secret.immutable || undefined);
    await eventually(() => port.secrets(at.resource).length === 0);
  });
});

test('a disowned Secret loses our owner reference and nothing else', async () => {
  const at = await delivered('disowned');
  const secret = await shared(at);
  const { metadata: before, ...contentBefore } = await live('disowned');
  await port.disownSecret(at.resource, secret);
  const { metadata: after, ...contentAfter } = await live('disowned');
  expect(after.ownerReferences?.map(({ uid }) => uid)).toEqual([theirOwner.uid]);
  expect(contentAfter).toEqual(contentBefore);
  expect(after).toMatchObject({ labels: before.labels, annotations: before.annotations });
});

describe('a write for another state is a conflict, and changes nothing', () => {
  type Write = (at: Delivered, secret: ObservedSecret) => Promise<unknown>;
  const writes: readonly (readonly [string, Write])[] = [
    ['patch', ({ resource, manifest }, secret) => port.patchSecret(resource, secret, manifest({ data: {} }))],
    ['replace', ({ resource, manifest }, secret) => port.replaceSecret(resource, secret, manifest())],
    ['retire', ({ resource }, secret) => port.retireSecret(resource, secret)],
    ['disown', ({ resource }, secret) => port.disownSecret(resource, secret)],
    ['delete', ({ resource }, secret) => port.deleteSecret(resource, secret)],
  ];

  test.each(writes)('%s of a Secret that changed since', async (name, write) => {
    const at = await delivered(`stale-${name}`);
    const { resourceVersion } = await shared(at);
    await expect(write(at, at.secret)).rejects.toMatchObject({ name: 'ClusterError', code: 'conflict' });
    expect((await live(at.secret.name)).metadata.resourceVersion).toBe(resourceVersion);
  });

  test.each(writes)('%s of another Secret of the name', async (name, write) => {
    const at = await delivered(`other-${name}`);
    await expect(write(at, { ...at.secret, uid: otherUID })).rejects.toMatchObject({ code: 'conflict' });
    expect((await live(at.secret.name)).metadata.resourceVersion).toBe(at.secret.resourceVersion);
  });

  test('patch of a Secret that is gone makes none', async () => {
    const at = await delivered('gone-patch');
    await given.delete('secrets', at.secret.name);
    await expect(port.patchSecret(at.resource, at.secret, at.manifest())).rejects.toMatchObject({ code: 'conflict' });
    expect(await given.live('secrets', at.secret.name)).toBeUndefined();
  });

  test.each(writes.filter(([name]) => ['retire', 'disown', 'delete'].includes(name)))(
    '%s of a Secret that is gone succeeds',
    async (name, write) => {
      const at = await delivered(`gone-${name}`);
      await given.delete('secrets', at.secret.name);
      await expect(write(at, at.secret)).resolves.toBeUndefined();
    },
  );
});

describe('values', () => {
  test('are read live, bytes that are no text included', async () => {
    const { resource } = await delivered('read');
    const binary = Buffer.from([0xff, 0x00, 0xfe]).toString('base64');
    await given.create('secrets', { metadata: { name: 'foreign' }, type: 'example.com/x', data: { key: binary } });
    const secret = await port.readSecret(resource, 'foreign');
    expect(secret).toMatchObject({ type: 'example.com/x', immutable: false, labels: {} });
    expect(secret?.data['key']?.reveal()).toBe(binary);
    expect(await port.readSecret(resource, 'nobody')).toBeUndefined();
  });

  test('are in no cache, whoever wrote them', async () => {
    const at = await delivered('cached');
    const secret = await shared(at);
    await eventually(() => port.secrets(at.resource)[0]?.resourceVersion === secret.resourceVersion);
    const cached = given.caches.secrets.list();
    expect(cached.length).toBeGreaterThan(10);
    for (const object of cached) expect(object).not.toHaveProperty('data');
    for (const value of ['p', 'client-1']) expect(JSON.stringify(cached)).not.toContain(`"${base64(value).reveal()}"`);
  });

  test('only Secrets that bear our label are known', async () => {
    await given.create('secrets', { metadata: { name: 'unlabelled' } });
    const { resource } = await delivered('labelled');
    const known = given.caches.secrets.list().map(({ metadata }) => metadata.name);
    expect(known).toContain('labelled');
    expect(known).not.toContain('unlabelled');
    expect(port.secrets({ ...resource, namespace: 'elsewhere' })).toEqual([]);
  });
});
