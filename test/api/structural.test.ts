/**
 * zod → structural schema, and what the API server drops before it validates.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { prune, structural } from '../../src/api/structural.ts';

describe('a structural schema', () => {
  test.for([
    ['an integer', z.int().min(1).max(9), { type: 'integer', format: 'int64', minimum: 1, maximum: 9 }],
    ['a pattern, as RE2 writes it', z.string().regex(/^\/a$/), { type: 'string', pattern: '^/a$' }],
    ['a map', z.record(z.string(), z.string()), { type: 'object', additionalProperties: { type: 'string' } }],
    ['a choice', z.enum(['a', 'b']), { type: 'string', enum: ['a', 'b'] }],
    ['a default', z.boolean().default(false), { type: 'boolean', default: false }],
    ['a list', z.array(z.boolean()).max(2), { type: 'array', maxItems: 2, items: { type: 'boolean' } }],
  ] as const)('of %s', ([, schema, expected]) => {
    expect(structural(schema)).toEqual(expected);
  });

  test('asks for what has no default, and keeps what was said of a field', () => {
    const schema = z.object({ a: z.string().describe('A.'), b: z.string().optional(), c: z.string().default('c') });
    expect(structural(schema)).toEqual({
      type: 'object',
      required: ['a'],
      properties: {
        a: { type: 'string', description: 'A.' },
        b: { type: 'string' },
        c: { type: 'string', default: 'c' },
      },
    });
  });

  test.for([
    ['a date', z.date()],
    ['a type that contains itself', recursive()],
  ] as const)('cannot be made of %s', ([, schema]) => {
    expect(() => structural(schema)).toThrow();
  });

  function recursive(): z.ZodType {
    const node: z.ZodType = z.lazy(() => z.object({ next: node.optional() }));
    return node;
  }
});

describe('pruning', () => {
  const schema = structural(
    z.object({
      name: z.string(),
      size: z.int().default(1),
      labels: z.record(z.string(), z.string()).optional(),
      items: z.array(z.object({ id: z.string() })).optional(),
    }),
  );

  test.for([
    [{ name: 'a', size: 2 }, { name: 'a', size: 2 }, []],
    [{ name: 'a', extra: 1 }, { name: 'a' }, [['extra']]],
    [{ name: null, size: null }, { name: null }, []],
    [{ labels: { a: 'b', c: null } }, { labels: { a: 'b' } }, []],
    [{ items: [{ id: 'a', x: 1 }, null] }, { items: [{ id: 'a' }, null] }, [['items', 0, 'x']]],
    [{ items: { id: 'a' } }, { items: { id: 'a' } }, []],
    ['text', 'text', []],
    [null, null, []],
  ])('%j becomes %j', ([value, expected, unknown]) => {
    expect(prune(schema, value)).toEqual({ value: expected, unknown });
  });

  test('looks no deeper than the schema', () => {
    const deep = JSON.parse(`{"name":${'['.repeat(5000)}${']'.repeat(5000)}}`);
    expect(prune(schema, deep).unknown).toEqual([]);
  });

  test('keeps a key that is called __proto__ an ordinary key', () => {
    const { value } = prune(schema, JSON.parse('{"labels":{"__proto__":"x"}}'));
    expect(JSON.stringify(value)).toBe('{"labels":{"__proto__":"x"}}');
  });
});
