/**
 * A reflector behind the fault proxy, and a way around it.
 *
 * @module
 */

import { collectionPath, objectPath } from '../../src/kube/path.ts';
import type { FaultProxy } from '../faultproxy/proxy.ts';
import { sharedCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { faultProxy } from '../support/fault-proxy.ts';
import { configMaps, patience, reflect, transportTo } from './real.ts';

/** Milliseconds without a byte after which a watch is given up. */
const silence = 1000;
export const always = Number.POSITIVE_INFINITY;

/** Some objects and a way around the proxy to change them. */
export async function given(count = 2) {
  const cluster = sharedCluster();
  const namespace = await cluster.testNamespace();
  const proxy = await faultProxy(cluster);
  const direct = await transportTo(cluster.access);
  const path = collectionPath(configMaps, namespace);
  const create = (name: string) => direct.create(path, { metadata: { name, labels: { test: 'mine' } } });
  const all = Array.from({ length: count }, (_, n) => `c${n}`);
  while (all.length > 0) await Promise.all(all.splice(0, 20).map(create));
  const transport = await transportTo(proxy, { silence });
  const start = () => reflect({ transport, resource: configMaps, namespace, labelSelector: 'test=mine' });
  const remove = (name: string) => direct.delete(objectPath(configMaps, { namespace, name }));
  return { proxy, transport, create, remove, start };
}

/** A reflector that has its first list; `arrival` waits for a new object that it is told of. */
export async function following(count?: number) {
  const { start, create, ...rest } = await given(count);
  const reflection = start();
  await reflection.reflector.synced;
  const arrival = async (name = 'later') => {
    await create(name);
    return seen(name);
  };
  const seen = (name: string) =>
    eventually(
      () => reflection.changes.some(({ key, object }) => object !== undefined && key.endsWith(`/${name}`)),
      patience,
    );
  return { ...rest, ...reflection, create, arrival, seen };
}

/** What was asked for, in order: a list within a watch, a page, or a watch from a version. */
export function asked({ calls }: FaultProxy): string[] {
  return calls.map(({ query, isWatch }) => {
    if (!isWatch) return query.has('continue') ? 'next page' : 'page';
    return query.has('resourceVersion') ? 'watch' : 'watch list';
  });
}

export function names(changes: readonly { key: string; object?: unknown }[]): string[] {
  return changes.map(({ key, object }) => `${object === undefined ? '-' : '+'}${key.split('/')[1]}`);
}

/** The one watch that is being answered. */
export function watch(proxy: FaultProxy) {
  const [open, ...more] = proxy.open({ isWatch: true });
  if (open === undefined || more.length > 0) throw new Error('there is not one open watch');
  return open;
}
