/**
 * OAuthRegistries and the labels of namespaces, as the port reads and writes them on a real API server.
 *
 * @module
 */

import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Cluster as Port } from '../../src/cluster/cluster.ts';
import { writtenSpec } from '../support/builders.ts';
import { eventually } from '../support/eventually.ts';
import { type Given, openGiven } from './real.ts';

let given: Given;
let port: Port;

beforeAll(async () => {
  given = await openGiven();
  ({ port } = given);
});

describe('an OAuthRegistry', () => {
  const path = '/apis/ramify.dev/v1alpha1/oauthregistries';

  test('is read from the cache, and its status is written whole', async () => {
    const { cluster, namespace } = given;
    const spec = { type: 'Store', store: { issuerURL: 'https://login.example' } };
    const manifest = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata: { name: namespace }, spec };
    onTestFinished(async () => void (await cluster.request('DELETE', `${path}/${namespace}`)));
    expect((await cluster.request('POST', path, manifest)).status).toBe(201);
    const read = () => port.registry(namespace);
    const registry = await eventually(read);
    expect(registry).toMatchObject({ isGoing: false, generation: 1, spec });

    await port.writeRegistryStatus(registry, { observedGeneration: 1, accountID: '1', applicationCount: 3 });
    const written = await eventually(read);
    expect(written.status).toEqual({ observedGeneration: 1, accountID: '1', applicationCount: 3 });
    await port.writeRegistryStatus(written, { observedGeneration: 1, accountID: '1' });
    expect(read()?.status).toEqual({ observedGeneration: 1, accountID: '1' });
    const stale = port.writeRegistryStatus(registry, { observedGeneration: 1 });
    await expect(stale).rejects.toMatchObject({ code: 'conflict' });
  });

  test('is held and released, finalizers of others left alone', async () => {
    const { cluster, namespace } = given;
    const name = `${namespace}-held`;
    const metadata = { name, finalizers: ['example.com/theirs'] };
    const manifest = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata, spec: { type: 'Store' } };
    const theirs = { metadata: { finalizers: null } };
    expect((await cluster.request('POST', path, manifest)).status).toBe(201);
    const read = () => port.registry(name);
    const registry = await eventually(read);
    expect(registry.isHeld).toBe(false);

    await port.holdRegistry(registry);
    const held = await eventually(() => [read()].find((found) => found?.isHeld));
    expect(held.finalizers).toEqual(['example.com/theirs', 'ramify.dev/registry']);
    await expect(port.releaseRegistry(registry)).rejects.toMatchObject({ code: 'conflict' });
    await cluster.request('DELETE', `${path}/${name}`);
    const going = await eventually(() => [read()].find((found) => found?.isGoing));
    await port.releaseRegistry(going);
    await eventually(() => read()?.finalizers.length === 1);
    await cluster.request('PATCH', `${path}/${name}`, theirs, 'application/merge-patch+json');
    await eventually(() => read() === undefined);
    await port.releaseRegistry(going);
  });
});

describe('a namespace', () => {
  test('has its labels, from the cache or live; one that is not there has none', async () => {
    const { cluster, namespace, caches } = given;
    const labels = { 'kubernetes.io/metadata.name': namespace };
    expect(await port.readNamespaceLabels(namespace)).toEqual(labels);
    await cluster.kubectl('label', 'namespace', namespace, 'tier=gold');
    await eventually(() => port.namespaceLabels(namespace)?.['tier'] === 'gold');
    expect(caches.namespaces.get(namespace)?.spec).toBeUndefined();
    expect(port.namespaceLabels('no-such-namespace')).toBeUndefined();
    expect(await port.readNamespaceLabels('no-such-namespace')).toBeUndefined();
    const young = await cluster.testNamespace();
    expect(await port.readNamespaceLabels(young)).toEqual({ 'kubernetes.io/metadata.name': young });
  });

  test('knows who names the same registry, and who asks for the same name', async () => {
    const shop = await given.application('shop-1', {}, writtenSpec({ applicationName: 'till' }));
    const till = await given.application('shop-2', {}, writtenSpec({ applicationName: 'TILL' }));
    const elsewhere = await given.application('shop-3', {}, writtenSpec({ registryRef: { name: 'eu' } }));
    const names = (found: readonly { readonly name: string }[]) => found.map(({ name }) => name);
    expect(names(port.neighbours(shop))).toContain('shop-2');
    expect(names(port.neighbours(shop))).not.toContain('shop-3');
    expect(names(port.neighbours(shop))).not.toContain('shop-1');
    expect(names(port.namesakes(shop))).toEqual(['shop-2']);
    expect(names(port.namesakes(till))).toEqual(['shop-1']);
    expect(port.namesakes(elsewhere)).toEqual([]);
    expect(names(port.resources())).toEqual(expect.arrayContaining(['shop-1', 'shop-2', 'shop-3']));
  });
});
