/** Which call meets which fault. */

import { describe, expect, test } from 'vitest';
import { callOf } from './exchange.ts';
import type { Fault } from './faults.ts';
import { Plan, type Where } from './plan.ts';

const one: Fault = () => 'one';
const other: Fault = () => 'other';
const get = callOf({ method: 'GET', url: '/api/v1/pods?limit=500' });
const watch = callOf({ method: 'GET', url: '/api/v1/pods?watch=true' });
const post = callOf({ method: 'POST', url: '/api/v1/secrets' });

describe('a fault is met', () => {
  test.each<[string, Where | undefined, (Fault | undefined)[]]>([
    ['by the next call, once', undefined, [one, undefined, undefined]],
    ['by a method', { method: 'POST' }, [undefined, undefined, one]],
    ['by a whole path', { path: '/api/v1/pods' }, [one, undefined, undefined]],
    ['by a part of a path', { path: /secrets$/ }, [undefined, undefined, one]],
    ['by no longer path', { path: '/api/v1' }, [undefined, undefined, undefined]],
    ['by a watch', { isWatch: true }, [undefined, one, undefined]],
    ['by what is no watch', { isWatch: false, times: 9 }, [one, undefined, one]],
    ['by the second of those meant', { method: 'GET', nth: 2 }, [undefined, one, undefined]],
    ['by two', { times: 2 }, [one, one, undefined]],
    ['by all from the second on', { nth: 2, times: Number.POSITIVE_INFINITY }, [undefined, one, one]],
  ])('%s', (_, where, met) => {
    const plan = new Plan();
    plan.plant(one, where);
    expect([get, watch, post].map((call) => plan.meet(call))).toEqual(met);
  });
});

test('of two faults the one that was planted first is met; the other counts the call, too', () => {
  const plan = new Plan();
  plan.plant(one);
  plan.plant(other, { nth: 2 });
  expect([plan.meet(get), plan.meet(get)]).toEqual([one, other]);
});

test('a fault that is lifted is met no more, and what never fired is told', () => {
  const plan = new Plan();
  const lifted = plan.plant(one, { times: 9 });
  expect(plan.unfired).toEqual([{ times: 9 }]);
  plan.meet(get);
  lifted.lift();
  expect([plan.meet(get), lifted.fired, plan.unfired]).toEqual([undefined, 1, []]);
});
