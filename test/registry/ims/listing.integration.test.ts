/**
 * What lists of an account may say: 2,000 applications at rest cost one in each interval, and one that does not show our own
 * writes yet is neither drift nor absence.
 *
 * @module
 */

import { describe, expect, it } from 'vitest';
import { writtenSpec } from '../../support/builders.ts';
import { memoryCluster } from '../../support/memory-cluster.ts';
import { besideLooks, type Fault, openCloud, relay } from './cloud.ts';
import { openLoop, openTime } from './loop.ts';

const key = 'team-a/shop';

/** An account whose reads do not show a write for so many milliseconds, and a cluster with a registry for it. */
async function opened(consistencyDelay: number, resyncInterval: string) {
  const time = openTime();
  const cloud = await openCloud({ clock: time.clock, behaviour: { consistencyDelay } });
  const cluster = memoryCluster({ clock: time.clock });
  const alibabaCloud = { site: 'China', endpoint: cloud.endpoint, credentials: { environment: {} } };
  const rateLimit = { callsPerSecond: 1_000, burst: 1_000 };
  const spec = { type: 'AlibabaCloud', applicationNamePrefix: 'test', rateLimit, resyncInterval, alibabaCloud };
  cluster.outside.putRegistry({ name: 'default', spec });
  return { time, cloud, cluster };
}

it('2,000 applications at rest: one list for each interval, from the start on, and a look each four seconds', async () => {
  const { time, cloud, cluster } = await opened(0, '2m');
  const keys = Array.from({ length: 2_000 }, (_, n) => `team-a/app-${n}`);
  // They are registered without the API, of which each would list the account.
  const direct = openLoop({ cluster, time, open: async () => cloud.store });
  await direct.look();
  for (const each of keys) {
    cluster.outside.apply(each, writtenSpec());
    await direct.rest(each);
  }
  expect(await cloud.store.list()).toHaveLength(keys.length);

  const loop = openLoop({ cluster, time });
  cluster.writes.length = 0;
  for (let intervals = 0; intervals < 3; intervals++) {
    await loop.look();
    for (const each of keys) await loop.pass(each);
    const calls = cloud.calls().filter((action) => action !== 'GetCallerIdentity');
    expect(besideLooks(calls, 60)).toEqual(['ListApplications']);
    time.advance(120_000);
  }
  expect(cluster.writes.filter(({ call }) => call !== 'writeRegistryStatus')).toEqual([]);
});

/** A server that reads half a minute behind what is written, and a loop that lists it every ten seconds. */
async function lagging() {
  const made = await opened(30_000, '10s');
  const { time, cloud, cluster } = made;
  const loop = openLoop({ cluster, time });
  const ready = () => cluster.outside.resource(key)?.status.conditions?.find(({ type }) => type === 'Ready')?.reason;
  const apply = async (displayName: string) => {
    cluster.outside.apply(key, writtenSpec({ displayName }));
    await loop.pass(key);
    expect(ready()).toBe('Succeeded');
  };
  /** Two minutes: a list and a pass each ten seconds; nothing is said or written, and this is what is there. */
  const stays = async (displayName: string) => {
    const { length } = cluster.statuses;
    cloud.calls();
    for (let seconds = 0; seconds < 120; seconds += 10) {
      await loop.look();
      await loop.pass(key);
      time.advance(10_000);
    }
    expect(cluster.statuses.slice(length)).toEqual([]);
    const calls = cloud.calls();
    expect(calls.filter((action) => !/^(List|Get)/.test(action))).toEqual([]);
    expect(calls.filter((action) => action === 'ListApplications').length).toBeGreaterThanOrEqual(11);
    expect((await cloud.store.list()).map((each) => each.displayName)).toEqual([displayName]);
  };
  await loop.look();
  return { ...made, loop, ready, apply, stays };
}

describe('where reads show a write half a minute later', () => {
  it('what was created is not missing', async () => {
    const { apply, stays } = await lagging();
    await apply('Shop');
    await stays('Shop');
  });

  it('what was updated has not drifted', async () => {
    const { apply, stays } = await lagging();
    await apply('Shop');
    await stays('Shop');
    await apply('Edited');
    await stays('Edited');
  });

  it('what is deleted and applied anew waits for reads to show the deletion, and is then made', async () => {
    const { cloud, cluster, time, loop, apply, ready, stays } = await lagging();
    await apply('Shop');
    await stays('Shop');
    cluster.outside.delete(key);
    await loop.pass(key);
    expect(cluster.outside.resource(key)).toBeUndefined();
    cluster.outside.apply(key, writtenSpec({ displayName: 'Anew' }));
    expect(await loop.pass(key)).toEqual({ kind: 'after', seconds: 10 });
    expect(ready()).toBe('NameConflict');
    for (let seconds = 0; seconds < 40; seconds += 10) {
      time.advance(10_000);
      await loop.pass(key);
    }
    expect(ready()).toBe('Succeeded');
    expect((await cloud.store.list()).map(({ displayName }) => displayName)).toEqual(['Anew']);
  });

  it.each([
    { what: 'a creation', action: 'CreateApplication', earlier: [], now: 'Shop' },
    { what: 'an update', action: 'UpdateApplication', earlier: ['Shop'], now: 'Edited' },
  ])('a list that was begun before $what, and ends after it, says nothing of it', async ({ action, earlier, now }) => {
    const { cloud, time, loop, apply, stays } = await lagging();
    for (const displayName of earlier) {
      await apply(displayName);
      await stays(displayName);
    }
    const [read, written] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow: Fault = async (request, response, serve) => {
      const { status, headers, body } = await serve(request);
      read.resolve();
      await written.promise;
      response.writeHead(status, headers).end(body);
    };
    let look: ReturnType<typeof loop.look> | undefined;
    const afterTheList: Fault = async (...exchange) => {
      cloud.plant(slow, ['ListApplications']);
      look = loop.look();
      await read.promise;
      cloud.lift();
      await relay(...exchange);
    };
    time.advance(10_000);
    cloud.plant(afterTheList, [action]);
    await apply(now);
    written.resolve();
    expect(await look, 'nobody is woken').toEqual([]);
    await stays(now);
  });
});
