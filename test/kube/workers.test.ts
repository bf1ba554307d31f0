/** What follows a pass, by the handler's outcome. */

import { describe, expect, test } from 'vitest';
import { ApiError } from '../../src/kube/error.ts';
import { Queue } from '../../src/kube/queue.ts';
import { type Handler, type Outcome, Workers, type WorkersOptions } from '../../src/kube/workers.ts';
import { ManualClock, settled } from './manual-clock.ts';

function given(handler: Handler, options: Partial<WorkersOptions> = {}) {
  const clock = new ManualClock();
  const random = options.random ?? (() => 0);
  const queue = new Queue({ clock, random });
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const workers = new Workers({ queue, handler, clock, random, onError, ...options });
  workers.start();
  return { clock, queue, workers, errors };
}

/** Runs a handler that gives these outcomes, or throws these errors, one after the other; returned is when it ran, in seconds. */
async function timesOf(results: readonly (Outcome | Error)[], passing = 10_000, random = () => 0): Promise<number[]> {
  const times: number[] = [];
  const handler: Handler = async () => {
    times.push(clock.now() / 1000);
    const result = results[times.length - 1] ?? { kind: 'done' };
    if (result instanceof Error) throw result;
    return result;
  };
  const { clock, queue } = given(handler, { random });
  queue.add('a');
  await clock.pass(passing * 1000);
  return times;
}

const conflict = new ApiError('another came first', { status: 409, reason: 'Conflict' });
const busy = new ApiError('busy', { status: 429, reason: 'TooManyRequests', retryAfterSeconds: 7 });

describe('what follows a pass', () => {
  test.each<[string, (Outcome | Error)[], number[]]>([
    ['done: nothing', [{ kind: 'done' }], [0]],
    ['R3: a terminal failure: nothing', [{ kind: 'terminal' }], [0]],
    ['R2: again, a little earlier or later', [{ kind: 'again', afterSeconds: 100 }], [0, 90]],
    ['again at the exact time', [{ kind: 'again', afterSeconds: 100, exact: true }], [0, 100]],
    ['R1: retry with growing waits', [{ kind: 'retry' }, { kind: 'retry' }], [0, 1, 3]],
    ['R5: retry when told', [{ kind: 'retry', afterSeconds: 7 }], [0, 7]],
    ['R8: what is thrown is a retry', [new TypeError('oops'), new Error('oops')], [0, 1, 3]],
    ['R5: an error that says when', [busy], [0, 7]],
    ['a conflict: at once', [{ kind: 'conflict' }], [0, 0]],
    ['R4: a conflict that is thrown: at once', [conflict], [0, 0]],
  ])('%s', async (_, results, times) => {
    expect(await timesOf(results)).toEqual(times);
  });

  test('R2: chance spreads the next look by a tenth to either side', async () => {
    expect(await timesOf([{ kind: 'again', afterSeconds: 100 }], 200, () => 0.999)).toEqual([
      0,
      expect.closeTo(110, 0),
    ]);
  });

  test('R9: many that are due again in ten hours come over two hours, each once', async () => {
    let chance = 0;
    const passes: string[] = [];
    const handler: Handler = async (key) => {
      passes.push(`${key}@${(clock.now() / 3_600_000).toFixed(1)}`);
      return { kind: 'again', afterSeconds: 36_000 };
    };
    const { clock, queue } = given(handler, { concurrency: 1, random: () => chance++ / 10 });
    const keys = Array.from({ length: 10 }, (_, n) => `k${n}`);
    for (const key of keys) queue.add(key);
    await clock.pass(8 * 3_600_000);
    passes.length = 0;
    await clock.pass(3 * 3_600_000);
    expect(passes).toEqual(keys.map((key, n) => `${key}@${(9 + n / 5).toFixed(1)}`));
  });

  test('R9: whoever is waited for comes before who is looked at again', async () => {
    const passes: string[] = [];
    const handler: Handler = async (key) => {
      passes.push(key);
      return passes.length === 1 ? { kind: 'again', afterSeconds: 10 } : { kind: 'done' };
    };
    const { clock, queue } = given(handler, { concurrency: 1, random: () => 0.5 });
    queue.add('resync');
    await clock.pass(0);
    queue.add('live', { afterSeconds: 10 });
    await clock.pass(20_000);
    expect(passes).toEqual(['resync', 'live', 'resync']);
  });

  test('R4: after five conflicts in a row the sixth waits like a failure', async () => {
    expect(await timesOf(Array.from({ length: 7 }, () => conflict))).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
  });

  test('R1: success makes failures forgotten', async () => {
    const results: Outcome[] = [{ kind: 'retry' }, { kind: 'again', afterSeconds: 5, exact: true }, { kind: 'retry' }];
    expect(await timesOf(results)).toEqual([0, 1, 6, 7]);
  });

  test('R3: after a terminal failure a change of the object begins anew', async () => {
    const times: number[] = [];
    const results: Outcome[] = [{ kind: 'retry' }, { kind: 'terminal' }, { kind: 'retry' }];
    const { clock, queue } = given(async () => {
      times.push(clock.now() / 1000);
      return results[times.length - 1] ?? { kind: 'done' };
    });
    queue.add('a');
    await clock.pass(10_000);
    queue.add('a');
    await clock.pass(10_000);
    expect(times).toEqual([0, 1, 10, 11]);
  });

  test('a change during the pass comes before the next look that the pass asks for', async () => {
    const times: number[] = [];
    const { clock, queue } = given(async () => {
      times.push(clock.now() / 1000);
      if (times.length === 1) queue.add('a');
      return { kind: 'again', afterSeconds: 100, exact: true };
    });
    queue.add('a');
    await clock.pass(50_000);
    expect(times).toEqual([0, 0]);
  });

  test('R8: every error is told, with its key', async () => {
    const told: unknown[] = [];
    const { clock, queue } = given(() => Promise.reject(busy), { onError: (error, key) => told.push([key, error]) });
    queue.add('a');
    await clock.pass(1000);
    expect(told).toEqual([['a', busy]]);
  });
});

describe('many at once', () => {
  test('R6: no more keys than wanted, and never a key twice', async () => {
    const running = new Set<string>();
    let most = 0;
    let runs = 0;
    let twice = 0;
    const { clock, queue, errors } = given(
      async (key) => {
        if (running.has(key)) twice++;
        running.add(key);
        most = Math.max(most, running.size);
        runs++;
        await settled();
        running.delete(key);
        return { kind: 'done' };
      },
      { concurrency: 8 },
    );
    for (let n = 0; n < 600; n++) {
      queue.add(`${n % 30}`);
      if (n % 7 === 0) await settled();
    }
    for (let n = 0; n < 100; n++) await clock.pass(1);
    expect({ most, twice, errors }).toEqual({ most: 8, twice: 0, errors: [] });
    expect(runs).toBeGreaterThanOrEqual(30);
  });

  test('R7: a pass is told when its time is over, and the other keys go on', async () => {
    const reasons: unknown[] = [];
    const { clock, queue } = given(
      (key, signal) =>
        new Promise((resolve) => {
          if (key === 'quick') resolve({ kind: 'done' });
          signal.addEventListener('abort', () => reasons.push(signal.reason));
        }),
      { concurrency: 2 },
    );
    queue.add('stuck');
    queue.add('quick');
    await clock.pass(59_000);
    expect([reasons, queue.depth]).toEqual([[], 0]);
    await clock.pass(1000);
    expect(reasons).toEqual([new Error('the pass took too long')]);
  });
});

test('passes that wait for nothing give way to others every ten milliseconds', async () => {
  const passes: string[] = [];
  let now = 0;
  const clock = new ManualClock();
  const handler: Handler = async (key) => {
    now += 4;
    passes.push(key);
    return { kind: 'done' };
  };
  const { queue } = given(handler, {
    concurrency: 16,
    clock: { now: () => now, after: (...alarm) => clock.after(...alarm) },
  });
  for (let n = 0; n < 1000; n++) queue.add(`k${n}`);
  let most = 0;
  for (let before = 0; passes.length < 1000; before = passes.length) {
    await settled();
    most = Math.max(most, passes.length - before);
  }
  expect(most).toBeLessThanOrEqual(32);
});

describe('Q5, M1: stopping', () => {
  function slow(milliseconds: number) {
    const seen = { started: 0, aborted: 0 };
    const world = given((_, signal) => {
      seen.started++;
      signal.addEventListener('abort', () => seen.aborted++);
      return new Promise((resolve) => world.clock.after(milliseconds, () => resolve({ kind: 'retry' })));
    });
    return { ...world, seen };
  }

  test('what runs may end, and nothing begins', async () => {
    const { clock, queue, workers, seen } = slow(5000);
    queue.add('a');
    await clock.pass(1000);
    const stopped = workers.stop(30);
    queue.add('b');
    await clock.pass(4000);
    await stopped;
    expect(seen).toEqual({ started: 1, aborted: 0 });
    expect(clock.alarms).toBe(0);
  });

  test('what does not end in time is aborted', async () => {
    const { clock, queue, workers, seen } = slow(50_000);
    queue.add('a');
    await clock.pass(1000);
    const stopped = workers.stop(30);
    await clock.pass(29_000);
    expect(seen.aborted).toBe(0);
    await clock.pass(1000);
    await stopped;
    expect(seen.aborted).toBe(1);
  });
});
