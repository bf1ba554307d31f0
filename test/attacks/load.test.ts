/** What one tenant can take from others, in virtual time: a turn, and no more. */

import { describe, expect, it } from 'vitest';
import { Queue } from '../../src/kube/queue.ts';
import { type Outcome, Workers } from '../../src/kube/workers.ts';
import { ManualClock } from '../kube/manual-clock.ts';

const second = 1_000;

interface Load {
  readonly concurrency?: number;
  /** Milliseconds that a pass takes, by its key. */
  readonly takes: (key: string) => number;
  readonly outcome?: (key: string) => Outcome;
}

/** Workers on a queue, of which each pass takes its time; what began when, in seconds. */
function working({ concurrency = 16, takes, outcome = () => ({ kind: 'done' }) }: Load) {
  const clock = new ManualClock();
  const queue = new Queue({ clock, random: () => 0 });
  const began: { readonly key: string; readonly at: number }[] = [];
  const handler = async (key: string, signal: AbortSignal): Promise<Outcome> => {
    began.push({ key, at: clock.now() / second });
    const over = Promise.withResolvers<void>();
    clock.after(takes(key), over.resolve);
    signal.addEventListener('abort', () => over.reject(new Error('the pass took too long')));
    await over.promise;
    return outcome(key);
  };
  const onError = () => undefined;
  new Workers({ queue, handler, clock, random: () => 0, concurrency, onError }).start();
  const passesOf = (key: string) => began.filter((each) => each.key === key);
  return { clock, queue, began, passesOf };
}

const many = Array.from({ length: 5_000 }, (_, n) => `greedy/${n}`);
const isGreedy = (key: string) => key.startsWith('greedy/');

describe('5,000 resources of one namespace', () => {
  const waits: readonly (readonly [string, Omit<Load, 'concurrency'>, number])[] = [
    [
      'AT37: that all fail hold up nobody',
      { takes: () => 200, outcome: (key) => ({ kind: isGreedy(key) ? 'retry' : 'done' }) },
      10,
    ],
    ['AT37: that fail for good hold up nobody', { takes: () => 200, outcome: () => ({ kind: 'terminal' }) }, 10],
    [
      'AT42: whose calls run out of time hold up nobody',
      {
        takes: (key) => (isGreedy(key) ? 4 * second : 200),
        outcome: (key) => ({ kind: isGreedy(key) ? 'retry' : 'done' }),
      },
      10,
    ],
    ['AT43: that are deleted at once hold up nobody', { takes: () => 1 * second }, 10],
  ];

  it.each(waits)('%s', async (_name, load, within) => {
    const { clock, queue, passesOf } = working(load);
    for (const key of many) queue.add(key);
    // Another tenant comes right after them, and amid them.
    for (const after of [0, 5]) {
      await clock.pass(after * second);
      const key = `modest/${after}`;
      const since = clock.now();
      queue.add(key);
      while (passesOf(key).length === 0 && clock.now() - since <= within * second) await clock.pass(100);
      expect(clock.now() - since, `added at ${since} ms`).toBeLessThanOrEqual(within * second);
    }
  });
});

it('AT42: passes that never end lose their turn after a minute, and their keys wait longer each time', async () => {
  const { clock, queue, passesOf } = working({ takes: (key) => (isGreedy(key) ? 3_600 * second : 200) });
  for (const key of many.slice(0, 16)) queue.add(key);
  await clock.pass(second);
  queue.add('modest/1');
  await clock.pass(61 * second);
  expect(passesOf('modest/1')).toHaveLength(1);
  await clock.pass(3_600 * second);
  expect(passesOf('greedy/0').length).toBeLessThanOrEqual(20);
});

it('AT38: a resource that is edited 50 times a second has one pass at a time, and others their turn', async () => {
  const { clock, queue, passesOf } = working({ concurrency: 1, takes: () => 500 });
  for (let edit = 0; edit < 50 * 20; edit++) {
    queue.add('greedy/0');
    if (edit % 50 === 0) queue.add(`modest/${edit / 50}`);
    await clock.pass(20);
  }
  await clock.pass(second);
  expect(passesOf('greedy/0').length).toBeLessThanOrEqual(22);
  for (let n = 0; n < 20; n++) expect(passesOf(`modest/${n}`), `modest/${n}`).toHaveLength(1);
});
