/**
 * The samples that everybody copies: valid, one for each type, both protocol versions among them.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseApplication, parseRegistry } from '../../src/api/parse.ts';

const folder = new URL('../../deploy/samples/', import.meta.url);
const samples = readdirSync(folder).map((file) => [file, parse(readFileSync(new URL(file, folder), 'utf8'))] as const);
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

test('the registry that applications use by default is a store', () => {
  const registries = samples.filter(([, { kind }]) => kind === 'OAuthRegistry');
  expect(registries).toMatchObject([
    ['default-registry.yaml', { metadata: { name: 'default' }, spec: { type: 'Store' } }],
  ]);
});
