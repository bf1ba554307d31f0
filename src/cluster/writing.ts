/**
 * What is to be written → the bodies of requests: objects for POST, merge patches (RFC 7386) for changes.
 *
 * Every patch names the UID and the resource version that it was decided for. Lists are replaced whole, `null` removes.
 *
 * @module
 */

import { apiVersion, applicationKind, applicationStatus, type OAuthApplicationStatus } from '../api/application.ts';
import { registryStatus } from '../api/registry.ts';
import { finalizer, marks, type Resource, writeBinding, writeOperation } from '../core/resource.ts';
import { manager, type SecretManifest, secretLabels, secretMarks } from '../core/secret.ts';
import type { Sensitive } from '../core/sensitive.ts';
import type { Binding, ObservedSecret, Operation, OwnerReference, SecretMetadata } from '../core/state.ts';
import { type RegistryResource, registryFinalizer } from './cluster.ts';

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
  return { metadata: preconditions(resource), status: whole(applicationStatus.shape, status) };
}

/** The whole status of an OAuthRegistry, likewise. */
export function registryStatusPatch(registry: Versioned, status: object): Body {
  return { metadata: preconditions(registry), status: whole(registryStatus.shape, status) };
}

/** Our finalizer on an OAuthRegistry. */
export function registryHoldPatch(registry: RegistryResource): Body {
  return { metadata: { ...preconditions(registry), finalizers: [...registry.finalizers, registryFinalizer] } };
}

/** Takes our finalizer off and leaves those of others. */
export function registryReleasePatch(registry: RegistryResource): Body {
  const finalizers = registry.finalizers.filter((name) => name !== registryFinalizer);
  return { metadata: { ...preconditions(registry), finalizers } };
}

/** `undefined` would say nothing: a field that is to go must be `null`. */
function whole(shape: object, status: object): Body {
  const given = new Map<string, unknown>(Object.entries(status));
  return Object.fromEntries(Object.keys(shape).map((name) => [name, given.get(name) ?? null]));
}

/** What a Secret holds beside its identity. */
type Content = Pick<ObservedSecret, 'labels' | 'annotations' | 'ownerReferences' | 'data'>;

const nothing: Content = { labels: {}, annotations: {}, ownerReferences: [], data: {} };

/** A Secret that does not exist yet, with what is foreign in the one that it takes the place of. */
export function secretObject(resource: Resource, manifest: SecretManifest, foreign = nothing): Body {
  return newSecret(resource, manifest.name, {
    labels: { ...foreign.labels, ...manifest.labels },
    annotations: { ...foreign.annotations, ...manifest.annotations },
    ownerReferences: owners(resource, foreign, manifest.owned),
    data: { ...foreign.data, ...manifest.data },
  });
}

/** What of a Secret is not ours. */
export function foreignContent(resource: Resource, secret: ObservedSecret): Content {
  return {
    labels: without(labelsOf(secret), secret.labels),
    annotations: without(annotationsOf(secret), secret.annotations),
    ownerReferences: owners(resource, secret, false),
    data: without(keysOf(secret), secret.data),
  };
}

/** What is foreign in an immutable Secret of ours; it stays immutable, and is ours until {@link retirementPatch} says else. */
export function remainingSecretObject(resource: Resource, secret: ObservedSecret): Body {
  const { labels, annotations, ...foreign } = foreignContent(resource, secret);
  const content = {
    ...foreign,
    labels: { ...labels, [secretLabels.managedBy]: manager, [secretLabels.application]: resource.name },
    annotations: { ...annotations, [secretMarks.uid]: resource.uid },
  };
  return { ...newSecret(resource, secret.name, content), immutable: true };
}

function newSecret({ namespace }: Resource, name: string, { data, ...metadata }: Content): Body {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name, namespace, ...metadata },
    data: revealed(data),
  };
}

/** Sets what the manifest says, and removes what an earlier manifest said. */
export function secretPatch(resource: Resource, secret: SecretMetadata, manifest: SecretManifest): Body {
  const { labels, annotations, data } = manifest;
  return {
    metadata: {
      ...preconditions(secret),
      labels: { ...removed(labelsOf(secret), secret.labels), ...labels },
      annotations: { ...removed(annotationsOf(secret), secret.annotations), ...annotations },
      ownerReferences: owners(resource, secret, manifest.owned),
    },
    data: { ...removed(keysOf(secret)), ...revealed(data) },
  };
}

/** Takes our keys, marks and owner reference out, for a Secret that holds foreign keys. */
export function retirementPatch(resource: Resource, secret: ObservedSecret): Body {
  return {
    metadata: {
      ...preconditions(secret),
      labels: removed(labelsOf(secret), secret.labels),
      annotations: removed(annotationsOf(secret), secret.annotations),
      ownerReferences: owners(resource, secret, false),
    },
    data: removed(keysOf(secret)),
  };
}

/** Whether a Secret holds keys that are not ours. */
export function hasForeignKeys(secret: ObservedSecret): boolean {
  return Object.keys(without(keysOf(secret), secret.data)).length > 0;
}

/** Takes our owner reference off and nothing else. */
export function disownPatch(resource: Resource, secret: SecretMetadata): Body {
  return { metadata: { ...preconditions(secret), ownerReferences: owners(resource, secret, false) } };
}

function ownerReference({ name, uid }: Resource): OwnerReference {
  return { apiVersion, kind: applicationKind, name, uid, controller: true, blockOwnerDeletion: false };
}

/** Beside the resource of today goes the one that our mark names: of an earlier life, if it is another. */
function owners(
  resource: Resource,
  secret: Pick<SecretMetadata, 'ownerReferences' | 'annotations'>,
  owned: boolean,
): readonly OwnerReference[] {
  const ours = [resource.uid, secret.annotations[secretMarks.uid]];
  const others = secret.ownerReferences.filter(({ uid }) => !ours.includes(uid));
  return owned ? [...others, ownerReference(resource)] : others;
}

function without<T>(names: ReadonlySet<string>, all: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.has(name)));
}

function removed(names: Iterable<string>, among?: Readonly<Record<string, string>>): Body {
  const gone = [...names].filter((name) => among === undefined || Object.hasOwn(among, name));
  return Object.fromEntries(gone.map((name) => [name, null]));
}

/** The data keys that we wrote. */
function keysOf({ annotations }: SecretMetadata): ReadonlySet<string> {
  return namesIn(annotations[secretMarks.keys]);
}

/** The labels that we wrote, for ourselves and for the user. */
function labelsOf({ annotations }: SecretMetadata): ReadonlySet<string> {
  return new Set([...Object.values(secretLabels), ...namesIn(annotations[secretMarks.labels])]);
}

/** The annotations that we wrote, likewise. */
function annotationsOf({ annotations }: SecretMetadata): ReadonlySet<string> {
  return new Set([...Object.values(secretMarks), ...namesIn(annotations[secretMarks.annotations])]);
}

function namesIn(mark: string | undefined): ReadonlySet<string> {
  return new Set((mark ?? '').split(',').filter((name) => name !== ''));
}

function revealed(data: Readonly<Record<string, Sensitive>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value.reveal()]));
}
