/**
 * The corpus at a real API server: what it says, what `parse` says, and what the case expects must be one.
 *
 * @module
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedCluster } from '../support/cluster.ts';
import { type Case, casesOf, requestOf } from './cases.ts';
import { serverVerdicts } from './server.ts';
import { countsTable, listing } from './table.ts';
import { complaint, disagreement, parseVerdicts, type Verdicts } from './verdict.ts';

const cluster = sharedCluster();
const decided = [...casesOf('schema'), ...casesOf('apiserver')];
const failed = new Set(decided.map(({ id }) => id));
let namespace = '';

beforeAll(async () => {
  namespace = await cluster.testNamespace();
});

afterAll(() => {
  const others = [...casesOf('semantic'), ...casesOf('policy')];
  process.stdout.write(`\n${countsTable(decided, failed)}\n\n${listing(others)}\n`);
});

function ask(row: Case): Promise<Verdicts> {
  return serverVerdicts(cluster, namespace, requestOf(row, row.id.toLowerCase()));
}

describe('the API server decides as the case expects, and parse as the API server', () => {
  test.for(casesOf('schema'))('$id: $reason', async (row) => {
    const server = await ask(row);
    const parsed = parseVerdicts(requestOf(row, row.id.toLowerCase()));
    expect({
      'API server': complaint(row, server),
      parse: complaint(row, parsed),
      strict: disagreement(server.strict, parsed.strict),
      lenient: disagreement(server.lenient, parsed.lenient),
    }).toEqual({});
    failed.delete(row.id);
  });
});

describe('the API server alone decides', () => {
  test.for(casesOf('apiserver'))('$id: $reason', async (row) => {
    expect(complaint(row, await ask(row))).toBeUndefined();
    failed.delete(row.id);
  });
});

describe('the API server lets through what the loop or a rule of the registry decides', () => {
  test.for([...casesOf('semantic'), ...casesOf('policy')])('$id: $reason', async (row) => {
    expect(complaint({ ...row, expectation: 'accept' }, await ask(row))).toBeUndefined();
  });
});
