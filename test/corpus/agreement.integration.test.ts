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

/** What differs from the least valid spec, for each input. */
const inputs = {
  'redirect URIs': [
    fc
      .uniqueArray(mutatedURI, { minLength: 20, maxLength: 20 })
      .map((redirectURIs) => ({ type: 'Native', redirectURIs })),
    25,
  ],
  'texts with placeholders': [
    fc.array(template, { minLength: 30, maxLength: 30 }).map((texts) => ({ secret: { data: keyed(texts) } })),
    10,
  ],
  scopes: [fc.uniqueArray(scope, { minLength: 20, maxLength: 20 }).map((scopes) => ({ scopes })), 10],
  'display names': [displayName.map((parts) => ({ displayName: parts.join('') })), 150],
  'keys of labels': [labelKey.map((key) => ({ secret: { labels: { [key]: 'x' } } })), 150],
  'keys of data': [dataKey.map((key) => ({ secret: { data: { [key]: 'x' } } })), 100],
  durations: [interval.map((text) => ({ rotation: { interval: text } })), 100],
} satisfies Record<string, readonly [fc.Arbitrary<object>, number]>;

function keyed(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text, index) => [`k${index}`, text]));
}

test.for(Object.entries(inputs))('%s', async ([, [arbitrary, numRuns]]) => {
  const specs: readonly object[] = fc.sample<object>(arbitrary, { numRuns, seed });
  const outcomes = new Set<boolean>();
  for (const fields of specs) {
    const { server, parsed } = await verdictsOn(fields);
    expect(blamed(parsed), JSON.stringify(fields)).toEqual(blamed(server));
    for (const verdict of itemVerdicts(fields, parsed)) outcomes.add(verdict);
  }
  expect(outcomes, 'both sides of the rule were reached').toEqual(new Set([true, false]));
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

/** Whether the items of a list were accepted, or the whole where it is no list. */
function itemVerdicts(fields: object, verdict: Verdict): boolean[] {
  if (verdict.accepted) return [true];
  const [field] = Object.values(fields).filter((value) => Array.isArray(value) || 'data' in Object(value));
  const items = Array.isArray(field) ? field.length : Object.keys(Object(field).data ?? {}).length;
  return items > blamed(verdict).length ? [true, false] : [false];
}
