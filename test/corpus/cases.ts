/**
 * The corpus: inputs that must be refused and inputs that must not, each as one or two request bodies.
 *
 * `bad-inputs.json` and `good-inputs.json` are given, `own-inputs.json` is our own reading of the RFCs and of the API.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { expanded, isRecord } from './directives.ts';
import { completedText } from './raw.ts';

/** What shall happen; see `README.md`. */
export type Expectation =
  | 'accept'
  | 'reject'
  | 'reject-strict'
  | 'reject-or-prune'
  | 'treat-as-unset'
  | 'ignore'
  | 'tolerate'
  | 'refuse-at-runtime';

/** Who decides: schema and CEL (so `parse` too), the API server alone, a rule of the registry, or the loop. */
export type Layer = 'schema' | 'apiserver' | 'policy' | 'semantic';

/** An input, as its file has it. */
export interface Case {
  readonly id: string;
  readonly area: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly expectation: Expectation;
  readonly layer: Layer;
  /** Why, and where that is said. */
  readonly reason: string;
}

/** A request body: JSON, or YAML as a person wrote it. */
export type Body = { readonly object: unknown } | { readonly yaml: string };

/** What to send for a case: `body`, after `before` was created where the case is about a change. */
export interface Request {
  readonly before?: Body;
  readonly body: Body;
}

const files = ['bad-inputs.json', 'good-inputs.json', 'own-inputs.json'];

const cases = files.flatMap(rowsOf).map((row): Case => ({ layer: 'schema', ...row }));

function rowsOf(file: string): readonly (Omit<Case, 'layer'> & Partial<Case>)[] {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

/** The cases that `layer` decides, in the order of their files. */
export function casesOf(layer: Layer): readonly Case[] {
  return cases.filter((row) => row.layer === layer);
}

const callback = 'https://app.example.com/cb';

const bases: Readonly<Record<string, Record<string, unknown>>> = {
  Web: { type: 'Web', displayName: 'Portal', redirectURIs: [callback] },
  Native: { type: 'Native', displayName: 'Portal', redirectURIs: ['http://127.0.0.1/cb'] },
  Server: { type: 'Server', displayName: 'Portal' },
};

/** The least that a valid spec of `type` holds; of Web if there is no such type. */
export function baseSpec(type: unknown = 'Web'): Record<string, unknown> {
  return { ...(bases[String(type)] ?? bases['Web']) };
}

const header = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthApplication' };

/** What to send for `row`, as an object of the name `name`. */
export function requestOf({ spec }: Case, name: string): Request {
  const metadata = { name };
  if ('$old' in spec && isRecord(spec['$new'])) {
    return {
      before: bodyOf(spec['$old'], metadata),
      body: bodyOf({ ...record(spec['$old']), ...spec['$new'] }, metadata),
    };
  }
  return { body: bodyOf(spec, metadata) };
}

/** The fields that `row` is about, such as `spec.redirectURIs`: a refusal counts only if it names one of them. */
export function ownFields({ spec }: Case): readonly string[] {
  if ('$raw' in spec) return rawFields(String(spec['$raw']));
  if ('$metadata' in spec) return Object.keys(record(spec['$metadata'])).map((key) => `metadata.${key}`);
  const changed = '$new' in spec ? record(spec['$new']) : spec;
  const keys = Object.keys(changed).filter((key) => !key.startsWith('$'));
  const others = keys.filter((key) => key !== 'type');
  const isType = others.length === 0 || '$new' in spec;
  return (isType ? keys : others).map((key) => `spec.${key}`);
}

function rawFields(text: string): string[] {
  const keys = [...text.matchAll(/(?:^ {2}|\{)([\p{L}]+):/gmu)].map(([, key]) => key);
  const listed = [...text.matchAll(/, ([A-Za-z]+):/g)].map(([, key]) => key);
  return [...keys, ...listed].filter((key) => key !== 'type').map((key) => `spec.${key}`);
}

function bodyOf(given: unknown, metadata: Readonly<Record<string, unknown>>): Body {
  const spec = record(expanded(given));
  const { $metadata, $status, $object, $nest, $raw, ...fields } = spec;
  if ($raw !== undefined) return { yaml: completedText(String($raw), { ...header, metadata }, baseSpec()) };
  if ($object !== undefined) return { object: $object };
  if ($nest !== undefined)
    return { yaml: `{"apiVersion":"${header.apiVersion}","spec":${'{"a":'.repeat(Number($nest))}` };
  return {
    object: {
      ...header,
      metadata: { ...metadata, ...record($metadata) },
      spec: { ...baseSpec(fields['type']), ...fields },
      ...($status !== undefined && { status: $status }),
    },
  };
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
