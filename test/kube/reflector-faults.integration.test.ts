/** The reflector, with the fault proxy between it and the real API server. */

import { describe, expect, test } from 'vitest';
import { collectionPath, objectPath } from '../../src/kube/path.ts';
import { cut, errorLine, garbage, late, noAnswer, refusal, truncated } from '../faultproxy/faults.ts';
import type { FaultProxy } from '../faultproxy/proxy.ts';
import { sharedCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { faultProxy } from '../support/fault-proxy.ts';
import { configMaps, patience, reflect, transportTo } from './real.ts';

/** Milliseconds without a byte after which a watch is given up. */
const silence = 1000;
const always = Number.POSITIVE_INFINITY;

/** Some objects and a way around the proxy to change them. */
async function given(count = 2) {
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
async function following(count?: number) {
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
function asked({ calls }: FaultProxy): string[] {
  return calls.map(({ query, isWatch }) => {
    if (!isWatch) return query.has('continue') ? 'next page' : 'page';
    return query.has('resourceVersion') ? 'watch' : 'watch list';
  });
}

function names(changes: readonly { key: string; object?: unknown }[]): string[] {
  return changes.map(({ key, object }) => `${object === undefined ? '-' : '+'}${key.split('/')[1]}`);
}

/** The one watch that is being answered. */
function watch(proxy: FaultProxy) {
  const [open, ...more] = proxy.open({ isWatch: true });
  if (open === undefined || more.length > 0) throw new Error('there is not one open watch');
  return open;
}

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

describe('L3: a watch goes on from where it was, without a list', () => {
  test.each<[string, (proxy: FaultProxy) => unknown]>([
    ['cut', (proxy) => watch(proxy).reset()],
    ['ended by the server', (proxy) => watch(proxy).end()],
    ['L5: ended by an error', (proxy) => watch(proxy).insert(errorLine(500, 'InternalError'))],
    ['L9: garbled', (proxy) => watch(proxy).insert('{"type":"MODIFIED","object":\n')],
  ])('%s', async (_, end) => {
    const { proxy, changes, arrival, create, seen } = await following();
    await arrival('before');
    proxy.plant(late(create('meanwhile')), { isWatch: true });
    end(proxy);
    await seen('meanwhile');
    expect([names(changes), asked(proxy)]).toEqual([
      ['+c0', '+c1', '+before', '+meanwhile'],
      ['watch list', 'watch'],
    ]);
  });

  test('L5, L9: and the error is told as what it is', async () => {
    const { proxy, errors, arrival } = await following();
    watch(proxy).insert(errorLine(500, 'InternalError'));
    await arrival('one');
    await eventually(() => proxy.open({ isWatch: true }).length === 1);
    watch(proxy).insert('no JSON\n');
    await arrival('two');
    expect(errors).toMatchObject([{ status: 500, reason: 'InternalError' }, { reason: 'Unreadable' }]);
  });
});

describe('L4: a version that is gone: a new list, of which only differences are told', () => {
  test.each<[string, (proxy: FaultProxy) => unknown]>([
    ['told within the stream', (proxy) => watch(proxy).insert(errorLine(410, 'Expired'))],
    [
      'told by HTTP',
      (proxy) => {
        proxy.plant(refusal(410, 'Expired'), { isWatch: true });
        watch(proxy).end();
      },
    ],
  ])('%s', async (_, tell) => {
    const { proxy, changes, create, remove, seen } = await following(20);
    const told = changes.length;
    watch(proxy).silence();
    await create('new');
    await remove('c3');
    tell(proxy);
    await seen('new');
    expect(names(changes.slice(told)).toSorted()).toEqual(['+new', '-c3']);
    expect(asked(proxy).at(-1)).toBe('watch list');
  });
});

describe('L6: a peer that is gone without a word', () => {
  test('is given up after the silence limit, and the watch goes on from where it was', async () => {
    const { proxy, changes, create, seen } = await following();
    watch(proxy).silence();
    await create('unheard');
    await seen('unheard');
    expect([names(changes), asked(proxy)]).toEqual([
      ['+c0', '+c1', '+unheard'],
      ['watch list', 'watch'],
    ]);
  });

  test('a call that it swallows ends at its deadline', async () => {
    const { proxy } = await given();
    proxy.plant(noAnswer, { times: always });
    const transport = await transportTo(proxy, { deadline: 300 });
    await expect(transport.get('/api/v1/namespaces/default')).rejects.toMatchObject({ reason: 'Timeout' });
  });
});

describe('L7: patience', () => {
  test.each([
    ['503', refusal(503, 'ServiceUnavailable', 1)],
    ['429', refusal(429, 'TooManyRequests', 1)],
  ])('a %s with Retry-After is obeyed as given', async (_, fault) => {
    const { proxy, arrival } = await following();
    const planted = proxy.plant(fault, { isWatch: true, times: 2 });
    watch(proxy).reset();
    await arrival();
    const [, first, second, third] = proxy.calls.map(({ at }) => at);
    expect(planted.fired).toBe(2);
    for (const wait of [(second ?? 0) - (first ?? 0), (third ?? 0) - (second ?? 0)]) expect(wait).toBeGreaterThan(990);
  });

  test('a server that is gone for a while is found again', async () => {
    const { proxy, changes, errors, create, seen } = await following();
    await proxy.refuse();
    await create('meanwhile');
    await eventually(() => errors.length >= 3);
    await proxy.accept();
    await seen('meanwhile');
    expect(names(changes)).toEqual(['+c0', '+c1', '+meanwhile']);
    expect(asked(proxy).every((call, n) => call === (n === 0 ? 'watch list' : 'watch'))).toBe(true);
  });

  test('requests that are lost become rarer', async () => {
    const { proxy, errors, arrival } = await following();
    const planted = proxy.plant(cut, { isWatch: true, times: 3 });
    watch(proxy).reset();
    await arrival();
    const [, first = 0, , third = 0] = proxy.calls.map(({ at }) => at);
    expect([planted.fired, errors.length]).toEqual([3, 4]);
    expect(third - first).toBeGreaterThan(0.5 * (500 + 1000));
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
  test.each<[string, (proxy: FaultProxy) => unknown]>([
    ['in the list', (proxy) => proxy.plant(noAnswer, { times: always })],
    [
      'in the pages',
      (proxy) => {
        proxy.plant(refusal(400, 'BadRequest'), { isWatch: true, times: always });
        proxy.plant(noAnswer, { isWatch: false, times: always });
      },
    ],
    ['in the watch', () => undefined],
    ['while it waits', (proxy) => proxy.plant(refusal(503, 'ServiceUnavailable', 30), { times: always })],
  ])('%s: no connection is left, and nothing is told any more', async (_, hold) => {
    const { proxy, transport, create, start } = await given();
    hold(proxy);
    const { reflector, changes, errors } = start();
    await eventually(() => proxy.open().length > 0 || errors.length > 0);
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
