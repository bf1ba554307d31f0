/** That every promise of docs/runtime.md has a test that names it. */

import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { numbersIn, numbersOf, statedNumbers } from '../../scripts/numbering.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

test('each number of the table is in the name of a test, and no other number', () => {
  const named = globSync('test/**/*.test.ts', { cwd: fileURLToPath(root) }).flatMap((file) => numbersIn(read(file)));
  const stated = statedNumbers(read('docs/runtime.md'));
  expect(stated.filter((number) => !named.includes(number))).toEqual([]);
  expect(named.filter((number) => !stated.includes(number))).toEqual([]);
  expect(stated.length).toBeGreaterThan(40);
});

test.each([
  ['L5', ['L5']],
  ['E6, E7, D6', ['E6', 'E7']],
  ['Q1–Q4', ['Q1', 'Q2', 'Q3', 'Q4']],
  ['metrics', ['metrics']],
  ['A Lease', []],
])('a name that begins with %s', (list, numbers) => {
  expect(numbersOf(`${list}: and more`)).toEqual(numbers);
  expect(numbersOf(`${list} and more`)).toEqual([]);
  expect(numbersOf(`more of ${list}: and more`)).toEqual([]);
});

test('of a source those count that begin a name', () => {
  const [first, second] = ['L1', 'S2'].map((number) => `${number}: one`);
  expect(numbersIn(`test('${first}', () => 1); // ${second}`)).toEqual(['L1']);
});
