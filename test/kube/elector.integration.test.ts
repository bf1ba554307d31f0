/**
 * The Lease as a real API server keeps it.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { leases } from '../../src/kube/lease.ts';
import { objectPath } from '../../src/kube/path.ts';
import { sharedCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { candidate } from './candidate.ts';

const cluster = sharedCluster();

test('E1, E6: a Lease is made, kept, released, and taken over as soon as the watch tells it', async () => {
  const lease = { namespace: await cluster.testNamespace(), name: 'leader' };
  const first = await candidate(cluster.access, lease, 'first');
  await first.elector.elected;
  const made = await first.read();
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  const times = { acquireTime: time, renewTime: time };
  expect(made?.spec).toEqual({ holderIdentity: 'first', leaseDurationSeconds: 15, leaseTransitions: 0, ...times });
  const second = await candidate(cluster.access, lease, 'second');
  expect(second.elector.isLeading).toBe(false);
  await first.elector.stop({ release: true });
  const released = performance.now();
  await second.elector.elected;
  // Some milliseconds on a quiet machine; without the watch it would be the 15 seconds of the Lease.
  expect(performance.now() - released).toBeLessThan(10_000);
  expect((await second.read())?.spec).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
  expect([...first.errors, ...second.errors]).toEqual([]);
});

test('E4: a leader that sees another in its Lease leads no more, and leaves it alone', async () => {
  const lease = { namespace: await cluster.testNamespace(), name: 'leader' };
  const { elector, read } = await candidate(cluster.access, lease, 'me');
  await elector.elected;
  const spec = { holderIdentity: 'you', renewTime: '2026-01-01T00:00:00.000000Z' };
  await cluster.request('PATCH', objectPath(leases, lease), { spec }, 'application/merge-patch+json');
  await eventually(() => elector.lost.aborted);
  expect(elector.isLeading).toBe(false);
  expect((await read())?.spec).toMatchObject(spec);
});

test('a watch of one Lease tells of no other', async () => {
  const namespace = await cluster.testNamespace();
  const { elector, cache } = await candidate(cluster.access, { namespace, name: 'ours' }, 'me');
  const other = await candidate(cluster.access, { namespace, name: 'theirs' }, 'you');
  await Promise.all([elector.elected, other.elector.elected]);
  expect(cache.list().map(({ metadata }) => metadata.name)).toEqual(['ours']);
});
