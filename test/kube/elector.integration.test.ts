/**
 * The Lease as a real API server keeps it.
 *
 * @module
 */

import { expect, onTestFinished, test } from 'vitest';
import { Cache } from '../../src/kube/cache.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { Elector } from '../../src/kube/elector.ts';
import { defaultLeaseTimes, type Lease, leases } from '../../src/kube/lease.ts';
import { objectPath } from '../../src/kube/path.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { sharedCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { transportTo } from './real.ts';

const cluster = sharedCluster();

/** An elector that stands for election, with its own watch; stopped after the test. */
async function candidate(lease: { namespace: string; name: string }, identity: string) {
  const transport = await transportTo(cluster.access);
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const cache = new Cache<Lease>({ freeze: true, onError });
  const common = { transport, cache, clock: systemClock, onError };
  const selection = { namespace: lease.namespace, fieldSelector: `metadata.name=${lease.name}` };
  const reflector = new Reflector({ ...common, ...selection, resource: leases, random: Math.random });
  const elector = new Elector({ ...common, lease, identity, times: defaultLeaseTimes, wallClock: Date.now });
  onTestFinished(async () => {
    await elector.stop({ release: false });
    await reflector.stop();
  });
  reflector.start();
  await reflector.synced;
  elector.start();
  return { elector, errors, cache, read: () => transport.get<Lease>(objectPath(leases, lease)) };
}

test('E1, E6: a Lease is made, kept, released, and taken over as soon as the watch tells it', async () => {
  const lease = { namespace: await cluster.testNamespace(), name: 'leader' };
  const first = await candidate(lease, 'first');
  await first.elector.elected;
  const made = await first.read();
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  const times = { acquireTime: time, renewTime: time };
  expect(made?.spec).toEqual({ holderIdentity: 'first', leaseDurationSeconds: 15, leaseTransitions: 0, ...times });
  const second = await candidate(lease, 'second');
  expect(second.elector.isLeading).toBe(false);
  await first.elector.stop({ release: true });
  const released = performance.now();
  await second.elector.elected;
  expect(performance.now() - released).toBeLessThan(500);
  expect((await second.read())?.spec).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
  expect([...first.errors, ...second.errors]).toEqual([]);
});

test('E4: a leader that sees another in its Lease leads no more, and leaves it alone', async () => {
  const lease = { namespace: await cluster.testNamespace(), name: 'leader' };
  const { elector, read } = await candidate(lease, 'me');
  await elector.elected;
  const spec = { holderIdentity: 'you', renewTime: '2026-01-01T00:00:00.000000Z' };
  await cluster.request('PATCH', objectPath(leases, lease), { spec }, 'application/merge-patch+json');
  await eventually(() => elector.lost.aborted);
  expect(elector.isLeading).toBe(false);
  expect((await read())?.spec).toMatchObject(spec);
});

test('a watch of one Lease tells of no other', async () => {
  const namespace = await cluster.testNamespace();
  const { elector, cache } = await candidate({ namespace, name: 'ours' }, 'me');
  const other = await candidate({ namespace, name: 'theirs' }, 'you');
  await Promise.all([elector.elected, other.elector.elected]);
  expect(cache.list().map(({ metadata }) => metadata.name)).toEqual(['ours']);
});
