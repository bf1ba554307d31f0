/** The transport against the real API server. */

import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/kube/kube.ts';
import { collectionPath, objectPath } from '../../src/kube/path.ts';
import { sharedCluster } from '../support/cluster.ts';
import { configMaps, secrets, transportTo } from './real.ts';

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

async function given() {
  const cluster = sharedCluster();
  const transport = await transportTo(cluster.access);
  const namespace = await cluster.testNamespace();
  const path = objectPath(configMaps, { namespace, name: 'one' });
  const create = (data: Record<string, string> = {}) =>
    transport.create<ConfigMap>(collectionPath(configMaps, namespace), { metadata: { name: 'one' }, data });
  return { cluster, transport, namespace, path, create };
}

describe('reads', () => {
  test('an object that is not there is undefined, not an error', async () => {
    const { transport, path } = await given();
    expect(await transport.get(path)).toBeUndefined();
  });

  test('a resource that the server does not have is an error, not an absent object', async () => {
    const { transport } = await given();
    const path = objectPath(
      { group: 'nobody.example', version: 'v1', plural: 'things', namespaced: false },
      { name: 'x' },
    );
    await expect(transport.get(path)).rejects.toMatchObject({ status: 404, reason: 'NoSuchResource' });
  });

  test('D10: the metadata form of a Secret carries no data, one by one and in pages', async () => {
    const { transport, namespace } = await given();
    await transport.create(collectionPath(secrets, namespace), {
      metadata: { name: 's' },
      stringData: { k: 'hidden' },
    });
    const one = await transport.get(objectPath(secrets, { namespace, name: 's' }), { metadataOnly: true });
    const page = await transport.page(collectionPath(secrets, namespace), { metadataOnly: true });
    expect(one?.metadata.name).toBe('s');
    expect(page.items.map(({ metadata }) => metadata.name)).toContain('s');
    for (const object of [one, ...page.items]) expect(object).not.toHaveProperty('data');
  });

  test('L12: items of a list say what they are', async () => {
    const { transport, namespace, create } = await given();
    await create();
    const { items } = await transport.page(collectionPath(configMaps, namespace));
    for (const item of items) expect(item).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
  });
});

describe('writes', () => {
  test('a create of what exists is AlreadyExists', async () => {
    const { create } = await given();
    await create();
    await expect(create()).rejects.toMatchObject({ status: 409, reason: 'AlreadyExists' });
  });

  test('a field that the server does not know is refused', async () => {
    const { transport, namespace } = await given();
    const create = transport.create(collectionPath(configMaps, namespace), { metadata: { name: 'x' }, spek: 1 });
    await expect(create).rejects.toMatchObject({ status: 400, reason: 'BadRequest' });
  });

  test('what is only tried is checked and answered, and changes nothing', async () => {
    const { transport, namespace, path, create } = await given();
    const dryRun = { dryRun: true };
    const object = { metadata: { name: 'one' }, data: { k: '1' } };
    const tried = await transport.create<ConfigMap>(collectionPath(configMaps, namespace), object, dryRun);
    expect(tried.data).toEqual({ k: '1' });
    expect(await transport.get(path)).toBeUndefined();
    await create({ k: '1' });
    expect((await transport.patch<ConfigMap>(path, { data: { k: '2' } }, dryRun)).data).toEqual({ k: '2' });
    expect((await transport.get<ConfigMap>(path))?.data).toEqual({ k: '1' });
    const taken = transport.create(collectionPath(configMaps, namespace), object, dryRun);
    await expect(taken).rejects.toMatchObject({ status: 409, reason: 'AlreadyExists' });
  });

  test('a write records its field manager', async () => {
    const { cluster, path, create } = await given();
    await create({ k: 'v' });
    const { body } = await cluster.request<{ metadata: { managedFields: { manager: string }[] } }>('GET', path);
    expect(body.metadata.managedFields.map(({ manager }) => manager)).toEqual(['kube-test']);
  });

  test('a merge patch changes what it names and removes what is null', async () => {
    const { transport, path, create } = await given();
    await create({ kept: '1', gone: '2' });
    const patched = await transport.patch<ConfigMap>(path, { data: { gone: null, added: '3' } });
    expect(patched.data).toEqual({ kept: '1', added: '3' });
  });

  test('a patch with a stale resource version is a Conflict and changes nothing', async () => {
    const { transport, path, create } = await given();
    const { metadata } = await create({ k: '1' });
    await transport.patch(path, { data: { k: '2' } });
    const { uid, resourceVersion } = metadata;
    const stale = transport.patch(path, { metadata: { uid, resourceVersion }, data: { k: '3' } });
    await expect(stale).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
    expect((await transport.get<ConfigMap>(path))?.data).toEqual({ k: '2' });
  });

  test('a patch with uid and resource version of a predecessor is a Conflict, with the uid alone Invalid', async () => {
    const { transport, path, create } = await given();
    const { uid, resourceVersion } = (await create()).metadata;
    await transport.delete(path);
    await create();
    const stale = transport.patch(path, { metadata: { uid, resourceVersion }, data: { k: '3' } });
    await expect(stale).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
    const older = transport.patch(path, { metadata: { uid }, data: { k: '3' } });
    await expect(older).rejects.toMatchObject({ status: 422, reason: 'Invalid' });
    expect((await transport.get<ConfigMap>(path))?.data).toBeUndefined();
  });

  test('a patch of what is not there is NotFound and creates nothing', async () => {
    const { transport, path } = await given();
    await expect(transport.patch(path, { data: {} })).rejects.toMatchObject({ status: 404, reason: 'NotFound' });
    expect(await transport.get(path)).toBeUndefined();
  });

  test.each(['uid', 'resourceVersion'] as const)('a delete with another %s is a Conflict', async (field) => {
    const { transport, path, create } = await given();
    await create();
    await expect(transport.delete(path, { [field]: '1' })).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
    expect(await transport.get(path)).toBeDefined();
  });

  test('a delete of what is gone is no error', async () => {
    const { transport, path, create } = await given();
    const { metadata } = await create();
    await transport.delete(path, { uid: metadata.uid, resourceVersion: metadata.resourceVersion });
    await transport.delete(path);
    expect(await transport.get(path)).toBeUndefined();
  });
});
