/**
 * An OAuthApplication as it was read, and the marks that ramify keeps on it.
 *
 * The marks are written in the first write, before anything exists outside, and read back as input from an untrusted
 * writer: a mark that cannot be read is as good as absent.
 *
 * @module
 */

import type { OAuthApplicationStatus } from '../api/application.ts';
import { sameName } from './names.ts';
import type { Binding, Operation, Provenance } from './state.ts';
import { allowedSkew } from './time.ts';

/** Holds a deletion until the application is gone or left behind on purpose. */
export const finalizer = 'ramify.dev/application';

/** Annotations of ours on the resource. */
export const marks = {
  binding: 'ramify.dev/binding',
  operation: 'ramify.dev/operation',
} as const;

/** Times are milliseconds since the epoch. */
export interface Resource {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly creationTime: number;
  readonly deletionTime: number | undefined;
  readonly finalizers: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  /** Not yet checked: the resource may predate today's schema. */
  readonly spec: unknown;
  /** Checked in form, but from an untrusted writer. */
  readonly status: OAuthApplicationStatus;
}

/** Whether the API server keeps the resource until we release it. */
export function isHeld({ finalizers }: Pick<Resource, 'finalizers'>): boolean {
  return finalizers.includes(finalizer);
}

/** `spec.applicationName`, if the resource has one; its spec need not be valid. */
export function explicitNameOf({ spec }: Pick<Resource, 'spec'>): string | undefined {
  return textAt(spec, 'applicationName');
}

/** The registry that a resource names; its spec need not be valid. */
export function registryNameOf({ spec }: Pick<Resource, 'spec'>): string {
  return textAt(spec, 'registryRef', 'name') ?? 'default';
}

/** The binding that the resource's annotation claims, if it can be read. */
export function bindingOf({ annotations }: Pick<Resource, 'annotations'>): Binding | undefined {
  return readBinding(annotations[marks.binding]);
}

type Marked = Pick<Resource, 'annotations' | 'status' | 'creationTime' | 'uid'>;

/**
 * The intent on the resource, unless the status says that it is closed.
 *
 * One of another resource, or older than its own, is of an earlier life, which a backup brought back: it tells nothing of
 * this one.
 */
export function openOperationOf(resource: Marked): Operation | undefined {
  const { annotations, status } = resource;
  const text = annotations[marks.operation];
  const closed = status.lastOperation?.id;
  // Nearly all are closed, and bear their ID first: they need not be read.
  if (closed !== undefined && text?.startsWith(`{"id":"${closed}",`)) return undefined;
  const operation = lastOperationOf(resource);
  return operation?.id === closed ? undefined : operation;
}

/** The last intent, closed or not, likewise. */
export function lastOperationOf({ annotations, creationTime, uid }: Omit<Marked, 'status'>): Operation | undefined {
  const operation = readOperation(annotations[marks.operation]);
  if (operation?.uid !== undefined && operation.uid !== uid) return undefined;
  return operation && operation.startTime >= creationTime - allowedSkew ? operation : undefined;
}

/** How the resource's application came to be its own, as far as anything says; whatever was proved counts first. */
export function recordedProvenance(resource: Pick<Resource, 'annotations' | 'status'>): Provenance | undefined {
  return resource.status.provenance ?? bindingOf(resource)?.provenance;
}

/** A binding as an annotation's text; keys in a fixed order, so that equal bindings are equal texts. */
export function writeBinding({ registry, accountID, applicationName, provenance }: Binding): string {
  return JSON.stringify({ registry, accountID, applicationName, provenance });
}

/** The binding in an annotation's text, or `undefined` if it is none. */
export function readBinding(text: string | undefined): Binding | undefined {
  const { registry, accountID, applicationName, provenance } = readObject(text);
  if (!isText(registry) || !isText(accountID) || !isText(applicationName)) return undefined;
  if (provenance !== 'Created' && provenance !== 'Adopted' && provenance !== 'Restored') return undefined;
  return { registry, accountID, applicationName, provenance };
}

/** Whether a binding that was read back names the application that is asked for now. */
export function isSameBinding(claimed: Binding | undefined, binding: Omit<Binding, 'provenance'>): boolean {
  return (
    claimed !== undefined &&
    claimed.registry === binding.registry &&
    claimed.accountID === binding.accountID &&
    sameName(claimed.applicationName, binding.applicationName)
  );
}

/** An intent as an annotation's text. */
export function writeOperation(operation: Operation): string {
  return JSON.stringify(operation);
}

function readOperation(text: string | undefined): Operation | undefined {
  const { id, uid, kind, startTime, knownClientSecretIDs, sent, request } = readObject(text);
  if (!isText(id) || typeof startTime !== 'number' || !isTexts(knownClientSecretIDs)) return undefined;
  if (kind !== 'CreateApplication' && kind !== 'IssueClientSecret') return undefined;
  const optional = { ...(isText(uid) && { uid }), ...(isText(request) && { request }) };
  return { id, kind, startTime, knownClientSecretIDs, sent: isText(sent) ? sent : undefined, ...optional };
}

/** What is at `path` in a spec or another value that nobody checked; `undefined` if there is nothing. */
export function fieldAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value);
}

/** The text at `path`, likewise. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = fieldAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function readObject(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}
