/** That every promise of the pages, and every attack, has a test that names it. */

import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { numbersIn, numbersOf, pages, statedNumbers } from '../../scripts/numbering.ts';

const attacks = 'docs/security/attacks.md';
const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

test('each number of the tables is in the name of a test, and no other number', () => {
  const named = globSync('test/**/*.test.ts', { cwd: fileURLToPath(root) }).flatMap((file) => numbersIn(read(file)));
  const stated = pages.flatMap((page) => statedNumbers(read(page)));
  expect(stated.filter((number) => !named.includes(number))).toEqual([]);
  expect(named.filter((number) => !stated.includes(number))).toEqual([]);
  expect(stated.length).toBeGreaterThan(40);
});

test('each attack has its line, in order, which leads to the files in which it is tried', () => {
  const lines = read(attacks).match(/^\| AT\d\d \|.*$/gm) ?? [];
  const numbers = lines.map((line) => line.slice(2, 6));
  expect(numbers).toEqual(Array.from({ length: 57 }, (_, n) => `AT${String(n + 1).padStart(2, '0')}`));
  const misled = lines.flatMap((line) =>
    Array.from(line.matchAll(/\]\(([^)]+)\)/g), ([, file = '']) => file)
      .filter(
        (file) => !numbersIn(readFileSync(new URL(file, new URL(attacks, root)), 'utf8')).includes(line.slice(2, 6)),
      )
      .map((file) => `${line.slice(2, 6)} is not in ${file}`),
  );
  expect(misled).toEqual([]);
  for (const line of lines) expect(line).toMatch(/\]\([^)]+\) \|$|\| – \|$/);
});

test.each([
  ['L5', ['L5']],
  ['AT07', ['AT07']],
  ['AT33, AT34', ['AT33', 'AT34']],
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
