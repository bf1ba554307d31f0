/**
 * Unknown → value, or every issue with its path: what the API server would decide, without one.
 *
 * @module
 */

import * as z from 'zod';
import { acceptance } from './accept.ts';
import type { OAuthApplicationSpec, OAuthApplicationStatus } from './application.ts';
import { apiVersion, applicationKind, applicationSpec, applicationStatus, maxNameLength } from './application.ts';
import { applicationTransitions } from './application-rules.ts';
import { objectName } from './names.ts';
import {
  type OAuthRegistrySpec,
  type OAuthRegistryStatus,
  registryKind,
  registrySpec,
  registryStatus,
} from './registry.ts';
import { registryTransitions } from './registry-rules.ts';
import type { Transition } from './rule.ts';
import { prune, type Structural, structural } from './structural.ts';

/** One thing that is wrong. */
export interface Issue {
  /** Where, such as `spec.redirectURIs[1]`. */
  readonly path: string;
  /** What must hold there. */
  readonly message: string;
}

/** A valid value with schema defaults applied, or everything that is wrong with it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** What becomes of fields that the schema does not know: as with `fieldValidation` Strict and Ignore at the API server. */
export type UnknownFields = 'refuse' | 'drop';

/** The part of a manifest that is read. */
export interface Manifest<Spec> {
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
  readonly spec: Spec;
}

/** Reads the spec of an OAuthApplication as it comes from an API server: unknown fields are dropped. */
export function parseApplicationSpec(spec: unknown): Parsed<OAuthApplicationSpec> {
  return readApplicationSpec(spec, 'drop');
}

/** Reads the spec of an OAuthRegistry as it comes from an API server: unknown fields are dropped. */
export function parseRegistrySpec(spec: unknown): Parsed<OAuthRegistrySpec> {
  return readRegistrySpec(spec, 'drop');
}

/** Reads a whole OAuthApplication as a person wrote it. */
export function parseApplication(
  object: unknown,
  unknownFields: UnknownFields = 'refuse',
): Parsed<Manifest<OAuthApplicationSpec>> {
  return readManifest(object, unknownFields, applicationEnvelope, readApplicationSpec);
}

/** Reads a whole OAuthRegistry as a person wrote it. */
export function parseRegistry(
  object: unknown,
  unknownFields: UnknownFields = 'refuse',
): Parsed<Manifest<OAuthRegistrySpec>> {
  return readManifest(object, unknownFields, registryEnvelope, readRegistrySpec);
}

/** What may not change between two valid specs of one OAuthApplication. */
export function applicationChangeIssues(spec: OAuthApplicationSpec, old: OAuthApplicationSpec): readonly Issue[] {
  return changeIssues(applicationTransitions, spec, old);
}

/** What may not change between two valid specs of one OAuthRegistry. */
export function registryChangeIssues(spec: OAuthRegistrySpec, old: OAuthRegistrySpec): readonly Issue[] {
  return changeIssues(registryTransitions, spec, old);
}

/**
 * Reads the status of an OAuthApplication, which anybody who may write status can have written.
 *
 * Never fails: what is malformed is left out, in lists item by item, and the caller proves the rest before it acts on it.
 */
export function parseApplicationStatus(status: unknown): OAuthApplicationStatus {
  return isWholeStatus(status) ? status : applicationStatus.parse(wellFormed(applicationStatus.shape, status));
}

/** Reads the status of an OAuthRegistry, likewise. */
export function parseRegistryStatus(status: unknown): OAuthRegistryStatus {
  return registryStatus.parse(wellFormed(registryStatus.shape, status));
}

const isWholeStatus = acceptance(applicationStatus);

type Shape = Readonly<Record<string, z.ZodType>>;

function wellFormed(shape: Shape, status: unknown): Record<string, unknown> {
  const fields = typeof status === 'object' && status !== null ? status : {};
  return Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => keptField(shape, name, value)));
}

function keptField(shape: Shape, name: string, value: unknown): [string, unknown][] {
  const field = Object.hasOwn(shape, name) ? shape[name] : undefined;
  if (field === undefined) return [];
  const kept = Array.isArray(value) ? value.filter((item) => tried(field, [item]).success) : value;
  return tried(field, kept).success ? [[name, kept]] : [];
}

type Tried<T> =
  | { readonly success: true; readonly data: T; readonly error?: undefined }
  | { readonly success: false; readonly error: Pick<z.ZodError, 'issues'> };

const unreadable: z.core.$ZodIssueCustom = { code: 'custom', path: [], message: 'cannot be read', input: undefined };

/** What zod makes of a value. It compares the `length` of whatever has one, and throws where that cannot be compared. */
function tried<S extends z.ZodType>(schema: S, value: unknown): Tried<z.output<S>> {
  try {
    return schema.safeParse(value);
  } catch {
    return { success: false, error: { issues: [unreadable] } };
  }
}

type Reader<T> = (value: unknown, unknownFields: UnknownFields) => Parsed<T>;

function reader<S extends z.ZodType>(schema: S): Reader<z.output<S>> {
  const isWhole = acceptance(schema);
  let known: Structural | undefined;
  return (value, unknownFields) => {
    if (isWhole(value)) return { ok: true, value };
    // Most programs that end soon, and most starts, need none.
    known ??= structural(schema);
    const pruned = prune(known, value, ['spec']);
    const refused = unknownFields === 'refuse' ? pruned.unknown.map(unknownField) : [];
    const result = tried(schema, pruned.value);
    const issues = [...refused, ...issuesOf(result, ['spec'])];
    return result.success && issues.length === 0 ? { ok: true, value: result.data } : { ok: false, issues };
  };
}

const readApplicationSpec = reader(applicationSpec);
const readRegistrySpec = reader(registrySpec);

function envelope(kind: string, maxName: number) {
  return z.looseObject({
    apiVersion: z.literal(apiVersion),
    kind: z.literal(kind),
    metadata: z.looseObject({ name: objectName(maxName), namespace: z.string().optional() }),
  });
}

const applicationEnvelope = envelope(applicationKind, maxNameLength);
const registryEnvelope = envelope(registryKind, 253);

const topLevel = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

function readManifest<Spec>(
  object: unknown,
  unknownFields: UnknownFields,
  outside: ReturnType<typeof envelope>,
  readSpec: Reader<Spec>,
): Parsed<Manifest<Spec>> {
  const read = tried(outside, object);
  const fields = typeof object === 'object' && object !== null ? object : {};
  const spec = readSpec('spec' in fields ? fields.spec : undefined, unknownFields);
  const strays = unknownFields === 'refuse' ? Object.keys(fields).filter((key) => !topLevel.includes(key)) : [];
  const issues = [...issuesOf(read, []), ...strays.map((key) => unknownField([key])), ...(spec.ok ? [] : spec.issues)];
  if (!read.success || !spec.ok || issues.length > 0) return { ok: false, issues };
  return { ok: true, value: { metadata: read.data.metadata, spec: spec.value } };
}

function issuesOf(result: Tried<unknown>, prefix: readonly PropertyKey[]): Issue[] {
  const issues = result.error?.issues ?? [];
  return issues.map(({ path, message }) => ({ path: pathText([...prefix, ...path]), message }));
}

function unknownField(path: readonly PropertyKey[]): Issue {
  return { path: pathText(path), message: 'unknown field' };
}

function changeIssues<T>(transitions: readonly Transition<T>[], spec: T, old: T): Issue[] {
  const broken = transitions.filter(({ check }) => !check(spec, old));
  return broken.map(({ path, message }) => ({ path: path === undefined ? 'spec' : `spec.${path}`, message }));
}

/** `spec.redirectURIs[1]`, and `spec.secret.data[tls.crt]` where a key is no plain word. */
function pathText(path: readonly PropertyKey[]): string {
  const steps = path.map((key) =>
    /^[\p{L}_][\p{L}\p{N}_]*$/u.test(String(key)) ? `.${String(key)}` : `[${String(key)}]`,
  );
  return steps.join('').replace(/^\./, '');
}
