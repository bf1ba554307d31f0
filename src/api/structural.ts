/**
 * A zod schema as the structural schema of a CustomResourceDefinition, and what the API server does with one before it validates.
 *
 * @module
 */

import * as z from 'zod';

/** The parts of a structural schema (OpenAPI v3) that ours use. */
export interface Structural {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Structural>>;
  readonly additionalProperties?: Structural;
  readonly items?: Structural;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** What zod says in JSON Schema and Kubernetes refuses, or says in another way. */
const foreign = new Set(['$schema', 'propertyNames']);

/** `schema` as the API server takes it; throws for what cannot be said there. */
export function structural(schema: z.ZodType): Structural {
  return adapted(
    z.toJSONSchema(schema, {
      target: 'openapi-3.0',
      io: 'input',
      reused: 'inline',
      cycles: 'throw',
      unrepresentable: 'throw',
    }),
  );
}

function adapted(schema: z.core.JSONSchema._JSONSchema | z.core.JSONSchema._JSONSchema[]): Structural {
  if (typeof schema === 'boolean' || Array.isArray(schema)) throw new TypeError('a structural schema is one object');
  const { properties, additionalProperties, items, ...rest } = schema;
  return {
    ...Object.fromEntries(Object.entries(rest).flatMap(adaptedKeyword)),
    ...(schema.type === 'integer' && { format: 'int64' }),
    ...(properties && { properties: mapValues(properties, adapted) }),
    ...(additionalProperties !== undefined && { additionalProperties: adapted(additionalProperties) }),
    ...(items !== undefined && { items: adapted(items) }),
  };
}

function adaptedKeyword([keyword, value]: [string, unknown]): [string, unknown][] {
  if (foreign.has(keyword)) return [];
  if (keyword === 'pattern') return [[keyword, String(value).replaceAll('\\/', '/')]];
  return [[keyword, value]];
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** A value as the API server would validate it, and the fields that it left out on the way. */
export interface Pruned {
  readonly value: unknown;
  /** Paths of the fields that `schema` does not know, below the value. */
  readonly unknown: readonly (readonly PropertyKey[])[];
}

/** Drops the fields that `schema` does not know, and every null in a field or an entry that need not be there. */
export function prune(schema: Structural, value: unknown, path: readonly PropertyKey[] = []): Pruned {
  if (Array.isArray(value) && schema.items) return prunedItems(schema.items, value, path);
  if (isObject(value) && schema.type === 'object') return prunedFields(schema, value, path);
  return { value, unknown: [] };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function prunedItems(items: Structural, list: readonly unknown[], path: readonly PropertyKey[]): Pruned {
  const pruned = list.map((item, index) => prune(items, item, [...path, index]));
  return { value: pruned.map(({ value }) => value), unknown: pruned.flatMap(({ unknown }) => unknown) };
}

function prunedFields(schema: Structural, object: object, path: readonly PropertyKey[]): Pruned {
  const kept: [string, unknown][] = [];
  const unknown: (readonly PropertyKey[])[] = [];
  for (const [key, value] of Object.entries(object)) {
    const field = fieldOf(schema, key);
    if (field === undefined) unknown.push([...path, key]);
    else if (value !== null || schema.required?.includes(key)) {
      const pruned = prune(field, value, [...path, key]);
      kept.push([key, pruned.value]);
      unknown.push(...pruned.unknown);
    }
  }
  return { value: Object.fromEntries(kept), unknown };
}

function fieldOf({ properties = {}, additionalProperties }: Structural, key: string): Structural | undefined {
  return Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
}
