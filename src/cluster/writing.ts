/**
 * What is to be written → the bodies of requests: objects for POST, merge patches (RFC 7386) for changes.
 *
 * Every patch names the UID and the resource version that it was decided for. Lists are replaced whole, `null` removes.
 *
 * @module
 */

import { apiVersion, applicationKind, applicationStatus, type OAuthApplicationStatus } from '../api/application.ts';
import { registryStatus } from '../api/registry.ts';
import type { Event } from '../core/outcome.ts';
import { finalizer, marks, type Resource, writeBinding, writeOperation } from '../core/resource.ts';
import { type SecretManifest, secretLabels, secretMarks } from '../core/secret.ts';
import type { Sensitive } from '../core/sensitive.ts';
import type { Binding, ObservedSecret, Operation, OwnerReference, SecretMetadata } from '../core/state.ts';

type Versioned = Pick<SecretMetadata, 'uid' | 'resourceVersion'>;
type Body = Readonly<Record<string, unknown>>;

function preconditions({ uid, resourceVersion }: Versioned): Body {
  return { uid, resourceVersion };
}

/** Finalizer, binding and intent, at once. */
export function holdPatch(resource: Resource, binding: Binding, operation: Operation | undefined): Body {
  const finalizers = [...resource.finalizers.filter((name) => name !== finalizer), finalizer];
  const intent = operation && { [marks.operation]: writeOperation(operation) };
  return {
    metadata: {
      ...preconditions(resource),
      finalizers,
      annotations: { [marks.binding]: writeBinding(binding), ...intent },
    },
  };
}

/** Takes our finalizer off and leaves those of others. */
export function releasePatch(resource: Resource): Body {
  const finalizers = resource.finalizers.filter((name) => name !== finalizer);
  return { metadata: { ...preconditions(resource), finalizers } };
}

/** The whole status: what the new one lacks is removed. */
export function statusPatch(resource: Versioned, status: OAuthApplicationStatus): Body {
  return { metadata: preconditions(resource), status: { ...nothing(applicationStatus.shape), ...status } };
}

/** The whole status of an OAuthRegistry, likewise. */
export function registryStatusPatch(registry: Versioned, status: object): Body {
  return { metadata: preconditions(registry), status: { ...nothing(registryStatus.shape), ...status } };
}

function nothing(shape: object): Body {
  return Object.fromEntries(Object.keys(shape).map((name) => [name, null]));
}

/** A Secret that does not exist yet. */
export function secretObject(resource: Resource, manifest: SecretManifest): Body {
  return newSecret(resource, manifest, { labels: {}, annotations: {}, ownerReferences: [], data: {} });
}

/** An immutable Secret made anew: what the manifest says, and what was foreign in the old one. */
export function renewedSecretObject(resource: Resource, old: ObservedSecret, manifest: SecretManifest): Body {
  const { annotations } = old;
  const keys = namesIn(annotations[secretMarks.keys]);
  const metadata = new Set([...Object.values(secretMarks), ...namesIn(annotations[secretMarks.metadata])]);
  return newSecret(resource, manifest, {
    labels: without(metadata, old.labels),
    annotations: without(metadata, annotations),
    ownerReferences: old.ownerReferences,
    data: without(keys, old.data),
  });
}

function newSecret(
  resource: Resource,
  manifest: SecretManifest,
  foreign: Pick<ObservedSecret, 'labels' | 'annotations' | 'ownerReferences' | 'data'>,
): Body {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      name: manifest.name,
      namespace: resource.namespace,
      labels: { ...foreign.labels, ...manifest.labels },
      annotations: { ...foreign.annotations, ...manifest.annotations },
      ownerReferences: owners(resource, foreign, manifest.owned),
    },
    data: revealed({ ...foreign.data, ...manifest.data }),
  };
}

/** Sets what the manifest says, and removes what an earlier manifest said. */
export function secretPatch(resource: Resource, secret: SecretMetadata, manifest: SecretManifest): Body {
  const { labels, annotations, data } = manifest;
  const metadata = namesIn(secret.annotations[secretMarks.metadata]);
  return {
    metadata: {
      ...preconditions(secret),
      labels: { ...removed(metadata, secret.labels), ...labels },
      annotations: { ...removed(metadata, secret.annotations), ...withoutStaleMarks(annotations) },
      ownerReferences: owners(resource, secret, manifest.owned),
    },
    data: { ...removed(namesIn(secret.annotations[secretMarks.keys])), ...revealed(data) },
  };
}

/** Takes our keys, marks and owner reference out, for a Secret that holds foreign keys. */
export function retirementPatch(resource: Resource, secret: ObservedSecret): Body {
  const metadata = namesIn(secret.annotations[secretMarks.metadata]);
  const ours = new Set([...Object.values(secretLabels), ...Object.values(secretMarks), ...metadata]);
  return {
    metadata: {
      ...preconditions(secret),
      labels: removed(ours, secret.labels),
      annotations: removed(ours, secret.annotations),
      ownerReferences: owners(resource, secret, false),
    },
    data: removed(namesIn(secret.annotations[secretMarks.keys])),
  };
}

/** Whether a Secret holds keys that are not ours. */
export function hasForeignKeys({ annotations, data }: ObservedSecret): boolean {
  const keys = namesIn(annotations[secretMarks.keys]);
  return Object.keys(data).some((key) => !keys.has(key));
}

/** Takes our owner reference off and nothing else. */
export function disownPatch(resource: Resource, secret: SecretMetadata): Body {
  return { metadata: { ...preconditions(secret), ownerReferences: owners(resource, secret, false) } };
}

/** What became of a resource, for `kubectl describe` (events.k8s.io/v1). `time` is in milliseconds since the epoch. */
export function eventObject(resource: Resource, event: Event, reporter: string, time: number): Body {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { generateName: `${resource.name}-`, namespace: resource.namespace },
    eventTime: new Date(time).toISOString().replace('Z', '000Z'),
    reportingController: 'ramify.dev/controller',
    reportingInstance: reporter,
    type: event.type,
    reason: event.reason,
    action: event.action,
    note: event.note.length <= longestNote ? event.note : `${event.note.slice(0, longestNote - 1)}…`,
    regarding: {
      apiVersion,
      kind: applicationKind,
      namespace: resource.namespace,
      name: resource.name,
      uid: resource.uid,
    },
  };
}

/** Bytes that the API server takes; what is cut may hold wider characters. */
const longestNote = 1_000;

function ownerReference({ name, uid }: Resource): OwnerReference {
  return { apiVersion, kind: applicationKind, name, uid, controller: true, blockOwnerDeletion: false };
}

function owners(
  resource: Resource,
  secret: Pick<SecretMetadata, 'ownerReferences'>,
  owned: boolean,
): readonly OwnerReference[] {
  const others = secret.ownerReferences.filter(({ uid }) => uid !== resource.uid);
  return owned ? [...others, ownerReference(resource)] : others;
}

function without<T>(names: ReadonlySet<string>, all: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.has(name)));
}

/** A mark that the manifest does not set is removed: the client secret of an application that has none any more. */
function withoutStaleMarks(annotations: Readonly<Record<string, string>>): Body {
  return { [secretMarks.clientSecretID]: null, ...annotations };
}

function removed(names: Iterable<string>, among?: Readonly<Record<string, string>>): Body {
  const gone = [...names].filter((name) => among === undefined || name in among);
  return Object.fromEntries(gone.map((name) => [name, null]));
}

function namesIn(mark: string | undefined): ReadonlySet<string> {
  return new Set((mark ?? '').split(',').filter((name) => name !== ''));
}

function revealed(data: Readonly<Record<string, Sensitive>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value.reveal()]));
}
