/** Two electors on a real Lease, one of them behind the fault proxy. */

import { expect, onTestFinished, test } from 'vitest';
import { Cache } from '../../src/kube/cache.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { Elector } from '../../src/kube/elector.ts';
import { type Lease, type LeaseTimes, leases } from '../../src/kube/lease.ts';
import { objectPath } from '../../src/kube/path.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { cut, lostResponse, noAnswer } from '../faultproxy/faults.ts';
import { sharedCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { faultProxy } from '../support/fault-proxy.ts';
import { transportTo } from './real.ts';

/** Seconds. */
const swift = { leaseDuration: 4, renewDeadline: 3, retryPeriod: 1 };
/** So long that only what the test does could end a leadership. */
const patient = { leaseDuration: 40, renewDeadline: 30, retryPeriod: 1 };
const always = Number.POSITIVE_INFINITY;

type Access = Parameters<typeof transportTo>[0];

/** An elector that stands for election, with its own watch; stopped after the test. */
async function candidate(
  access: Access,
  lease: { namespace: string; name: string },
  identity: string,
  times: LeaseTimes,
) {
  const transport = await transportTo(access, { deadline: 2000, silence: 5000 });
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const cache = new Cache<Lease>({ freeze: true, onError });
  const common = { transport, cache, clock: systemClock, onError };
  const selection = { namespace: lease.namespace, fieldSelector: `metadata.name=${lease.name}` };
  const reflector = new Reflector({ ...common, ...selection, resource: leases, random: Math.random });
  const elector = new Elector({ ...common, lease, identity, times, wallClock: Date.now });
  onTestFinished(async () => {
    await elector.stop({ release: false });
    await reflector.stop();
  });
  reflector.start();
  await reflector.synced;
  elector.start();
  return { elector, errors, transport };
}

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
  await eventually(() => renewals() >= 3, 30_000);
  expect([planted.fired, leader.elector.isLeading, leader.errors.length > 0]).toEqual([1, true, true]);
  const { spec } = (await leader.transport.get<Lease>(path)) ?? {};
  expect(spec).toMatchObject({ holderIdentity: 'leader', leaseTransitions: 0 });
});
