/** The work queue on a clock of the tests, against a naive model; Q1-Q6. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/kube/clock.ts';
import { type AddOptions, priorities, Queue } from '../../src/kube/queue.ts';
import { ManualClock, settled } from './manual-clock.ts';

function given() {
  const clock = new ManualClock();
  const queue = new Queue({ clock, random: () => 0 });
  return { clock, queue };
}

/** Takes so many, or until nothing is due; what was taken is done at once. */
async function drain(queue: Queue, most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const keys: string[] = [];
  while (queue.depth > 0 && keys.length < most) {
    const key = await queue.take();
    if (key === undefined) break;
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

/** Takes whenever it can, and notes what and when; keys are done at once. */
function takeAll(queue: Queue, clock: ManualClock): [key: string, seconds: number][] {
  const taken: [string, number][] = [];
  void (async () => {
    for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
      taken.push([key, clock.now() / 1000]);
      queue.done(key);
    }
  })();
  return taken;
}

describe('one pass per key', () => {
  test('Q1: equal keys are merged', async () => {
    const { queue } = given();
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    expect(await drain(queue)).toEqual(['a', 'b']);
  });

  test('Q2: a key that is being worked on is not given again before it is done, then once', async () => {
    const { queue } = given();
    queue.add('a');
    expect(await queue.take()).toBe('a');
    for (let n = 0; n < 50; n++) queue.add('a');
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(await drain(queue)).toEqual(['a']);
  });

  test('Q2: a delayed add during a pass counts from when it was made', async () => {
    const { queue, clock } = given();
    queue.add('a');
    await queue.take();
    queue.add('a', { afterSeconds: 10 });
    await clock.pass(4000);
    queue.done('a');
    const taken = takeAll(queue, clock);
    await clock.pass(60_000);
    expect(taken).toEqual([['a', 10]]);
  });
});

describe('when and in which order', () => {
  test.each<[string, AddOptions[], number]>([
    ['the earlier of two times', [{ afterSeconds: 9 }, { afterSeconds: 5 }], 5],
    ['the earlier, given first', [{ afterSeconds: 5 }, { afterSeconds: 9 }], 5],
    ['at once before later', [{ afterSeconds: 5 }, {}], 0],
    [
      'the earlier time of the lower priority',
      [
        { afterSeconds: 5, priority: -100 },
        { afterSeconds: 9, priority: 100 },
      ],
      5,
    ],
  ])('Q3: of two adds counts %s', async (_, adds, seconds) => {
    const { queue, clock } = given();
    const taken = takeAll(queue, clock);
    await settled();
    for (const add of adds) queue.add('a', add);
    await clock.pass(60_000);
    expect(taken).toEqual([['a', seconds]]);
  });

  test('Q4: the higher priority comes first and resyncs last, in each class in the order in which they became due', async () => {
    const { queue, clock } = given();
    queue.add('late', { afterSeconds: 2 });
    queue.add('early', { afterSeconds: 1 });
    queue.add('resync', { priority: priorities.resync });
    queue.add('live');
    queue.add('urgent', { priority: 100 });
    await clock.pass(5000);
    queue.add('last');
    expect(await drain(queue)).toEqual(['urgent', 'live', 'early', 'late', 'last', 'resync']);
  });

  test('Q4: namespaces take turns, and each gives what was due first', async () => {
    const { queue } = given();
    for (const n of [1, 2, 3, 4]) queue.add(`many/${n}`);
    queue.add('few/1');
    queue.add('one/1');
    queue.add('few/2');
    expect(await drain(queue, 3)).toEqual(['many/1', 'few/1', 'one/1']);
    queue.add('late/1');
    expect(await drain(queue)).toEqual(['many/2', 'few/2', 'late/1', 'many/3', 'many/4']);
  });

  test('Q3: a raised key goes to the end of its new class', async () => {
    const { queue } = given();
    queue.add('low', { priority: priorities.resync });
    queue.add('raised', { priority: priorities.resync });
    queue.add('live');
    queue.add('raised');
    expect(await drain(queue)).toEqual(['live', 'raised', 'low']);
  });

  test('Q3: a key that is added with less keeps its priority', async () => {
    const { queue } = given();
    queue.add('live');
    queue.add('urgent', { priority: 100, afterSeconds: 5 });
    queue.add('urgent', { priority: priorities.resync });
    expect(await drain(queue)).toEqual(['urgent', 'live']);
  });

  test('Q6: a delay beyond the longest timer of the machine is kept', async () => {
    const { queue, clock } = given();
    const taken = takeAll(queue, clock);
    await settled();
    queue.add('a', { afterSeconds: 60 * 24 * 3600 });
    await clock.pass(59 * 24 * 3600 * 1000);
    expect(taken).toEqual([]);
    await clock.pass(24 * 3600 * 1000);
    expect(taken).toHaveLength(1);
  });

  test('Q6: an alarm that rings early is set again', async () => {
    const { clock } = given();
    const hasty = {
      now: () => clock.now(),
      after: (ms: number, callback: () => void) => clock.after(Math.min(ms, 1000), callback),
    };
    const queue = new Queue({ clock: hasty, random: () => 0 });
    const taken = takeAll(queue, clock);
    await settled();
    queue.add('a', { afterSeconds: 5 });
    await clock.pass(60_000);
    expect(taken).toEqual([['a', 5]]);
  });
});

describe('failures', () => {
  test('R1: each failure waits longer, up to 15 minutes; after that is forgotten, as at first', async () => {
    const { queue, clock } = given();
    const waits: number[] = [];
    for (let n = 0; n < 12; n++) {
      queue.retry('a');
      waits.push(clock.untilNext / 1000);
      await clock.pass(1_000_000);
      await drain(queue);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    queue.forget('a');
    queue.retry('a');
    expect(clock.untilNext).toBe(1000);
  });

  test('R5: a wait that somebody asks for is kept and not counted', () => {
    const { queue, clock } = given();
    queue.retry('a', { afterSeconds: 7 });
    expect(clock.untilNext).toBe(7000);
    queue.retry('a');
    expect(clock.untilNext).toBe(1000);
  });
});

describe('Q5: closing', () => {
  test('no key is given any more, and who waits for one is told', async () => {
    const { queue, clock } = given();
    const waiting = queue.take();
    await queue.close();
    queue.add('a');
    expect([await waiting, await queue.take(), clock.alarms]).toEqual([undefined, undefined, 0]);
  });

  test('what is due or delayed is dropped; it is over when what runs is done', async () => {
    const { queue, clock } = given();
    queue.add('running');
    await queue.take();
    queue.add('due');
    queue.add('delayed', { afterSeconds: 1 });
    let closed = false;
    const closing = queue.close().then(() => {
      closed = true;
    });
    expect([queue.depth, clock.alarms]).toEqual([0, 0]);
    await clock.pass(5000);
    expect(closed).toBe(false);
    queue.done('running');
    await closing;
  });
});

describe('against a naive model', () => {
  const anyKey = fc.constantFrom('a', 'b', 'c');
  const anyStep = fc.oneof(
    fc.record({ add: anyKey, afterSeconds: fc.integer({ min: 0, max: 9 }), priority: fc.constantFrom(-100, 0, 100) }),
    fc.record({ pass: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ take: fc.constant(true) }),
    fc.record({ done: fc.nat() }),
  );

  test('Q1–Q4: what is due, and which is first, is as a plain list says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
        const { queue, clock } = given();
        const model = new Map<string, { at: number; priority: number }>();
        const running: string[] = [];
        const due = () => [...model].filter(([key, { at }]) => at <= clock.now() && !running.includes(key));
        for (const step of steps) {
          if ('add' in step) {
            queue.add(step.add, step);
            const known = model.get(step.add) ?? { at: Number.POSITIVE_INFINITY, priority: Number.NEGATIVE_INFINITY };
            const at = Math.min(known.at, clock.now() + step.afterSeconds * 1000);
            model.set(step.add, { at, priority: Math.max(known.priority, step.priority) });
          } else if ('pass' in step) {
            await clock.pass(step.pass * 1000);
          } else if ('take' in step && due().length > 0) {
            const first = Math.max(...due().map(([, { priority }]) => priority));
            const taken = (await queue.take()) ?? 'none';
            expect(
              due()
                .filter(([, { priority }]) => priority === first)
                .map(([key]) => key),
            ).toContain(taken);
            model.delete(taken);
            running.push(taken);
          } else if ('done' in step && running.length > 0) {
            for (const key of running.splice(step.done % running.length, 1)) queue.done(key);
          }
          expect(queue.depth).toBe(due().length);
        }
      }),
      { numRuns: 60 },
    );
  });
});

test('Q6: 100,000 keys cost little: less than 20 µs each, in all', async () => {
  const queue = new Queue({ clock: systemClock, random: Math.random });
  const began = process.threadCpuUsage();
  for (let n = 0; n < 60_000; n++) queue.add(`delayed${n}`, { afterSeconds: 1000 + ((n * 7919) % 5000) });
  for (let n = 0; n < 40_000; n++) queue.add(`due${n}`);
  expect((await drain(queue)).length).toBe(40_000);
  await queue.close();
  const { user, system } = process.threadCpuUsage(began);
  expect(user + system).toBeLessThan(2_000_000);
});
