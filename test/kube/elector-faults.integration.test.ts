/** Two electors on a real Lease, one of them behind the fault proxy. */

import { expect, test } from 'vitest';
import { type LeaseTimes, leases } from '../../src/kube/lease.ts';
import { objectPath } from '../../src/kube/path.ts';
import { cut, lostResponse, noAnswer } from '../faultproxy/faults.ts';
import { sharedCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { faultProxy } from '../support/fault-proxy.ts';
import { candidate } from './candidate.ts';

/** Seconds. */
const swift = { leaseDuration: 4, renewDeadline: 3, retryPeriod: 1 };
/** So long that only what the test does could end a leadership. */
const patient = { leaseDuration: 40, renewDeadline: 30, retryPeriod: 1 };
const always = Number.POSITIVE_INFINITY;

async function given(times: LeaseTimes) {
  const cluster = sharedCluster();
  const proxy = await faultProxy(cluster);
  const lease = { namespace: await cluster.testNamespace(), name: 'leader' };
  const leader = await candidate(proxy, lease, 'leader', times);
  await leader.elector.elected;
  return {
    proxy,
    leader,
    rival: () => candidate(cluster.access, lease, 'rival', times),
    path: objectPath(leases, lease),
  };
}

test('E2, E4: a leader that is cut off from the server has ended before another begins', async () => {
  const { proxy, leader, rival } = await given(swift);
  const { elector } = await rival();
  proxy.plant(noAnswer, { times: always });
  for (const exchange of proxy.open()) exchange.silence();
  let endedBefore: boolean | undefined;
  void elector.elected.then(() => (endedBefore = leader.elector.lost.aborted && !leader.elector.isLeading));
  await elector.elected;
  await eventually(() => endedBefore !== undefined);
  expect(endedBefore).toBe(true);
  expect(() => leader.elector.check()).toThrow('this process does not lead');
});

test.each([
  ['request', cut],
  ['response', lostResponse],
])('E3, E4: a renewal whose %s is lost ends no leadership', async (_, fault) => {
  const { proxy, leader, path } = await given(patient);
  const renewals = () => proxy.calls.filter(({ method }) => method === 'PATCH').length;
  const planted = proxy.plant(fault, { method: 'PATCH', path });
  await eventually(() => renewals() >= 3);
  expect([planted.fired, leader.elector.isLeading, leader.errors.length > 0]).toEqual([1, true, true]);
  expect((await leader.read())?.spec).toMatchObject({ holderIdentity: 'leader', leaseTransitions: 0 });
});
