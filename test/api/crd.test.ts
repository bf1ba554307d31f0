/**
 * The generated CRDs: readable by RE2, and documented field by field.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { customResourceDefinitions } from '../../src/api/crd.ts';
import type { Structural } from '../../src/api/structural.ts';

const definitions = customResourceDefinitions();

interface Field {
  readonly path: string;
  readonly schema: Structural;
}

function fieldsOf(schema: Structural, path = ''): Field[] {
  const { properties = {}, additionalProperties, items } = schema;
  const below = [
    ...Object.entries(properties).flatMap(([name, field]) => fieldsOf(field, `${path}.${name}`)),
    ...(additionalProperties ? fieldsOf(additionalProperties, `${path}.*`) : []),
    ...(items ? fieldsOf(items, `${path}[]`) : []),
  ];
  return [{ path, schema }, ...below];
}

function schemaOf(index: number): Structural {
  const schema = definitions[index]?.spec.versions[0]?.schema.openAPIV3Schema;
  if (schema === undefined) throw new Error(`there is no definition ${index}`);
  return schema;
}

const fields = definitions.flatMap((_, index) => fieldsOf(schemaOf(index)));

describe('every field', () => {
  const owned = fields.filter(({ path }) => path !== '' && !path.startsWith('.metadata'));

  test.for(owned)('$path is documented', ({ schema }) => {
    expect(schema.description).toMatch(/^["$A-Z].*\.$/s);
  });

  test.for(owned.filter(({ path }) => /^\.spec\.[^.[*]+$/.test(path)))(
    '$path says whether it may change',
    ({ schema }) => {
      expect(schema.description).toMatch(/ (May|may) (not )?change|what may change\./);
    },
  );

  test('with a default of the schema names it', () => {
    const silent = owned.filter(({ schema }) => ['string', 'number', 'boolean'].includes(typeof schema.default));
    const told = silent.filter(
      ({ path, schema }) => path.startsWith('.status') || schema.description?.includes(`Default: ${quoted(schema)}`),
    );
    expect(told).toEqual(silent);
  });

  function quoted({ default: value }: Structural): string {
    return value === '2.0' ? '"2.0"' : String(value);
  }
});

describe('the API server', () => {
  const patterns = fields.flatMap(({ path, schema }) => [
    ...(typeof schema['pattern'] === 'string' ? [[path, schema['pattern']] as const] : []),
    ...patternsOf(schema).map((pattern) => [path, pattern] as const),
  ]);

  function patternsOf(schema: Structural): string[] {
    const rules = schema['x-kubernetes-validations'];
    const texts = Array.isArray(rules) ? rules.map(({ rule }) => String(rule)) : [];
    return texts.flatMap((text) => [...text.matchAll(/r"([^"]*)"/g)].flatMap(([, pattern]) => pattern ?? []));
  }

  test.for(patterns)('reads the pattern of %s as JavaScript does', ([, pattern]) => {
    expect(pattern).not.toMatch(/\(\?[=!<]|\\[sSwWbB1-9]/);
    expect(pattern.replaceAll(/\\.|\[[^\]]*\]/g, '')).not.toContain('.');
  });

  test('bounds every string and list of a spec', () => {
    const unbounded = fields.filter(({ path, schema }) => {
      if (!path.startsWith('.spec') || schema['enum'] !== undefined) return false;
      if (schema.type === 'string') return schema['maxLength'] === undefined;
      return schema.type === 'array' && schema['maxItems'] === undefined;
    });
    expect(unbounded.map(({ path }) => path)).toEqual([]);
  });

  test('fills in the defaults that the product names, and no others', () => {
    const defaults = fieldsOf(schemaOf(0)).filter(({ schema }) => schema.default !== undefined);
    expect(Object.fromEntries(defaults.map(({ path, schema }) => [path, schema.default]))).toEqual({
      '.spec.registryRef': { name: 'default' },
      '.spec.registryRef.name': 'default',
      '.spec.protocolVersion': '2.0',
      '.spec.accessTokenValiditySeconds': 3600,
      '.spec.scopes': ['openid'],
      '.spec.multiTenant': false,
      '.spec.adoptionPolicy': 'Never',
      '.spec.driftPolicy': 'Correct',
      '.spec.suspend': false,
      '.status': { observedGeneration: -1 },
      '.status.observedGeneration': -1,
    });
    const ofRegistry = fieldsOf(schemaOf(1)).filter(({ schema }) => schema.default !== undefined);
    expect(ofRegistry.map(({ path }) => path)).toEqual(['.status', '.status.observedGeneration']);
  });
});

test('both kinds have their names, columns and selectable fields', () => {
  expect(definitions.map(({ metadata, spec }) => [metadata.name, spec.scope, spec.names.shortNames])).toEqual([
    ['oauthapplications.ramify.dev', 'Namespaced', ['oauthapp', 'oapp']],
    ['oauthregistries.ramify.dev', 'Cluster', ['oreg']],
  ]);
  const [version] = definitions[0]?.spec.versions ?? [];
  const columns = version?.additionalPrinterColumns ?? [];
  expect(columns.filter(({ priority }) => priority !== 1).map(({ name }) => name)).toEqual([
    'Ready',
    'Client ID',
    'Type',
    'Secret',
    'Age',
  ]);
  expect(columns.filter(({ priority }) => priority === 1).map(({ name }) => name)).toEqual([
    'Reason',
    'Registry',
    'Next rotation',
  ]);
  expect(version?.selectableFields).toEqual([{ jsonPath: '.spec.type' }, { jsonPath: '.spec.registryRef.name' }]);
});
