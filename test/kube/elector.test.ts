/**
 * One elector and a Lease that the test writes: when it claims, renews, loses and releases.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { Elector } from '../../src/kube/elector.ts';
import { ApiError } from '../../src/kube/error.ts';
import { defaultLeaseTimes, type LeaseSpec } from '../../src/kube/lease.ts';
import { ManualClock } from './manual-clock.ts';
import { LeaseServer, lease, standFor, type Way } from './scripted-lease.ts';

const theirs: LeaseSpec = { holderIdentity: 'them', leaseDurationSeconds: 15, renewTime: '1', leaseTransitions: 1 };
const swift: Way = { there: 0, back: 0 };

/** An elector at a Lease that is as given. `ways`: of its calls, one by one; swift after the last. */
async function given(spec?: LeaseSpec, ways: readonly Way[] = []) {
  const clock = new ManualClock();
  const server = new LeaseServer(clock);
  if (spec) server.put(spec);
  const left = [...ways];
  const parts = standFor(server, { identity: 'me', clock, way: () => left.shift() ?? swift });
  await clock.pass(0);
  return { ...parts, clock, server, holder: () => server.lease?.spec?.holderIdentity };
}

test.each([
  { leaseDuration: 10, renewDeadline: 10, retryPeriod: 2 },
  { leaseDuration: 15, renewDeadline: 2, retryPeriod: 2 },
])('E1: impossible times are refused: %o', (times) => {
  const clock = new ManualClock();
  expect(() => standFor(new LeaseServer(clock), { identity: 'me', clock, times })).toThrow(RangeError);
});

describe('E2: a Lease is claimed', () => {
  test.each<readonly [string, LeaseSpec | undefined, number]>([
    ['that is not there: at once', undefined, 0],
    ['that nobody holds: at once', { ...theirs, holderIdentity: '' }, 0],
    ['that is empty: at once', {}, 0],
    ['that we held and do not know of: at once', { ...theirs, holderIdentity: 'me' }, 0],
    ['of another: when its own duration has passed since we saw it', theirs, 15_000],
    ['of another, however old it says to be', { ...theirs, renewTime: '1970-01-01T00:00:00.000000Z' }, 15_000],
    ['of another that counts for longer', { ...theirs, leaseDurationSeconds: 60 }, 60_000],
    ['of another that does not say for how long: after our own duration', { holderIdentity: 'them' }, 15_000],
  ])('%s', async (_, spec, after) => {
    const { elector, clock } = await given(spec);
    if (after > 0) {
      await clock.pass(after - 1);
      expect(elector.isLeading).toBe(false);
      await clock.pass(1);
    }
    expect(elector.isLeading).toBe(true);
    await elector.elected;
  });

  test('whose holder renews it: never', async () => {
    const { elector, clock, server, holder } = await given(theirs);
    for (let n = 2; n < 40; n++) {
      await clock.pass(14_999);
      server.put({ ...theirs, renewTime: `${n}` });
    }
    expect(elector.isLeading).toBe(false);
    expect(holder()).toBe('them');
  });

  test('no later because somebody labels it', async () => {
    const { elector, clock, server } = await given(theirs);
    await clock.pass(10_000);
    server.put(theirs);
    await clock.pass(5000);
    expect(elector.isLeading).toBe(true);
  });

  test('no sooner because somebody deleted it', async () => {
    const { elector, clock, server, cache } = await given(theirs);
    const gone = server.lease;
    server.lease = undefined;
    if (gone) cache.remove(gone);
    await clock.pass(14_999);
    expect(elector.isLeading).toBe(false);
    await clock.pass(1);
    expect(elector.isLeading).toBe(true);
  });

  test('at once where its holder releases it', async () => {
    const { elector, clock, server, holder } = await given(theirs);
    await clock.pass(3210);
    server.put({ ...theirs, holderIdentity: '', leaseDurationSeconds: 1 });
    await clock.pass(0);
    expect(elector.isLeading).toBe(true);
    expect(holder()).toBe('me');
  });

  test('by one alone of those who try', async () => {
    const clock = new ManualClock();
    const server = new LeaseServer(clock);
    const ids = ['a', 'b', 'c'];
    const electors = ids.map((identity) => standFor(server, { identity, clock }).elector);
    await clock.pass(60_000);
    expect(electors.filter(({ isLeading }) => isLeading)).toHaveLength(1);
  });
});

describe('E3: a leader', () => {
  test('renews every two seconds, with one write and no read', async () => {
    const { clock, server } = await given();
    await clock.pass(10_000);
    expect(server.writes.map(({ renewTime }) => Date.parse(renewTime ?? '') - 1_000_000)).toEqual([
      0, 2000, 4000, 6000, 8000, 10_000,
    ]);
    expect(server.writes.every(({ leaseTransitions }) => leaseTransitions === 0)).toBe(true);
  });

  test('whose renewal was done and not answered looks, and renews again', async () => {
    const { elector, clock, server, errors } = await given(undefined, [
      swift,
      { there: 0, back: 3300, lost: 'answer' },
    ]);
    await clock.pass(60_000);
    expect(elector.isLeading).toBe(true);
    expect(errors).toHaveLength(1);
    expect(new Set(server.writes.map(({ holderIdentity }) => holderIdentity))).toEqual(new Set(['me']));
  });
});

describe('E4: leadership is lost', () => {
  const silence = Array.from({ length: 9 }, (): Way => ({ there: 3300, back: 0, lost: 'request' }));

  test('ten seconds after the last good renewal was sent', async () => {
    const { elector, clock } = await given(undefined, [swift, { there: 500, back: 500 }, ...silence]);
    await clock.pass(11_999);
    expect(elector.isLeading).toBe(true);
    expect(elector.lost.aborted).toBe(false);
    await clock.pass(1);
    expect(elector.isLeading).toBe(false);
    expect(elector.lost.reason).toMatchObject({ name: 'LostLeadershipError' });
  });

  test('for good: nothing is written any more', async () => {
    const { elector, clock, server } = await given(undefined, [swift, ...silence]);
    await clock.pass(10_000);
    const { length } = server.writes;
    await clock.pass(60_000);
    await elector.stop({ release: true });
    expect(server.writes).toHaveLength(length);
    expect(elector.isLeading).toBe(false);
  });

  test('at once where another is seen to hold the Lease', async () => {
    const { elector, clock, server } = await given();
    await clock.pass(1000);
    server.put(theirs);
    await clock.pass(0);
    expect(elector.lost.aborted).toBe(true);
  });

  test('not where the Lease is deleted: it is made again', async () => {
    const { elector, clock, server, cache, holder } = await given();
    const gone = server.lease;
    server.lease = undefined;
    if (gone) cache.remove(gone);
    await clock.pass(60_000);
    expect(elector.isLeading).toBe(true);
    expect(holder()).toBe('me');
  });

  test('M2: a leader that has not noticed twenty seconds after its Lease is not well', async () => {
    const { elector, clock } = await given(undefined, [swift, ...silence]);
    await clock.pass(35_000);
    expect(elector.isHealthy).toBe(true);
    await clock.pass(1);
    expect(elector.isHealthy).toBe(false);
  });

  test('M2: a standby is well', async () => {
    const { elector, clock, server } = await given(theirs);
    for (let n = 2; n < 9; n++) {
      await clock.pass(14_000);
      server.put({ ...theirs, renewTime: `${n}` });
    }
    expect(elector.isHealthy).toBe(true);
  });
});

describe('E5: the fence', () => {
  test('refuses before the election, and tells why', async () => {
    const { elector } = await given(theirs);
    expect(elector.check).toThrow(ApiError);
    expect(elector.check).toThrow(expect.objectContaining({ reason: 'NotLeading' }));
  });

  test('is open for a leader', async () => {
    const { elector } = await given();
    expect(elector.check).not.toThrow();
  });

  test('refuses a process that was held up, before any timer tells it', async () => {
    const clock = new ManualClock();
    let heldUp = 0;
    const stopped = { now: () => clock.now() + heldUp, after: clock.after.bind(clock) };
    const { elector } = standFor(new LeaseServer(clock), { identity: 'me', clock: stopped });
    await clock.pass(0);
    heldUp = 9999;
    expect(elector.isLeading).toBe(true);
    heldUp = 10_000;
    expect(elector.check).toThrow(ApiError);
    expect(elector.lost.aborted).toBe(false);
    await clock.pass(2000);
    expect(elector.lost.aborted).toBe(true);
  });
});

describe('E6: a stop', () => {
  test('releases the Lease as client-go does', async () => {
    const { elector, server, clock } = await given();
    await elector.stop({ release: true });
    await clock.pass(0);
    expect(server.lease?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 0 });
    expect(elector.isLeading).toBe(false);
    expect(elector.lost.aborted).toBe(false);
    expect(clock.alarms).toBe(0);
  });

  test('leaves the Lease where work goes on', async () => {
    const { elector, holder, clock } = await given();
    await elector.stop({ release: false });
    expect(holder()).toBe('me');
    expect(elector.isLeading).toBe(false);
    expect(clock.alarms).toBe(0);
  });

  test('of a standby leaves the Lease to its holder', async () => {
    const { elector, holder, clock } = await given(theirs);
    await elector.stop({ release: true });
    await clock.pass(60_000);
    expect(holder()).toBe('them');
  });

  test('releases what was won while it stopped', async () => {
    const { elector, holder, clock } = await given(undefined, [{ there: 100, back: 100 }]);
    const stopped = elector.stop({ release: true });
    await clock.pass(200);
    await stopped;
    expect(holder()).toBe('');
  });

  test('takes nothing from a successor', async () => {
    const { elector, server, cache, holder } = await given();
    // Our watch is behind: it does not tell us.
    const known = server.lease;
    server.lease = known && { ...known, metadata: { ...known.metadata, resourceVersion: '99' }, spec: theirs };
    await elector.stop({ release: true });
    expect(holder()).toBe('them');
    expect(cache.get(`${lease.namespace}/${lease.name}`)?.spec).toEqual(theirs);
  });
});

test('an elector that never stood for election does not lead', () => {
  const clock = new ManualClock();
  const server = new LeaseServer(clock);
  const options = { transport: server.transport(), cache: server.watch(), lease, identity: 'me', clock };
  const elector = new Elector({ ...options, times: defaultLeaseTimes, wallClock: () => 0, onError: () => undefined });
  expect(elector.isLeading).toBe(false);
});
