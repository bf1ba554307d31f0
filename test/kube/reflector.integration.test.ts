/** The reflector against the real API server. */

import { expect, test } from 'vitest';
import { ApiError } from '../../src/kube/error.ts';
import { collectionPath, objectPath } from '../../src/kube/path.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { sharedCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { configMaps, reflect, secrets, spied, transportTo } from './real.ts';

async function given(count = 0) {
  const cluster = sharedCluster();
  const transport = await transportTo(cluster.access);
  const namespace = await cluster.testNamespace();
  const labelSelector = 'test=mine';
  const create = (name: string) => createOne(transport, namespace, name);
  await Promise.all(Array.from({ length: count }, (_, n) => create(`c${n}`)));
  const resource = configMaps;
  return { cluster, transport, namespace, create, selection: { resource, namespace, labelSelector } };
}

function createOne(transport: Transport, namespace: string, name: string) {
  const metadata = { name, labels: { test: 'mine' } };
  return transport.create(collectionPath(configMaps, namespace), { metadata, data: { k: 'v' } });
}

function names(changes: readonly { key: string; object?: unknown }[]) {
  return changes.map(({ key, object }) => `${object === undefined ? '-' : '+'}${key.split('/')[1]}`);
}

test('L1: one watch fills the cache at once and goes on', async () => {
  const { transport, create, selection, namespace } = await given(3);
  const { transport: spy, calls } = spied(transport);
  const { cache, reflector, changes } = reflect({ transport: spy, ...selection });
  await reflector.synced;
  expect(cache.size).toBe(3);
  expect(changes.every(({ source }) => source === 'list')).toBe(true);
  await create('later');
  await eventually(() => cache.get(`${namespace}/later`));
  expect(changes.at(-1)).toMatchObject({ key: `${namespace}/later`, source: 'watch' });
  expect(calls).toEqual(['watch list']);
});

test('L2: where the server streams no list, pages fill the cache and a watch goes on', async () => {
  const { transport, create, selection, namespace } = await given(3);
  const { transport: spy, calls } = spied(transport, (call) => {
    if (call === 'watch list')
      throw new ApiError('RequestWatchProgress is disabled', { status: 500, reason: 'InternalError' });
  });
  const { cache, reflector } = reflect({ transport: spy, ...selection });
  await reflector.synced;
  expect(cache.size).toBe(3);
  await create('later');
  await eventually(() => cache.get(`${namespace}/later`));
  expect(calls).toEqual(['watch list', 'list', 'watch']);
});

test('L2: pages join without a gap', async () => {
  const { transport, namespace } = await given(5);
  const path = collectionPath(configMaps, namespace);
  const first = await transport.page(path, { query: { limit: '3', labelSelector: 'test=mine' } });
  const query = { limit: '3', labelSelector: 'test=mine', continue: first.next ?? 'there is no second page' };
  const second = await transport.page(path, { query });
  expect(second.next).toBeUndefined();
  expect(second.resourceVersion).toBe(first.resourceVersion);
  expect([...first.items, ...second.items].map(({ metadata }) => metadata.name)).toEqual([
    'c0',
    'c1',
    'c2',
    'c3',
    'c4',
  ]);
});

test('L3: after a break the watch goes on from where it was, without a list', async () => {
  const { transport, create, selection, namespace } = await given(2);
  const broken = new AbortController();
  const { transport: spy, calls } = spied(transport, () => undefined, broken.signal);
  const { cache, reflector, changes } = reflect({ transport: spy, ...selection });
  await reflector.synced;
  broken.abort();
  await create('meanwhile');
  await eventually(() => cache.get(`${namespace}/meanwhile`));
  expect(names(changes)).toEqual(['+c0', '+c1', '+meanwhile']);
  expect(calls).toEqual(['watch list', 'watch']);
});

test('L4: a version that is gone leads to a list of which only differences are told', async () => {
  const { transport, create, selection, namespace } = await given(20);
  const { cache, reflector } = reflect({ transport, ...selection });
  await reflector.synced;
  await reflector.stop();
  await create('new');
  await transport.delete(objectPath(configMaps, { namespace, name: 'c3' }));
  await transport.patch(objectPath(configMaps, { namespace, name: 'c5' }), { data: { k: 'w' } });
  const again = reflect({ transport, ...selection, cache });
  await again.reflector.synced;
  expect(names(again.changes).toSorted()).toEqual(['+c5', '+new', '-c3']);
});

test('S4: delete and create under one name are told as two changes', async () => {
  const { transport, create, selection, namespace } = await given(1);
  const { reflector, changes, cache } = reflect({ transport, ...selection });
  await reflector.synced;
  await transport.delete(objectPath(configMaps, { namespace, name: 'c0' }));
  const { metadata } = await create('c0');
  await eventually(() => cache.get(`${namespace}/c0`)?.metadata.uid === metadata.uid);
  expect(names(changes)).toEqual(['+c0', '-c0', '+c0']);
});

test('S3: what a write returned is there at once, and its echo is told to nobody', async () => {
  const { transport, create, selection, namespace } = await given(1);
  const { cache, reflector, changes } = reflect({ transport, ...selection });
  await reflector.synced;
  for (let n = 0; n < 20; n++) {
    const path = objectPath(configMaps, { namespace, name: 'c0' });
    const written = await transport.patch(path, { metadata: { annotations: { n: `${n}` } } });
    cache.assume(written);
    expect(cache.get(`${namespace}/c0`)?.metadata.annotations).toEqual({ n: `${n}` });
  }
  await create('end');
  await eventually(() => cache.get(`${namespace}/end`));
  expect(changes.filter(({ key }) => key === `${namespace}/c0`)).toHaveLength(21);
});

test('S3: the answer to the patch that lets an object go does not keep it in the cache', async () => {
  const { transport, selection, namespace } = await given();
  const { cache, reflector } = reflect({ transport, ...selection });
  await reflector.synced;
  const metadata = { name: 'held', labels: { test: 'mine' }, finalizers: ['ramify.dev/test'] };
  await transport.create(collectionPath(configMaps, namespace), { metadata });
  const path = objectPath(configMaps, { namespace, name: 'held' });
  await transport.delete(path);
  const released = await transport.patch(path, { metadata: { finalizers: null } });
  cache.assume(released);
  await eventually(() => cache.get(`${namespace}/held`) === undefined);
  cache.assume(released);
  expect(cache.get(`${namespace}/held`)).toBeUndefined();
});

test.each([true, false])('D10: of Secrets only metadata is kept (list streamed: %s)', async (streamed) => {
  const { cluster, transport, namespace } = await given();
  const manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace },
    stringData: { k: 'hidden' },
  };
  // As kubectl applies it: the annotation that repeats the object has the value too.
  await cluster.apply(JSON.stringify(manifest));
  const { transport: spy } = spied(transport, (call) => {
    if (call === 'watch list' && !streamed) throw new ApiError('off', { status: 422, reason: 'Invalid' });
  });
  const { cache, reflector } = reflect({ transport: spy, resource: secrets, namespace, metadataOnly: true });
  await reflector.synced;
  await transport.patch(objectPath(secrets, { namespace, name: 's' }), { metadata: { labels: { changed: 'yes' } } });
  const kept = await eventually(() => cache.list().find(({ metadata }) => metadata.labels?.['changed'] === 'yes'));
  expect(JSON.stringify(kept)).not.toMatch(/hidden|aGlkZGVu/);
  expect(kept).not.toHaveProperty('data');
});

test('L8: a resource that is not served yet is waited for', async () => {
  const { transport } = await given();
  const resource = { group: 'nobody.example', version: 'v1', plural: 'things', namespaced: true };
  const { reflector, errors } = reflect({ transport, resource });
  await eventually(() => errors.length >= 2);
  expect(errors[0]).toMatchObject({ status: 404, reason: 'NoSuchResource' });
  expect(reflector.hasSynced).toBe(false);
});

test('L11: a stopped reflector is silent', async () => {
  const { transport, create, selection, namespace } = await given(1);
  const { cache, reflector, changes } = reflect({ transport, ...selection });
  await reflector.synced;
  await reflector.stop();
  const told = changes.length;
  await create('late');
  expect(cache.get(`${namespace}/late`)).toBeUndefined();
  expect(changes).toHaveLength(told);
});
