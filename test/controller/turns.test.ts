/** Whose client secrets are looked at when, where no list shows them. */

import { expect, it } from 'vitest';
import { openTurns } from '../../src/controller/turns.ts';

const hour = 3_600_000;
const ids = Array.from({ length: 100 }, (_, n) => `application-${n}`);

function open() {
  let now = 0;
  const turns = openTurns(() => now);
  const look = (id: string, count: number) => {
    const isDue = turns.isDue(id, count);
    if (isDue) turns.note(id, []);
    return isDue;
  };
  return { turns, look, at: (time: number) => void (now = time) };
}

it('each has one turn in an hour, and not all at once', () => {
  const { look, at } = open();
  const looks = Array.from({ length: 24 }, (_, step) => {
    at((step + 1) * (hour / 12));
    return ids.filter((id) => look(id, ids.length)).length;
  });
  const [first, second] = [looks.slice(0, 12), looks.slice(12)];
  expect(first.reduce((sum, count) => sum + count)).toBe(100);
  expect(second).toEqual(first);
  expect(Math.max(...looks)).toBeLessThan(25);
});

it('of very many each has its turn so much later', () => {
  const { look, at } = open();
  at(hour);
  expect(ids.filter((id) => look(id, 9_000)).length).toBeLessThan(25);
  at(10 * hour);
  expect(ids.filter((id) => look(id, 9_000)).length).toBeGreaterThan(75);
});

it('what was seen is known until the application is gone', () => {
  const { turns } = open();
  turns.note('a', [{ id: 's1', createTime: 0 }]);
  turns.note('b', []);
  turns.keep(new Set(['a']));
  expect(turns.last('a')).toEqual([{ id: 's1', createTime: 0 }]);
  expect(turns.last('b')).toBeUndefined();
});
