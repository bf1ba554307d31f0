/** What a reflector does after each kind of error. */

import { describe, expect, test } from 'vitest';
import { sleep } from '../../src/kube/clock.ts';
import type { Transport, WatchOptions } from '../../src/kube/transport.ts';
import { ManualClock } from './manual-clock.ts';
import { added, bookmark, complete, failure, given, over, unreachable } from './scripted-reflector.ts';
import { scriptedTransport, type Turn } from './scripted-transport.ts';

describe('L5, L7: errors', () => {
  /** Seconds at which watches began, for a list that is complete and these ends of watches. */
  async function begins(ends: readonly (readonly Turn[])[], seconds = 300) {
    const script = scriptedTransport([[complete(9), unreachable], ...ends]);
    const at: number[] = [];
    const clock = new ManualClock();
    const transport: Transport = {
      ...script.transport,
      watch: (path, options) => {
        at.push(clock.now() / 1000);
        return script.transport.watch(path, options);
      },
    };
    const { errors } = over(transport, clock);
    await clock.pass(seconds * 1000);
    return { at, errors };
  }
  const repeated = (turns: Turn[], times: number) => Array.from({ length: times }, () => turns);

  test('an error within the stream ends it, is told, and the watch goes on', async () => {
    const { at, errors } = await begins([[failure(500)]]);
    expect(errors).toEqual([unreachable, failure(500)]);
    expect(at).toHaveLength(3);
  });

  test('an unreachable server is tried after up to 3 seconds', async () => {
    const { at } = await begins(repeated([unreachable], 6));
    expect(at).toEqual([0, 0.25, 0.75, 1.75, 3.75, 6.75, 9.75, 12.75]);
  });

  test('a server that answers with errors is tried after up to 30 seconds', async () => {
    const { at } = await begins(repeated([failure(403, 'Forbidden')], 9));
    const waits = at.slice(1).map((time, n) => time - (at[n] ?? 0));
    expect(waits).toEqual([0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
  });

  test('a good answer makes the waits short again', async () => {
    const { at } = await begins([[unreachable], [unreachable], [bookmark(11), unreachable]]);
    expect(at).toEqual([0, 0.25, 0.75, 1.75, 2]);
  });

  test.each([
    { open: 'for more than a second', seconds: 2, again: 6 },
    { open: 'for less', seconds: 0.5, again: 7.25 },
  ])('a quiet watch that was open $open is tried again at $again s', async ({ seconds, again }) => {
    const script = scriptedTransport([[complete(9), unreachable], ...repeated([failure(500)], 3)]);
    const at: number[] = [];
    const clock = new ManualClock();
    const quiet = ({ onOpen, signal }: WatchOptions) => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          onOpen?.();
          await sleep(clock, seconds * 1000, signal ?? AbortSignal.any([]));
          throw unreachable;
        },
      }),
    });
    const watch: Transport['watch'] = (path, options = {}) =>
      at.push(clock.now() / 1000) > 4 ? quiet(options) : script.transport.watch(path, options);
    over({ ...script.transport, watch }, clock);
    await clock.pass(8000);
    expect(at.slice(0, 6)).toEqual([0, 0.25, 0.75, 1.75, 3.75, again]);
  });

  test('Retry-After is obeyed, and no more than a fifth is added, whatever came before', async () => {
    const busy = failure(503, 'ServiceUnavailable', 5);
    const { at } = await begins([...repeated([unreachable], 4), [busy], [busy]]);
    const [, , , , , fourth, first, second] = at;
    expect([(first ?? 0) - (fourth ?? 0), (second ?? 0) - (first ?? 0)]).toEqual([5.5, 5.5]);
  });

  test('a watch that ends at once, without a word, counts as an error', async () => {
    const { at, errors } = await begins([[], []]);
    const error = { message: '/apis/example.dev/v1/things: the watch ended at once' };
    expect(errors.slice(1)).toMatchObject([error, error]);
    expect(at).toEqual([0, 0.25, 0.75, 1.75]);
  });

  test('L10: an error in a listener is told and nothing ends', async () => {
    const { clock, cache, errors, asked } = given([[complete(9), added('a', 10), added('b', 11), 'silence']]);
    cache.onChange(() => {
      throw new Error('boom');
    });
    await clock.pass(10);
    expect([cache.size, errors.length, asked.watch.length]).toEqual([2, 2, 1]);
  });
});
