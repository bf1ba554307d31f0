/**
 * Whether a value is valid just as it is: what an API server has pruned, defaulted and validated nearly always is, and
 * then nothing has to be made of it.
 *
 * Taken from the zod schema, whose own checks are run. To parse is to copy, at several times the cost.
 *
 * @module
 */

import type * as z from 'zod';

type Test = (value: unknown) => boolean;

/** Adds an issue if the value, of the type that its schema has, does not pass. */
interface Check {
  check(payload: z.core.ParsePayload): unknown;
}

/**
 * A test that JSON passes only if `schema` takes it and gives it back as it is.
 *
 * @throws TypeError for a schema of a type that none of ours has
 */
export function acceptance<S extends z.ZodType>(schema: S): (value: unknown) => value is z.output<S> {
  const test = testOf(schema);
  return (value): value is z.output<S> => test(value);
}

function testOf(schema: z.core.$ZodType): Test {
  const isOfType = typeTestOf(schema);
  const checks = checksOf(schema);
  if (checks.length === 0) return isOfType;
  return (value) => isOfType(value) && passes(checks, value);
}

/** In their order, and none after one that fails: a limit keeps the others from what is too long for them. */
function passes(checks: readonly Check[], value: unknown): boolean {
  const payload: z.core.ParsePayload = { value, issues: [] };
  for (const each of checks) {
    each.check(payload);
    if (payload.issues.length > 0) return false;
  }
  return true;
}

/** A format, such as that of a time, is a schema and a check at once. */
function checksOf({ _zod: own }: z.core.$ZodType): readonly Check[] {
  const further = (own.def.checks ?? []).map(({ _zod: check }) => check);
  return isCheck(own) ? [own, ...further] : further;
}

function isCheck(own: z.core.$ZodType['_zod']): own is z.core.$ZodType['_zod'] & Check {
  return own.traits.has('$ZodCheck');
}

function typeTestOf(schema: z.core.$ZodType): Test {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- zod's own way to have its types told apart
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'string' || def.type === 'boolean') return (value) => typeof value === def.type;
  if (def.type === 'number') return Number.isFinite;
  if (def.type === 'enum') return among(new Set<unknown>(Object.values(def.entries)));
  if (def.type === 'array') return arrayTest(testOf(def.element));
  if (def.type === 'record') return recordTest(testOf(def.valueType));
  if (def.type === 'object') return objectTest(def.shape);
  if (def.type === 'optional' || def.type === 'default') return testOf(def.innerType);
  throw new TypeError(`nothing tells whether a ${def.type} is valid as it is`);
}

function among(values: ReadonlySet<unknown>): Test {
  return (value) => values.has(value);
}

function arrayTest(item: Test): Test {
  return (value) => Array.isArray(value) && value.every(item);
}

/** Zod leaves out a key that would be a prototype. */
function recordTest(item: Test): Test {
  return (value) => isObject(value) && Object.entries(value).every(([key, each]) => key !== '__proto__' && item(each));
}

/** A field that is not there must be optional: a default would be filled in. What is no field would be left out. */
function objectTest(shape: z.core.$ZodShape): Test {
  const fields = Object.entries(shape).map(([name, field]) => {
    return { name, test: testOf(field), isOptional: field._zod.def.type === 'optional' };
  });
  return (value) => {
    if (!isObject(value)) return false;
    let present = 0;
    for (const { name, test, isOptional } of fields) {
      const field = value[name];
      if (field === undefined ? !isOptional : !test(field)) return false;
      if (field !== undefined) present += 1;
    }
    return Object.keys(value).length === present;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
