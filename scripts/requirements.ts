/**
 * `npm run requirements`: runs the tests that show what the pages promise, and prints number, outcome and name.
 *
 * With `--report FILE` it reads a JSON report of vitest's instead of running anything. It fails where a number has no test
 * that passed, or has one that did not.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { numbersIn, numbersOf, pages, statedNumbers } from './numbering.ts';

/** vitest's JSON report, as far as it is read. */
interface Report {
  readonly testResults: readonly {
    /** The file. */
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

interface Shown {
  readonly number: string;
  readonly status: string;
  readonly name: string;
}

const root = fileURLToPath(new URL('../', import.meta.url));

/** Runs the test files that name a number. */
function run(): Report {
  const files = globSync('test/**/*.test.ts', { cwd: root });
  const naming = files.filter((file) => numbersIn(readFileSync(join(root, file), 'utf8')).length > 0);
  const folder = mkdtempSync(join(tmpdir(), 'ramify-requirements-'));
  try {
    const outputFile = join(folder, 'report.json');
    const args = ['run', '--reporter=json', `--outputFile=${outputFile}`, ...naming];
    spawnSync('vitest', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    return read(outputFile);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(file: string): Report {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- vitest wrote it
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

/** Each test once for each number that it, or what it stands in, begins with. */
function shown({ testResults }: Report): Shown[] {
  return testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.flatMap(({ ancestorTitles, title, status }) => {
      const titles = [...ancestorTitles, title];
      const name = `${relative(root, file)}  ${titles.join(' > ')}`;
      return [...new Set(titles.flatMap(numbersOf))].map((number) => ({ number, status, name }));
    }),
  );
}

const { values } = parseArgs({ options: { report: { type: 'string' } } });
const all = shown(values.report === undefined ? run() : read(values.report));
const stated = pages.flatMap((page) => statedNumbers(readFileSync(join(root, page), 'utf8')));
for (const number of stated) {
  for (const test of all.filter((one) => one.number === number))
    console.log(`${number.padEnd(8)}${test.status.padEnd(8)}${test.name}`);
}
const wanting = stated.filter((number) => {
  const tests = all.filter((one) => one.number === number && one.status !== 'skipped');
  return tests.length === 0 || tests.some(({ status }) => status !== 'passed');
});
console.log(
  `${stated.length} requirements, ${wanting.length === 0 ? 'none missing' : `without: ${wanting.join(', ')}`}`,
);
process.exitCode = wanting.length === 0 ? 0 : 1;
