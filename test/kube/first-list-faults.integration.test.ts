/** How a reflector fills its cache and how it ends, with the fault proxy between it and the real API server. */

import { describe, expect, test } from 'vitest';
import { garbage, late, noAnswer, refusal, truncated } from '../faultproxy/faults.ts';
import type { FaultProxy } from '../faultproxy/proxy.ts';
import { eventually } from '../support/eventually.ts';
import { always, asked, following, given, names, watch } from './behind-proxy.ts';

describe('L1: the first list', () => {
  test('that is cut before its end is begun anew, and nothing of it is told', async () => {
    const { proxy, start } = await given();
    // One of the two objects is whole by then.
    const planted = proxy.plant(truncated(700), { isWatch: true, times: 2 });
    const { reflector, changes, errors } = start();
    await reflector.synced;
    expect([names(changes), planted.fired, errors.length]).toEqual([['+c0', '+c1'], 2, 2]);
    expect(asked(proxy)).toEqual(['watch list', 'watch list', 'watch list']);
  });

  test('that is slow is waited for, and nothing is told before its end', async () => {
    const { proxy, start } = await given();
    const arrival = Promise.withResolvers<void>();
    proxy.plant(late(arrival.promise), { isWatch: true });
    const { reflector, changes, errors } = start();
    await eventually(() => proxy.calls.length === 1);
    expect([reflector.hasSynced, changes]).toEqual([false, []]);
    arrival.resolve();
    await reflector.synced;
    expect([names(changes), errors]).toEqual([['+c0', '+c1'], []]);
  });
});

describe('L2: pages', () => {
  const unsupported = refusal(400, 'BadRequest');

  test('are listed where the server refuses to stream', async () => {
    const { proxy, start, create } = await given();
    proxy.plant(unsupported, { isWatch: true });
    const { reflector, cache } = start();
    await reflector.synced;
    await create('later');
    await eventually(() => cache.size === 3);
    expect(asked(proxy)).toEqual(['watch list', 'page', 'watch']);
  });

  test.each([
    ['half of one', truncated(700)],
    ['one that cannot be read', garbage],
    ['a server that is busy', refusal(429, 'TooManyRequests', 1)],
    ['a server that starts', refusal(503, 'ServiceUnavailable', 2)],
  ])('%s: the list comes in the end, once', async (_, fault) => {
    const { proxy, start } = await given();
    proxy.plant(unsupported, { isWatch: true });
    proxy.plant(fault, { isWatch: false });
    const { reflector, changes } = start();
    await reflector.synced;
    expect(names(changes)).toEqual(['+c0', '+c1']);
  });

  test('one that expires while they are turned restarts the list', async () => {
    const { proxy, start } = await given(501);
    proxy.plant(unsupported, { isWatch: true });
    proxy.plant(refusal(410, 'Expired'), { isWatch: false, nth: 2 });
    const { reflector, changes, errors } = start();
    await reflector.synced;
    expect(changes).toHaveLength(501);
    expect(asked(proxy).slice(0, 5)).toEqual(['watch list', 'page', 'next page', 'page', 'next page']);
    expect(errors.at(-1)).toMatchObject({ status: 410 });
  });
});

describe('L8: what is refused', () => {
  test('a token: it is refreshed at once, and nothing is told', async () => {
    const { proxy, errors, arrival } = await following();
    proxy.plant(refusal(401, 'Unauthorized'), { isWatch: true });
    watch(proxy).end();
    await arrival();
    expect(asked(proxy)).toEqual(['watch list', 'watch', 'watch']);
    expect(errors).toMatchObject([]);
  });

  test.each([
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [404, 'NotFound'],
  ])('%i: it is not filled before the server lets it in, and then it is', async (status, reason) => {
    const { proxy, start } = await given();
    const planted = proxy.plant(refusal(status, reason), { isWatch: true, times: always });
    const { reflector, changes, errors } = start();
    await eventually(() => errors.length >= 2);
    expect(reflector.hasSynced).toBe(false);
    planted.lift();
    await reflector.synced;
    expect(errors[0]).toMatchObject({ status, reason });
    expect(names(changes)).toEqual(['+c0', '+c1']);
  });
});

describe('L11: stop', () => {
  test.each<[string, number, (proxy: FaultProxy) => unknown]>([
    ['in the list', 1, (proxy) => proxy.plant(noAnswer, { times: always })],
    [
      'in the pages',
      2,
      (proxy) => {
        proxy.plant(refusal(400, 'BadRequest'), { isWatch: true, times: always });
        proxy.plant(noAnswer, { isWatch: false, times: always });
      },
    ],
    ['in the watch', 1, () => undefined],
    ['while it waits', 1, (proxy) => proxy.plant(refusal(503, 'ServiceUnavailable', 30), { times: always })],
  ])('%s: no connection is left, and nothing is told any more', async (_, calls, hold) => {
    const { proxy, transport, create, start } = await given();
    hold(proxy);
    const { reflector, changes, errors } = start();
    await eventually(() => proxy.calls.length === calls && (proxy.open().length > 0 || errors.length > 0));
    const began = performance.now();
    await reflector.stop();
    await transport.close();
    await eventually(() => proxy.connections === 0);
    // On a quiet machine it is less than 100 ms; on any it is far below all that could be waited for, 30 seconds.
    expect(performance.now() - began).toBeLessThan(10_000);
    const told = [changes.length, errors.length];
    await create('late');
    expect([changes.length, errors.length]).toEqual(told);
  });
});
