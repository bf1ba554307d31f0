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

export type Kind = 'OAuthApplication' | 'OAuthRegistry';

/** An input, as its file has it. */
export interface Case {
  readonly id: string;
  readonly area: string;
  /** `OAuthApplication` if absent. */
  readonly kind?: Kind;
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
  readonly kind: Kind;
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

type Fields = Readonly<Record<string, unknown>>;

const applications: Readonly<Record<string, Fields>> = {
  Web: { type: 'Web', displayName: 'Portal', redirectURIs: [callback] },
  Native: { type: 'Native', displayName: 'Portal', redirectURIs: ['http://127.0.0.1/cb'] },
  Server: { type: 'Server', displayName: 'Portal' },
};

/** The least that a valid spec of `type` holds; of a Web application, or of a store, if there is no such type. */
export function baseSpec(type: unknown, kind: Kind = 'OAuthApplication'): Fields {
  if (kind === 'OAuthRegistry') return { type: 'Store' };
  return applications[String(type)] ?? applications['Web'] ?? {};
}

/** What to send for `row`, as an object of the name `name`. */
export function requestOf({ spec, kind = 'OAuthApplication' }: Case, name: string): Request {
  if (!('$old' in spec)) return { kind, body: bodyOf(kind, spec, name) };
  const old = record(spec['$old']);
  return { kind, before: bodyOf(kind, old, name), body: bodyOf(kind, { ...old, ...record(spec['$new']) }, name) };
}

/** The fields that `row` is about, such as `spec.redirectURIs`: a refusal counts only if it names one of them. */
export function ownFields({ spec }: Case): readonly string[] {
  if ('$raw' in spec) return rawFields(String(spec['$raw']));
  if ('$object' in spec || '$nest' in spec) return ['apiVersion', 'kind', 'metadata', 'spec'];
  if ('$metadata' in spec) return Object.keys(record(spec['$metadata'])).map((key) => `metadata.${key}`);
  const changed = '$new' in spec ? record(spec['$new']) : spec;
  const keys = Object.keys(changed).filter((key) => !key.startsWith('$'));
  const others = keys.filter((key) => key !== 'type');
  const isType = others.length === 0 || '$new' in spec;
  return (isType ? keys : others).map((key) => `spec.${key}`);
}

/** The fields that the text of `$raw` writes, in blocks or in braces; `spec` itself if it writes none. */
function rawFields(text: string): string[] {
  const outside = [...text.matchAll(/^([^ :#-][^ :]*):/gm)].flatMap(([, key]) => key ?? []);
  const inside = [...text.matchAll(/(?:^ {2}|\{|, )(\p{L}+):/gmu)].flatMap(([, key]) => key ?? []);
  const fields = inside.filter((key) => key !== 'type').map((key) => `spec.${key}`);
  const isWhole = fields.length === 0 || !outside.includes('spec');
  return [...outside.filter((key) => key !== 'spec'), ...(isWhole ? ['spec'] : fields)];
}

function bodyOf(kind: Kind, given: unknown, name: string): Body {
  const { $metadata, $status, $object, $nest, $raw, ...fields } = record(expanded(given));
  const header = { apiVersion: 'ramify.dev/v1alpha1', kind, metadata: { name, ...record($metadata) } };
  if (typeof $raw === 'string') return { yaml: completedText($raw, header, baseSpec('Web')) };
  if ($object !== undefined) return { object: $object };
  const spec = $nest === undefined ? { ...baseSpec(fields['type'], kind), ...fields } : nested(Number($nest));
  return { object: { ...header, spec, ...($status !== undefined && { status: $status }) } };
}

function nested(depth: number): unknown {
  let value: unknown = {};
  for (let level = 0; level < depth; level += 1) value = { spec: value };
  return value;
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
