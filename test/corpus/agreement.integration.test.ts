/**
 * `parse` and a real API server on inputs that nobody chose: the same fields are to blame, or none.
 *
 * @module
 */

import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { mutatedURI } from '../api/mutated-uris.ts';
import { sharedCluster } from '../support/cluster.ts';
import { baseSpec } from './cases.ts';
import { serverVerdicts } from './server.ts';
import { parseVerdicts, type Verdict } from './verdict.ts';

const cluster = sharedCluster();
let namespace = '';

beforeAll(async () => {
  namespace = await cluster.testNamespace();
});

/** A fixed seed: the same inputs in every run, so that a failure can be looked at. */
const seed = 8252;

const letters = (text: string) => fc.constantFrom(...text);
const textOf = (...pieces: string[]) =>
  fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''));

/** Whether a host is punycode is the one thing that CEL cannot say. */
const isDecodable = (uri: string) => !uri.includes('xn--');

const displayName = fc.array(
  fc.oneof(
    letters('aZ 0&<>"\u00e9\u0301\u200b\u202e\u00a0\u3000\ufffd\t'),
    fc.string({ unit: 'grapheme', maxLength: 2 }),
  ),
  {
    maxLength: 6,
  },
);
const template = textOf('$', '$$', '$(', '(', ')', 'clientID', '$(clientID)', '$(issuer)', 'x', '\n', '\u4f60');
const labelKey = textOf(
  'a',
  'A',
  '-',
  '.',
  '/',
  '_',
  'kubernetes.io',
  'app.',
  'managed-by',
  'ramify.dev',
  'helm.sh/',
  'x',
);
const dataKey = textOf('a', '.', '..', '-', '_', '/', ' ', 'client_id', '\u00e9');
const interval = textOf('1', '0', '59', '720', 'h', 'm', 's', 'd', ' ', '.5');
const scope = textOf('openid', '/acs', '/', 'a', 'A', ':', '.', '-', ' ', ';');

interface Input {
  /** What differs from the least valid spec. */
  readonly fields: fc.Arbitrary<object>;
  /** How many drawn values are in it, each decided by itself. */
  readonly values: number;
  readonly runs: number;
}

const inputs: Readonly<Record<string, Input>> = {
  'redirect URIs': {
    fields: fc
      .uniqueArray(mutatedURI.filter(isDecodable), { minLength: 20, maxLength: 20 })
      .map((redirectURIs) => ({ type: 'Native', redirectURIs })),
    values: 20,
    runs: 25,
  },
  'texts with placeholders': {
    fields: fc.array(template, { minLength: 30, maxLength: 30 }).map((texts) => ({ secret: { data: keyed(texts) } })),
    values: 30,
    runs: 10,
  },
  scopes: {
    fields: fc.uniqueArray(scope, { minLength: 20, maxLength: 20 }).map((scopes) => ({ scopes })),
    values: 20,
    runs: 10,
  },
  'display names': { fields: displayName.map((parts) => ({ displayName: parts.join('') })), values: 1, runs: 150 },
  'keys of labels': { fields: labelKey.map((key) => ({ secret: { labels: { [key]: 'x' } } })), values: 1, runs: 150 },
  'keys of data': { fields: dataKey.map((key) => ({ secret: { data: { [key]: 'x' } } })), values: 1, runs: 100 },
  durations: { fields: interval.map((text) => ({ rotation: { interval: text } })), values: 1, runs: 100 },
};

function keyed(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text, index) => [`k${index}`, text]));
}

test.for(Object.entries(inputs))('%s', async ([, { fields, values, runs }]) => {
  let accepted = 0;
  for (const drawn of fc.sample(fields, { numRuns: runs, seed })) {
    const { server, parsed } = await verdictsOn(drawn);
    expect(blamed(parsed), JSON.stringify(drawn)).toEqual(blamed(server));
    accepted += values - blamed(parsed).length;
  }
  expect(accepted, 'both sides of the rule were reached').toBeGreaterThan(0);
  expect(accepted).toBeLessThan(values * runs);
});

async function verdictsOn(fields: object): Promise<{ server: Verdict; parsed: Verdict }> {
  const spec = { ...baseSpec('Web'), ...fields };
  const object = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthApplication', metadata: { name: 'drawn' }, spec };
  const request = { kind: 'OAuthApplication', body: { object } } as const;
  const server = await serverVerdicts(cluster, namespace, request);
  return { server: server.strict, parsed: parseVerdicts(request).strict };
}

/** The API server writes an entry of a map as `data.key` or as `data[key]`. */
function blamed(verdict: Verdict): string[] {
  const fields = verdict.accepted ? [] : verdict.fields.map((field) => field.replace(/\[(\D[^\]]*)\]/, '.$1'));
  return [...new Set(fields)].toSorted();
}
