/** The reflector, step by step, over a scripted transport; L1-L13. */

import { describe, expect, test } from 'vitest';
import { Cache } from '../../src/kube/cache.ts';
import { ApiError } from '../../src/kube/error.ts';
import type { KubeObject, WatchEvent } from '../../src/kube/kube.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import type { Page } from '../../src/kube/transport.ts';
import { ManualClock } from './manual-clock.ts';
import { thing } from './objects.ts';
import { added, bookmark, complete, expired, failure, given, resource, unreachable } from './scripted-reflector.ts';
import { scriptedTransport, type Turn } from './scripted-transport.ts';

describe('L1: the first list', () => {
  test('is streamed, and committed at once when it is complete', async () => {
    const { clock, cache, asked, reflector } = given([[added('a', 3), added('b', 7), 'silence']]);
    await clock.pass(10_000);
    expect([cache.size, reflector.hasSynced]).toEqual([0, false]);
    expect(asked.watch).toEqual([
      {
        sendInitialEvents: 'true',
        resourceVersionMatch: 'NotOlderThan',
        allowWatchBookmarks: 'true',
        timeoutSeconds: '450',
      },
    ]);
  });

  test('is followed by the changes on the same stream', async () => {
    const { clock, cache, asked, reflector, told } = given([[added('a', 3), complete(9), added('b', 10), 'silence']]);
    await reflector.synced;
    await clock.pass(1);
    expect(told).toEqual(['+a', '+b']);
    expect(cache.versionIn()).toBe('10');
    expect(asked.watch).toHaveLength(1);
  });

  test('begins anew when it breaks, and does not advance the version before it is complete', async () => {
    const { clock, told, errors, asked } = given([
      [added('a', 3), bookmark(4), unreachable],
      [added('b', 5)],
      [complete(9), 'silence'],
    ]);
    await clock.pass(10_000);
    expect(told).toEqual([]);
    expect(errors).toMatchObject([
      { reason: 'Unreachable' },
      { message: '/apis/example.dev/v1/things: the watch ended before all initial events had come' },
    ]);
    expect(asked.watch.every(({ sendInitialEvents }) => sendInitialEvents === 'true')).toBe(true);
  });
});

describe('L2: a server that streams no lists', () => {
  const page = (names: string[], next?: string, resourceVersion = '9'): Page<KubeObject> => ({
    items: names.map((name) => thing(name, 5)),
    resourceVersion,
    ...(next === undefined ? {} : { next }),
  });

  test.each([[400], [422], [500]])('says %i, and from then on pages are listed', async (status) => {
    const pages = [page(['a', 'b'], 'p2'), page(['c'], undefined, '10'), page(['a'])];
    const { clock, told, asked } = given([[failure(status)], [expired], ['silence']], pages);
    await clock.pass(10_000);
    expect(asked.page).toEqual([{ limit: '500' }, { limit: '500', continue: 'p2' }, { limit: '500' }]);
    expect(asked.watch.slice(1)).toEqual([
      { resourceVersion: '9', allowWatchBookmarks: 'true', timeoutSeconds: '450' },
      { resourceVersion: '9', allowWatchBookmarks: 'true', timeoutSeconds: '450' },
    ]);
    expect(told).toEqual(['+a', '+b', '+c', '-b', '-c']);
  });

  test('a page that expires restarts the list', async () => {
    const pages = [page(['a'], 'p2'), expired, page(['a'], 'p2'), page(['b'])];
    const { clock, told, asked } = given([[failure(500)]], pages);
    await clock.pass(10_000);
    expect(asked.page.map((query) => query['continue'])).toEqual([undefined, 'p2', undefined, 'p2']);
    expect(told).toEqual(['+a', '+b']);
  });

  test('an error later on is not such an answer', async () => {
    const { clock, asked } = given([[complete(9), failure(500)], [expired], [complete(12), 'silence']]);
    await clock.pass(10_000);
    expect(asked.page).toEqual([]);
    expect(asked.watch).toHaveLength(3);
  });
});

describe('L3: a watch that ends', () => {
  test.each<[string, Turn[], string]>([
    ['from the last event', [added('a', 11)], '11'],
    ['from the last bookmark', [added('a', 11), bookmark(15)], '15'],
    ['from the last deletion', [{ type: 'DELETED', object: thing('x', 12) }], '12'],
    ['after a break too', [added('a', 11), unreachable], '11'],
  ])('goes on %s, without a list', async (_, turns, version) => {
    const { clock, asked } = given([[complete(9)], turns, ['silence']]);
    await clock.pass(10_000);
    expect(asked.watch.at(-1)).toMatchObject({ resourceVersion: version });
    expect(asked.watch.at(-1)).not.toHaveProperty('sendInitialEvents');
    expect(asked.page).toEqual([]);
  });
});

describe('L4: a version that is gone', () => {
  const tooLarge = new ApiError('too large', {
    status: 504,
    reason: 'Timeout',
    causes: [{ reason: 'ResourceVersionTooLarge' }],
  });

  test.each([
    ['Expired', expired],
    ['Gone', failure(410, 'Gone')],
    ['ResourceVersionTooLarge', tooLarge],
  ])('%s: a new list at once, of which only differences are told', async (_, error) => {
    const again = [added('a', 3), added('c', 12), complete(20), 'silence'] as const;
    const { clock, told } = given([[added('a', 3), added('b', 4), complete(9), error], again]);
    await clock.pass(1);
    expect(told).toEqual(['+a', '+b', '-b', '+c']);
  });

  test('again and again: half a second apart', async () => {
    const round = [complete(9), expired];
    const { clock, asked } = given([round, round, round, round, round]);
    await clock.pass(1);
    expect(asked.watch).toHaveLength(2);
    await clock.pass(1100);
    expect(asked.watch).toHaveLength(4);
  });
});

test('L6: watches end at different times, after 5 to 10 minutes', async () => {
  const { transport, asked } = scriptedTransport([]);
  for (const chance of [0, 0.999999]) {
    const cache = new Cache({ onError: () => undefined });
    const reflector = new Reflector({
      transport,
      resource,
      cache,
      clock: new ManualClock(),
      random: () => chance,
      onError: () => undefined,
    });
    reflector.start();
    await reflector.stop();
  }
  expect(asked.watch.map((query) => query['timeoutSeconds'])).toEqual(['300', '600']);
});

test('L13: events of one object are told in the order of their versions, a deletion with the last state', async () => {
  const versions: (string | undefined)[] = [];
  const events: WatchEvent[] = [
    added('a', 11),
    { type: 'MODIFIED', object: thing('a', 12) },
    { type: 'DELETED', object: thing('a', 13) },
  ];
  const { clock, cache } = given([[complete(9), ...events, 'silence']]);
  cache.onChange(({ object, previous }) => versions.push((object ?? previous)?.metadata.resourceVersion));
  await clock.pass(1);
  expect(versions).toEqual(['11', '12', '13']);
});

describe('L11: stop', () => {
  test.each<[string, Turn[], (Page<KubeObject> | Error)[]]>([
    ['before the list is complete', [added('a', 1), 'silence'], []],
    ['in a watch', [complete(9), 'silence'], []],
    ['while it waits', [unreachable], []],
    ['in the pages', [failure(500)], []],
  ])('%s ends it: no alarm, no stream, no change, no request', async (_, turns, pages) => {
    const { clock, reflector, asked, open, told, errors } = given([turns], pages);
    await clock.pass(10);
    const before = [asked.watch.length, asked.page.length, told.length, errors.length];
    await reflector.stop();
    await clock.pass(100_000);
    expect([open(), clock.alarms]).toEqual([0, 0]);
    expect([asked.watch.length, asked.page.length, told.length, errors.length]).toEqual(before);
  });

  test('at once after the start no request is made twice and nothing is told', async () => {
    const { reflector, asked, open, told } = given([[added('a', 1), complete(2), added('b', 3)]]);
    await reflector.stop();
    expect([asked.watch.length, open(), told]).toEqual([1, 0, []]);
  });

  test('before the start', async () => {
    const { transport, asked } = scriptedTransport([]);
    const cache = new Cache({ onError: () => undefined });
    const reflector = new Reflector({
      transport,
      resource,
      cache,
      clock: new ManualClock(),
      random: () => 0,
      onError: () => undefined,
    });
    await reflector.stop();
    reflector.start();
    await reflector.stop();
    expect(asked.watch).toEqual([]);
  });
});
