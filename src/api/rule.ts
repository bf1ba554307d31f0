/**
 * A rule that no single field can state, once for both of its readers: the API server (CEL) and `parse` (JavaScript).
 *
 * @module
 */

import type { z } from 'zod';

/** The cause that a refusal carries, as the API server spells it; the others would hide the message. */
type Reason = 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired';

interface Statement {
  /** CEL over `self` (and `oldSelf`), evaluated by the API server. */
  readonly rule: string;
  /** What a user reads when it is broken: what must hold, not what went wrong. */
  readonly message: string;
  /** The field to blame, below the value that bears the rule; none: the value itself. */
  readonly path?: string;
  /** `FieldValueInvalid` if not given. */
  readonly reason?: Reason;
}

/** Must hold for every value. `check` and `rule` say the same; the corpus proves it against a real API server. */
export interface Rule<T> extends Statement {
  readonly check: (self: T) => boolean;
  /** The fields that `check` looks at: while one of them is malformed itself, the rule is not tried. */
  readonly reads?: readonly (keyof T & string)[];
}

/** Must hold between the value that is stored and the one that replaces it. */
export interface Transition<T> extends Statement {
  readonly check: (self: T, old: T) => boolean;
}

/** Gives `schema` further rules: as refinements here, as `x-kubernetes-validations` in the CRD. */
export function ruled<S extends z.ZodType>(
  schema: S,
  rules: readonly Rule<z.output<S>>[],
  transitions: readonly Transition<z.output<S>>[] = [],
): S {
  const refined = rules.reduce((before, rule) => before.refine(rule.check, refusal(rule)), schema);
  return refined.meta({ [validations]: [...validationsOf(schema), ...[...rules, ...transitions].map(validation)] });
}

const validations = 'x-kubernetes-validations';

function validationsOf(schema: z.ZodType): unknown[] {
  const given = schema.meta()?.[validations];
  return Array.isArray(given) ? given : [];
}

/** A string must match `pattern`, which RE2 and JavaScript must read alike. */
export function matching(pattern: RegExp, message: string): Rule<string> {
  return { rule: `self.matches(${celString(pattern)})`, check: (self) => pattern.test(self), message };
}

/** A string must not match `pattern`: what a pattern without look-ahead cannot say. */
export function notMatching(pattern: RegExp, message: string): Rule<string> {
  return { rule: `!self.matches(${celString(pattern)})`, check: (self) => !pattern.test(self), message };
}

/** `pattern` as a CEL raw string; it holds no double quote, and slashes are escaped in JavaScript only. */
export function celString(pattern: RegExp): string {
  return `r"${pattern.source.replaceAll('\\/', '/')}"`;
}

function refusal<T>({ message, path, reads }: Rule<T>) {
  const tryable = reads && { when: ({ issues }: z.core.ParsePayload) => !issues.some((issue) => spoils(issue, reads)) };
  return { message, path: path?.split('.') ?? [], params: { rule: true }, ...tryable };
}

/** Whether `issue` says that a field in `reads` is malformed; one that merely breaks another rule can still be read. */
function spoils(issue: z.core.$ZodRawIssue, reads: readonly string[]): boolean {
  if (issue.code === 'custom' && issue.params?.['rule'] === true) return false;
  const [field] = issue.path ?? [];
  return field === undefined || reads.includes(String(field));
}

function validation({ rule, message, path, reason }: Statement) {
  return { rule, message, ...(path && { fieldPath: `.${path}` }), ...(reason && { reason }) };
}
