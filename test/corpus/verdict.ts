/**
 * What one reader says of a request, and whether that is what the case expects.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import { YAMLParseError } from 'yaml';
import {
  applicationChangeIssues,
  type Issue,
  type Manifest,
  type Parsed,
  parseApplication,
  parseApplicationSpec,
  parseRegistry,
  registryChangeIssues,
  type UnknownFields,
} from '../../src/api/parse.ts';
import { type Body, baseSpec, type Case, ownFields, type Request } from './cases.ts';
import { isRecord } from './directives.ts';
import { readYAML } from './raw.ts';

/** Accepted, with the spec as it was understood; or refused, with the fields that are to blame. */
export type Verdict =
  | { readonly accepted: true; readonly spec: unknown }
  | { readonly accepted: false; readonly fields: readonly string[]; readonly text: string };

/** What a reader says when unknown fields are refused, and when they are dropped. */
export interface Verdicts {
  readonly strict: Verdict;
  readonly lenient: Verdict;
}

/** The field that is to blame when a body is no object at all. */
export const wholeBody = '(body)';

/** What is wrong with `verdicts`, in a sentence; `undefined` if they are what `row` expects. */
export function complaint(row: Case, { strict, lenient }: Verdicts): string | undefined {
  switch (row.expectation) {
    case 'accept':
      return notAccepted(strict) ?? notAccepted(lenient);
    case 'reject':
      return notRefused(row, strict) ?? notRefused(row, lenient);
    case 'reject-strict':
      return notRefused(row, strict) ?? notAccepted(lenient);
    case 'reject-or-prune':
      return notRefused(row, strict) ?? notAccepted(lenient) ?? notPruned(strict, lenient);
    case 'treat-as-unset':
      return notAccepted(strict) ?? notDefaulted(row, strict);
    case 'ignore':
    case 'tolerate':
    case 'refuse-at-runtime':
      return notAccepted(strict) ?? notAccepted(lenient);
  }
}

/** How two readers differ about one request; `undefined` if they agree, down to the defaults. */
export function disagreement(one: Verdict, other: Verdict): string | undefined {
  if (one.accepted !== other.accepted) return `${describe(one)}, but ${describe(other)}`;
  if (!one.accepted || !other.accepted || isDeepStrictEqual(one.spec, other.spec)) return undefined;
  return `understood differently: ${JSON.stringify(one.spec)} and ${JSON.stringify(other.spec)}`;
}

function describe(verdict: Verdict): string {
  return verdict.accepted ? 'accepted' : `refused (${verdict.text})`;
}

function notAccepted(verdict: Verdict): string | undefined {
  return verdict.accepted ? undefined : describe(verdict);
}

/** A refusal for another reason than the case's own refuses nothing. */
function notRefused(row: Case, verdict: Verdict): string | undefined {
  if (verdict.accepted) return 'accepted';
  const own = ownFields(row);
  const blamesOwn = verdict.fields.some((field) => field === wholeBody || own.some((name) => isWithin(field, name)));
  return blamesOwn ? undefined : `refused for ${verdict.text}, not for ${own.join(' or ')}`;
}

function isWithin(field: string, name: string): boolean {
  return field === name || field.startsWith(`${name}.`) || field.startsWith(`${name}[`);
}

function notPruned(strict: Verdict, lenient: Verdict): string | undefined {
  const unknown = strict.accepted ? [] : strict.fields;
  const left = unknown.filter((field) => lenient.accepted && hasField({ spec: lenient.spec }, field.split('.')));
  return left.length === 0 ? undefined : `still there: ${left.join(', ')}`;
}

function hasField(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  return isRecord(value) && Object.hasOwn(value, key) && hasField(value[key], rest);
}

function notDefaulted(row: Case, verdict: Verdict): string | undefined {
  const unset = parseApplicationSpec(baseSpec(row.spec['type']));
  const same = verdict.accepted && unset.ok && isDeepStrictEqual(verdict.spec, unset.value);
  return same ? undefined : 'not the same as an absent field';
}

/** What `parse` says of `request`. */
export function parseVerdict(request: Request, unknownFields: UnknownFields): Verdict {
  try {
    return request.kind === 'OAuthRegistry'
      ? read(parseRegistry, registryChangeIssues, request, unknownFields)
      : read(parseApplication, applicationChangeIssues, request, unknownFields);
  } catch (error) {
    if (error instanceof YAMLParseError) return refusal([{ path: wholeBody, message: error.message }]);
    throw error;
  }
}

type Parse<Spec> = (object: unknown, unknownFields: UnknownFields) => Parsed<Manifest<Spec>>;
type ChangeIssues<Spec> = (spec: Spec, old: Spec) => readonly Issue[];

function read<Spec>(
  parse: Parse<Spec>,
  changeIssues: ChangeIssues<Spec>,
  request: Request,
  unknownFields: UnknownFields,
): Verdict {
  const { before, body } = request;
  const parsed = parse(valueOf(body, unknownFields), unknownFields);
  if (!parsed.ok) return refusal(parsed.issues);
  const old = before && parse(valueOf(before, unknownFields), unknownFields);
  const issues = old?.ok ? changeIssues(parsed.value.spec, old.value.spec) : [];
  return issues.length === 0 ? { accepted: true, spec: parsed.value.spec } : refusal(issues);
}

/** What `parse` says of `request` in both ways. */
export function parseVerdicts(request: Request): Verdicts {
  return { strict: parseVerdict(request, 'refuse'), lenient: parseVerdict(request, 'drop') };
}

function valueOf(body: Body, unknownFields: UnknownFields): unknown {
  return 'yaml' in body ? readYAML(body.yaml, unknownFields === 'refuse') : body.object;
}

function refusal(issues: readonly Issue[]): Verdict {
  const fields = issues.map(({ path }) => path);
  return { accepted: false, fields, text: issues.map(({ path, message }) => `${path}: ${message}`).join('; ') };
}
