/** How a reflector follows a collection, with the fault proxy between it and the real API server. */

import { describe, expect, test } from 'vitest';
import { cut, errorLine, late, noAnswer, refusal } from '../faultproxy/faults.ts';
import type { FaultProxy } from '../faultproxy/proxy.ts';
import { eventually } from '../support/eventually.ts';
import { always, asked, following, given, names, watch } from './behind-proxy.ts';
import { transportTo } from './real.ts';

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
