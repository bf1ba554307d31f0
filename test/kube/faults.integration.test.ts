/** Calls and their faults, between the transport and the real API server. */

import { expect, test } from 'vitest';
import { collectionPath, objectPath } from '../../src/kube/path.ts';
import { cut, type Fault, garbage, late, lostResponse, noAnswer, refusal, truncated } from '../faultproxy/faults.ts';
import { sharedCluster } from '../support/cluster.ts';
import { faultProxy } from '../support/fault-proxy.ts';
import { configMaps, transportTo } from './real.ts';

/** A namespace, a way around the proxy and one through it. */
async function given() {
  const cluster = sharedCluster();
  const namespace = await cluster.testNamespace();
  const proxy = await faultProxy(cluster);
  const direct = await transportTo(cluster.access);
  const transport = await transportTo(proxy);
  const path = collectionPath(configMaps, namespace);
  const isThere = async (name: string) => (await direct.get(objectPath(configMaps, { namespace, name }))) !== undefined;
  return { proxy, direct, transport, path, isThere };
}

test.each<[string, Fault, boolean, object]>([
  ['a lost request', cut, false, { status: 0, reason: 'Unreachable' }],
  ['a lost response', lostResponse, true, { status: 0, reason: 'Unreachable' }],
  ['half a response', truncated(100), true, { status: 0, reason: 'Unreachable' }],
  ['a response that cannot be read', garbage, true, { status: 0, reason: 'Unreadable' }],
  ['a refusal', refusal(503, 'ServiceUnavailable', 7), false, { status: 503, retryAfterSeconds: 7 }],
])('a write with %s is sent once, and fails as what it is', async (_, fault, takesEffect, error) => {
  const { proxy, transport, path, isThere } = await given();
  const planted = proxy.plant(fault, { method: 'POST' });
  await expect(transport.create(path, { metadata: { name: 'c' } })).rejects.toMatchObject(error);
  expect([planted.fired, proxy.calls.length]).toEqual([1, 1]);
  expect(await isThere('c')).toBe(takesEffect);
});

test('a write that is not answered ends at its deadline', async () => {
  const { proxy, path } = await given();
  const hasty = await transportTo(proxy, { deadline: 300 });
  proxy.plant(noAnswer);
  await expect(hasty.create(path, { metadata: { name: 'c' } })).rejects.toMatchObject({ status: 0, reason: 'Timeout' });
});

test.each<[string, Fault]>([
  ['a lost request', cut],
  ['a lost response', lostResponse],
  ['half a response', truncated(100)],
  ['a busy server', refusal(429, 'TooManyRequests', 1)],
])('a read with %s is sent again', async (_, fault) => {
  const { proxy, direct, transport, path } = await given();
  await direct.create(path, { metadata: { name: 'c' } });
  const planted = proxy.plant(fault, { method: 'GET' });
  expect(await transport.get(`${path}/c`)).toMatchObject({ metadata: { name: 'c' } });
  expect([planted.fired, proxy.calls.length]).toEqual([1, 2]);
});

test('a call that comes late is one call', async () => {
  const { proxy, transport, path } = await given();
  const arrival = Promise.withResolvers<void>();
  proxy.plant(late(arrival.promise));
  const creation = transport.create(path, { metadata: { name: 'c' } });
  await transport.get(`${path}/other`);
  arrival.resolve();
  expect(await creation).toMatchObject({ metadata: { name: 'c' } });
  expect(proxy.calls).toHaveLength(2);
});

test('L8: a token that is refused is refreshed once, for a write too', async () => {
  const { proxy, transport, path, isThere } = await given();
  proxy.plant(refusal(401, 'Unauthorized'));
  await transport.create(path, { metadata: { name: 'c' } });
  expect([await isThere('c'), proxy.calls.length]).toEqual([true, 2]);
});
