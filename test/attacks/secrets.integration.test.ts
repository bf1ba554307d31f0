/**
 * Attacks on Secrets, against a real API server: whatever is there under the name, or comes there between a look and a write,
 * keeps every byte unless it is the resource's own, and nothing is created in the registry for it.
 *
 * @module
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { type Given, openGiven } from '../cluster/real.ts';
import { type Loop, openLoop, openTime } from '../registry/ims/loop.ts';
import { writtenSpec } from '../support/builders.ts';
import { eventually } from '../support/eventually.ts';
import { type MemoryRegistry, memoryRegistry } from '../support/memory-registry.ts';
import { bytes, type SecretObject, type Tenant, tenantOf } from '../support/tenant.ts';

let given: Given;
let team: Tenant;
let loop: Loop;
let registry: MemoryRegistry;
let registryRef: { readonly name: string };

beforeAll(async () => {
  given = await openGiven();
  team = tenantOf(given.cluster, given.namespace);
  registryRef = { name: `attacks-${given.namespace}` };
  const time = openTime();
  registry = memoryRegistry({ clock: time.clock });
  loop = openLoop({ cluster: given.port, time, open: async () => registry });
  const manifest = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata: registryRef };
  await given.cluster.apply(JSON.stringify({ ...manifest, spec: { type: 'Store', store: {} } }));
  await eventually(() => given.port.registry(registryRef.name));
  await loop.look(registryRef.name);
  return () => given.cluster.kubectl('delete', 'oreg', registryRef.name, '--wait=false');
});

const keyOf = (name: string) => `${given.namespace}/${name}`;
const data = { password: 'c2VjcmV0' };
const ourLabels = (name: string) => ({ 'app.kubernetes.io/managed-by': 'ramify', 'ramify.dev/application': name });

async function put(name: string, secret: object): Promise<SecretObject> {
  await given.create('secrets', {
    data,
    ...secret,
    metadata: { name, ...('metadata' in secret && (secret.metadata as object)) },
  });
  return (await team.secret(name)) ?? expect.fail(`there is no Secret ${name}`);
}

/** The reason of `Ready` after a pass. */
async function passed(name: string): Promise<string | undefined> {
  await loop.pass(keyOf(name));
  const { status } = (await team.application(name)) ?? expect.fail(`there is no resource ${name}`);
  return status.conditions?.find(({ type }) => type === 'Ready')?.reason;
}

const apply = (name: string, spec: object = {}) => given.application(name, {}, writtenSpec({ registryRef, ...spec }));

/** Nothing was made for it, and the Secret is as it was; also when the resource goes, unless the garbage collector was told so. */
async function expectRefused(name: string, secret: SecretObject): Promise<void> {
  const created = registry.calls.length;
  expect(await passed(name)).toBe('SecretConflict');
  const later = registry.calls.slice(created).map(({ operation }) => operation as string);
  expect(later.filter((operation) => operation === 'create' || operation === 'issueClientSecret')).toEqual([]);
  expect(bytes((await team.secret(secret.metadata.name)) ?? expect.fail('it is gone'))).toEqual(bytes(secret));
  if (secret.metadata.ownerReferences !== undefined) return;
  await team.delete('oauthapplications', name);
  await loop.pass(keyOf(name));
  expect((await team.secret(secret.metadata.name))?.metadata.uid).toBe(secret.metadata.uid);
}

/** The Secret; one of a ServiceAccount once it has its token. */
async function filled(name: string): Promise<SecretObject | undefined> {
  const secret = await team.secret(name);
  const isToken = secret?.type === 'kubernetes.io/service-account-token';
  return !isToken || secret.data?.['token'] !== undefined ? secret : undefined;
}

const tls = { 'tls.crt': '', 'tls.key': '' };

describe('AT07: the name of a Secret that is there', () => {
  it.each([
    { whose: 'a user’s', secret: {} },
    { whose: 'of Helm', secret: { type: 'helm.sh/release.v1', metadata: { labels: { owner: 'helm' } } } },
    { whose: 'of TLS', secret: { type: 'kubernetes.io/tls', data: tls } },
    { whose: 'immutable', secret: { immutable: true } },
    {
      whose: 'a ServiceAccount’s token',
      secret: {
        type: 'kubernetes.io/service-account-token',
        metadata: { annotations: { 'kubernetes.io/service-account.name': 'default' } },
      },
    },
  ])('is refused: $whose', async ({ whose, secret }) => {
    const name = `at07-${whose.replaceAll(/[^a-z]+/gi, '-').toLowerCase()}`;
    await put(name, secret);
    const before = await eventually(() => filled(name));
    await apply(name);
    await expectRefused(name, before);
  });
});

describe('AT08: a Secret that was made before, with marks of ours', () => {
  it.each([
    { marks: 'labels', metadata: (name: string) => ({ labels: ourLabels(name) }) },
    {
      marks: 'the-binding',
      metadata: (name: string) => ({ labels: ourLabels(name), annotations: { 'ramify.dev/binding': '{}' } }),
    },
    {
      marks: 'another-uid',
      metadata: (name: string) => ({ labels: ourLabels(name), annotations: { 'ramify.dev/application-uid': 'x' } }),
    },
  ])('is refused: $marks', async ({ marks, metadata }) => {
    const name = `at08-${marks}`;
    const before = await put(name, { metadata: metadata(name) });
    await apply(name);
    await expectRefused(name, before);
  });
});

describe('AT09: a Secret with a forged reference to the resource’s real UID', () => {
  it.each([
    { what: 'and no mark', controller: true, metadata: () => ({}), type: 'Opaque' },
    {
      what: 'that does not control',
      controller: false,
      metadata: (name: string) => ({ labels: ourLabels(name) }),
      type: 'Opaque',
    },
    {
      what: 'of another type',
      controller: true,
      metadata: (name: string) => ({ labels: ourLabels(name) }),
      type: 'example.com/x',
    },
  ])('is refused: $what', async ({ what, controller, metadata, type }) => {
    const name = `at09-${what.replaceAll(' ', '-')}`;
    const { uid } = await apply(name);
    const owner = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthApplication', name, uid, controller };
    const before = await put(name, { type, metadata: { ...metadata(name), ownerReferences: [owner] } });
    await expectRefused(name, before);
  });
});

describe('AT10: a Secret that is exchanged between a look and a write', () => {
  it.each(['changed', 'made anew'])('and was %s: nothing is written to it', async (how) => {
    const name = `at10-${how.replace(' ', '-')}`;
    const resource = await apply(name);
    expect(await passed(name)).toBe('Succeeded');
    const looked = (await given.port.readSecret(resource, name)) ?? expect.fail('there is no Secret');
    if (how === 'changed') await team.patch('secrets', name, { metadata: { annotations: { theirs: 'x' } }, data });
    else {
      await team.delete('secrets', name);
      await put(name, {});
    }
    const before = await team.secret(name);
    const manifest = { name, labels: {}, annotations: {}, data: {}, owned: true };
    await expect(given.port.patchSecret(resource, looked, manifest)).rejects.toMatchObject({ code: 'conflict' });
    await expect(given.port.deleteSecret(resource, looked)).rejects.toMatchObject({ code: 'conflict' });
    expect(await team.secret(name)).toEqual(before);
  });
});

it('AT11: of two resources that name one Secret the other is refused before anything is created for it', async () => {
  const secret = { name: 'at11' };
  await apply('at11-a', { secret });
  await apply('at11-b', { secret });
  const [won, lost] = (await passed('at11-a')) === 'Succeeded' ? ['at11-a', 'at11-b'] : ['at11-b', 'at11-a'];
  expect(await passed(won)).toBe('Succeeded');
  const before = (await team.secret('at11')) ?? expect.fail('there is no Secret');
  await eventually(() => given.port.read(keyOf(won))?.status.secretRef !== undefined);
  await expectRefused(lost, before);
});
