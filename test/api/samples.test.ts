/**
 * The samples that everybody copies: valid, one for each type, both protocol versions among them.
 *
 * @module
 */

import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseApplication, parseRegistry } from '../../src/api/parse.ts';

const folder = new URL('../../deploy/samples/', import.meta.url);
const files = globSync('**/*.yaml', { cwd: fileURLToPath(folder) });
const samples = files.map((file) => [file, parse(readFileSync(new URL(file, folder), 'utf8'))] as const);
const applications = samples.filter(([, { kind }]) => kind === 'OAuthApplication');

describe('every sample is valid', () => {
  test.for(samples)('%s', ([, object]) => {
    const parsed = object.kind === 'OAuthRegistry' ? parseRegistry(object) : parseApplication(object);
    expect(parsed).toMatchObject({ ok: true });
  });
});

test('every type and both protocol versions are there', () => {
  const valuesOf = (field: string) => new Set(applications.map(([, { spec }]) => spec[field] ?? '2.0'));
  expect(valuesOf('type')).toEqual(new Set(['Web', 'Native', 'Server']));
  expect(valuesOf('protocolVersion')).toEqual(new Set(['2.0', '2.1']));
});

const registries = samples.filter(([, { kind }]) => kind === 'OAuthRegistry');

test('the registry that applications use by default is a store', () => {
  const named = registries.filter(([, { metadata }]) => metadata.name === 'default');
  expect(named).toMatchObject([['default-registry.yaml', { spec: { type: 'Store' } }]]);
});

test('there is a registry for each site, and a sample of each way to be let in there', () => {
  const clouds = registries.flatMap(([, { spec }]) => spec.alibabaCloud ?? []);
  expect(new Set(clouds.map(({ site }) => site))).toEqual(new Set(['China', 'International']));
  const ways = clouds.flatMap(({ credentials }: { credentials: object }) => Object.keys(credentials));
  expect(new Set(ways)).toEqual(new Set(['secretRef', 'workloadIdentity']));
});
