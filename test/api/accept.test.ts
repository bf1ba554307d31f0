/**
 * What is accepted as it is: only what `parse` would give back as it is, and all of what `parse` gave.
 *
 * @module
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { acceptance } from '../../src/api/accept.ts';
import { applicationSpec, applicationStatus } from '../../src/api/application.ts';
import { registrySpec } from '../../src/api/registry.ts';
import { prune, structural } from '../../src/api/structural.ts';
import { casesOf, requestOf } from '../corpus/cases.ts';

/** Accepted: zod gives it back as it is. What zod gives: accepted. */
function agreement(schema: z.ZodType): (value: unknown) => void {
  const isAccepted = acceptance(schema);
  const known = structural(schema);
  return (value) => {
    const { success, data } = tried(schema, prune(known, value).value);
    if (isAccepted(value)) expect({ success, data }).toStrictEqual({ success: true, data: value });
    if (success) expect(isAccepted(data)).toBe(true);
  };
}

/** Zod throws where something that is no list has a length. */
function tried(schema: z.ZodType, value: unknown): { readonly success: boolean; readonly data?: unknown } {
  try {
    return schema.safeParse(value);
  } catch {
    return { success: false };
  }
}

describe('agrees with parse', () => {
  const expectAgreement = { OAuthApplication: agreement(applicationSpec), OAuthRegistry: agreement(registrySpec) };

  test('on the whole corpus', () => {
    const requests = casesOf('schema').map((row) => requestOf(row, 'portal'));
    for (const { kind, body } of requests)
      if ('object' in body) expectAgreement[kind](z.looseObject({ spec: z.unknown() }).parse(body.object).spec);
  });

  const status = {
    observedGeneration: 2,
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'Succeeded',
        message: '',
        lastTransitionTime: '2026-11-22T10:00:00Z',
        observedGeneration: 2,
      },
    ],
    applicationID: '1',
    provenance: 'Created',
    secretRef: { name: 'portal', resourceVersion: '7' },
    clientSecrets: [{ id: 's', role: 'Current', createTime: '2026-11-22T10:00:00+01:00' }],
  };
  const web = {
    type: 'Web',
    displayName: 'Portal',
    protocolVersion: '2.0',
    accessTokenValiditySeconds: 3600,
    registryRef: { name: 'default' },
    scopes: ['openid'],
    redirectURIs: ['https://app.example.com/cb'],
    multiTenant: false,
    adoptionPolicy: 'Never',
    driftPolicy: 'Correct',
    suspend: false,
    secret: { labels: { team: 'a' }, data: { config: 'id = $(clientID)' } },
  };

  test.for([
    ['a spec', applicationSpec, web],
    ['a status', applicationStatus, status],
  ] as const)('on %s in which one value after the other is replaced', ([, schema, whole]) => {
    expect(acceptance(schema)(whole)).toBe(true);
    const strange = fc.oneof(fc.jsonValue(), fc.constantFrom(null, '', 'x', -1, 0.5, 1e9, [], {}));
    const expectAgreementOn = agreement(schema);
    fc.assert(
      fc.property(fc.constantFrom(...pathsIn(whole)), strange, (path, value) => {
        expectAgreementOn(replaced(whole, path, value));
      }),
      { numRuns: 500 },
    );
  });
});

describe('does not accept', () => {
  const schema = z.object({
    a: z.int().optional(),
    b: z.string().default('b'),
    map: z.record(z.string(), z.int()).optional(),
  });

  test.for([
    ['a field that is missing and has a default', '{}'],
    ['a field that is not known', '{"b":"","c":1}'],
    ['a null', '{"b":"","a":null}'],
    ['a list for an object', '[]'],
    ['a key that zod leaves out', '{"b":"","map":{"__proto__":1}}'],
    ['a field that is a prototype', '{"b":"","__proto__":{"a":1}}'],
    ['a number with a fraction', '{"b":"","a":1.5}'],
  ] as const)('%s', ([, text]) => {
    expect(acceptance(schema)(JSON.parse(text))).toBe(false);
  });
});

test('a schema that it does not know is none of ours', () => {
  expect(() => acceptance(z.object({ a: z.string().transform(Number) }))).toThrow('pipe');
});

type Path = readonly string[];

function pathsIn(value: unknown): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const inner = Object.entries(value).flatMap(([key, each]) => pathsIn(each).map((path) => [key, ...path]));
  return [[], ['further'], ...inner];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((each, index) => (`${index}` === key ? replaced(each, rest, by) : each));
  const fields: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  return { ...fields, [key]: replaced(fields[key], rest, by) };
}
