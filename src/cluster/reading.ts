/**
 * Objects as they come over the wire → what the core reads.
 *
 * @module
 */

import type { OAuthApplicationStatus } from '../api/application.ts';
import { parseApplicationStatus } from '../api/parse.ts';
import type { Resource } from '../core/resource.ts';
import { Sensitive } from '../core/sensitive.ts';
import type { ObservedSecret, SecretMetadata } from '../core/state.ts';
import { fromTimestamp } from '../core/time.ts';
import type { KubeObject } from '../kube/kube.ts';
import { type RegistryResource, registryFinalizer } from './cluster.ts';

/** A Secret with its values, as the API server sends it. */
export interface SecretObject extends KubeObject {
  readonly type?: string;
  readonly immutable?: boolean;
  readonly data?: Readonly<Record<string, string>>;
}

/** An OAuthApplication. Its status is checked in form, when it is first read; its spec is not checked at all. */
export function resourceFrom({ metadata, spec, status }: KubeObject): Resource {
  let checked: OAuthApplicationStatus | undefined;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    generation: metadata.generation ?? 0,
    creationTime: fromTimestamp(metadata.creationTimestamp) ?? 0,
    deletionTime: fromTimestamp(metadata.deletionTimestamp),
    finalizers: metadata.finalizers ?? [],
    annotations: metadata.annotations ?? {},
    spec,
    get status() {
      checked ??= parseApplicationStatus(status);
      return checked;
    },
  };
}

export function registryFrom({ metadata, spec, status }: KubeObject): RegistryResource {
  return {
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    generation: metadata.generation ?? 0,
    isGoing: metadata.deletionTimestamp !== undefined,
    isHeld: metadata.finalizers?.includes(registryFinalizer) ?? false,
    finalizers: metadata.finalizers ?? [],
    spec,
    status,
  };
}

export function secretMetadataFrom({ metadata }: KubeObject): SecretMetadata {
  return {
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    ownerReferences: metadata.ownerReferences ?? [],
  };
}

export function secretFrom(object: SecretObject): ObservedSecret {
  const data = Object.entries(object.data ?? {}).map(([key, value]) => [key, new Sensitive(value)] as const);
  return {
    ...secretMetadataFrom(object),
    type: object.type ?? 'Opaque',
    immutable: object.immutable ?? false,
    data: Object.fromEntries(data),
  };
}
