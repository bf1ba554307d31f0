/**
 * The corpus without a server: `parse` meets every expectation of the layer that it decides, and costs little.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { type Case, casesOf, ownFields, requestOf } from './cases.ts';
import { complaint, parseVerdict, parseVerdicts } from './verdict.ts';

const decided = casesOf('schema');

test('the corpus is whole', () => {
  const layers = (['schema', 'apiserver', 'policy', 'semantic'] as const).map((layer) => casesOf(layer).length);
  expect(layers).toEqual([decided.length, 6, 2, 5]);
  expect(new Set(decided.map(({ id }) => id)).size).toBe(decided.length);
  expect(decided.filter(({ id }) => id.startsWith('OWN-')).length).toBeGreaterThanOrEqual(60);
});

describe('parse meets the expectation', () => {
  test.for(decided)('$id: $reason', (row) => {
    expect(complaint(row, parseVerdicts(requestOf(row, 'portal')))).toBeUndefined();
  });
});

test('a host that nobody can decode is refused by parse alone: CEL cannot calculate it', () => {
  const hosts = casesOf('semantic').filter(({ area }) => area === 'redirect-uri');
  expect(hosts.map((row) => complaint(row, parseVerdicts(requestOf(row, 'portal'))))).toEqual([undefined]);
});

describe('a verdict that does not fit is a complaint', () => {
  const row: Case = {
    id: 'X',
    area: 'x',
    spec: { displayName: 'a<b' },
    expectation: 'reject',
    layer: 'schema',
    reason: 'x',
  };
  const accepted = { accepted: true, spec: { displayName: 'a<b' } } as const;
  const elsewhere = { accepted: false, fields: ['spec.type'], text: 'spec.type: Required' } as const;

  test.for([
    ['accepted though bad', row, { strict: accepted, lenient: accepted }],
    ['refused for another field', row, { strict: elsewhere, lenient: elsewhere }],
    ['refused though good', { ...row, expectation: 'accept' }, { strict: elsewhere, lenient: elsewhere }],
    [
      'not pruned',
      { ...row, expectation: 'reject-or-prune' },
      { strict: blamed('spec.displayName'), lenient: accepted },
    ],
    ['not defaulted', { ...row, expectation: 'treat-as-unset' }, { strict: accepted, lenient: accepted }],
    ['refused by both', { ...row, expectation: 'reject-strict' }, { strict: elsewhere, lenient: elsewhere }],
  ] as const)('%s', ([, given, verdicts]) => {
    expect(complaint(given, verdicts)).toEqual(expect.any(String));
  });

  function blamed(field: string) {
    return { accepted: false, fields: [field], text: field } as const;
  }
});

test('a refusal is counted for what the case is about', () => {
  const about = (spec: Case['spec']) => ownFields({ ...(decided[0] as Case), spec });
  expect(about({ type: 'Web', redirectURIs: [] })).toEqual(['spec.redirectURIs']);
  expect(about({ type: 'web' })).toEqual(['spec.type']);
  expect(about({ $old: { type: 'Web' }, $new: { type: 'Native' } })).toEqual(['spec.type']);
  expect(about({ $metadata: { name: 'x' } })).toEqual(['metadata.name']);
  expect(about({ $raw: 'spec:\n  displayName: no\n' })).toEqual(['spec.displayName']);
});

describe('the worst input is refused within 5 ms', () => {
  const long = 200_000;
  test.for([
    ['a long run of percent-encoding', { redirectURIs: [`https://${'%2e'.repeat(long)}/`] }],
    [
      'a long redirect URI that fails at its end',
      { redirectURIs: Array(20).fill(`https://a.example/${'a'.repeat(1004)};`) },
    ],
    ['labels without an end', { redirectURIs: Array(20).fill(`https://${'a-'.repeat(500)}`) }],
    ['dots without an end', { redirectURIs: Array(20).fill(`https://a.b/${'/..a'.repeat(250)}`) }],
    ['questions without an end', { redirectURIs: Array(20).fill(`https://a.b/${'?&'.repeat(500)};`) }],
    ['many redirect URIs', { redirectURIs: Array.from({ length: 1001 }, (_, index) => `https://a.example/${index}`) }],
    ['a long name', { displayName: `a${'\u0301'.repeat(long)}` }],
    ['marks and spaces', { displayName: '\u0301 '.repeat(12) }],
    ['dollars without an end', { secret: { data: { a: '$'.repeat(4095), b: `${'$$'.repeat(2047)}$(` } } }],
    ['a long duration', { rotation: { interval: '1'.repeat(long) } }],
    ['a long scope', { scopes: [`${'/a'.repeat(long)}/`] }],
    ['a long key of a label', { secret: { labels: { [`${'a.'.repeat(long)}/x`]: '' } } }],
    ['a nested field', { secret: { keys: { clientID: nested(5000) } } }],
    ['a nested list', { scopes: JSON.parse('['.repeat(5000) + ']'.repeat(5000)) }],
  ] as const)('%s', ([, fields]) => {
    const object = manifest(fields);
    expect(parseVerdict(object, 'drop').accepted).toBe(false);
    const runs = Array.from({ length: 9 }, () => milliseconds(() => parseVerdict(object, 'refuse')));
    expect(Math.min(...runs)).toBeLessThan(5);
  });
});

function manifest(fields: object) {
  const spec = { type: 'Web', displayName: 'Portal', redirectURIs: ['https://a.example/cb'], ...fields };
  const object = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthApplication', metadata: { name: 'x' }, spec };
  return { kind: 'OAuthApplication', body: { object } } as const;
}

function nested(depth: number): unknown {
  return JSON.parse(`${'{"keys":'.repeat(depth)}1${'}'.repeat(depth)}`);
}

/** Of this thread's CPU: what else the machine does meanwhile does not count. */
function milliseconds(run: () => void): number {
  const start = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}
