/**
 * Our resources in Kubernetes: the port that the loop works through.
 *
 * What is read without a promise comes from caches: it wakes the loop and decides that nothing is to do, never that
 * something may be destroyed.
 *
 * @module
 */

import type { OAuthApplicationStatus } from '../api/application.ts';
import type { Event } from '../core/outcome.ts';
import type { Resource } from '../core/resource.ts';
import type { SecretManifest } from '../core/secret.ts';
import type { Labels } from '../core/selector.ts';
import type { Binding, ObservedSecret, Operation, SecretMetadata } from '../core/state.ts';

/** `namespace/name` of an OAuthApplication. */
export type Key = string;

/** Holds the deletion of an OAuthRegistry until nobody uses it. */
export const registryFinalizer = 'ramify.dev/registry';

/** An OAuthRegistry as it was read. */
export interface RegistryResource {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly isGoing: boolean;
  /** Our finalizer is on it: the API server keeps it until we release it. */
  readonly isHeld: boolean;
  readonly finalizers: readonly string[];
  /** Not yet checked. */
  readonly spec: unknown;
  readonly status: unknown;
}

/**
 * Why a call was not carried out.
 *
 * - `conflict`: the object is not in the state that the write was made for; read again.
 * - `exists`: an object of that name is there already.
 * - `refused`: the API server refuses the Secret (quota, admission, validation, rights), or to say whether we are being
 *   uninstalled; the message says why.
 * - `invalid`: the API server finds the object itself invalid, as it is stored or as it would be; the message says where.
 * - `failed`: anything else; whether the write took effect is unknown.
 */
export type ClusterErrorCode = 'conflict' | 'exists' | 'refused' | 'invalid' | 'failed';

/** A call to the cluster failed. The message never holds the body of a request. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ClusterErrorCode;
  /** Seconds that the API server asks to wait. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ClusterErrorCode,
    message: string,
    options?: { retryAfterSeconds?: number | undefined; cause?: unknown },
  ) {
    super(message, { cause: options?.cause });
    this.code = code;
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }
}

/**
 * Everything the loop asks of the cluster.
 *
 * Every write names the UID and the resource version that it was decided for, and fails with a {@link ClusterError}
 * `conflict` on any other. A Secret is addressed through the resource: no call can name another namespace.
 */
export interface Cluster {
  /** From the cache. */
  read(key: Key): Resource | undefined;
  /** All that the cache holds. */
  resources(): readonly Resource[];

  /** Keys of all resources that the cache holds and `filter` takes. */
  keys(filter: (resource: Resource) => boolean): readonly Key[];
  /** How many resources that name this OAuthRegistry have an application, from the cache. */
  applicationsIn(registry: string): number;
  /** Other living resources of the namespace that name this Secret, from the cache. */
  claimants(resource: Resource, secretName: string): readonly Resource[];
  /** Other resources of the namespace that name the same OAuthRegistry, from the cache. */
  neighbours(resource: Resource): readonly Resource[];

  /** Other resources of any namespace that ask for the same explicit name, from the cache. */
  namesakes(resource: Resource): readonly Resource[];

  /** Other resources of any namespace whose status names this application, from the cache. */
  holders(resource: Resource, applicationID: string): readonly Resource[];
  /** Whether a resource of any namespace has the UID, from the cache. */
  isAlive(uid: string): boolean;

  /** Secrets that bear our label for this resource, from the cache. */
  secrets(resource: Resource): readonly SecretMetadata[];
  /** A Secret of the resource's namespace with its values, live. */
  readSecret(resource: Resource, name: string): Promise<ObservedSecret | undefined>;
  /** Whether OAuthApplication's CustomResourceDefinition or the controller's own namespace is going, live. */
  isUninstalling(): Promise<boolean>;

  /** Writes finalizer, binding and intent at once. */
  hold(resource: Resource, binding: Binding, operation: Operation | undefined): Promise<Resource>;
  /** Takes the finalizer off; succeeds if the resource is gone. */
  release(resource: Resource): Promise<void>;
  writeStatus(resource: Resource, status: OAuthApplicationStatus): Promise<Resource>;
  /** Tells a person, some time soon; a failure to do so is logged and otherwise without consequence. */
  record(resource: Resource, event: Event): void;

  /** `exists` if a Secret of that name is there. */
  createSecret(resource: Resource, manifest: SecretManifest): Promise<ObservedSecret>;
  /**
   * Asks the API server whether it would take the Secret, created or (`secret`) changed so: `refused` if not. Nothing is
   * written.
   */
  trySecret(resource: Resource, secret: SecretMetadata | undefined, manifest: SecretManifest): Promise<void>;
  /** Sets what the manifest says and takes away what an earlier manifest said; what is foreign stays. */
  patchSecret(resource: Resource, secret: SecretMetadata, manifest: SecretManifest): Promise<ObservedSecret>;
  /** Deletes an immutable Secret and creates it again, with what was foreign in it. */
  replaceSecret(resource: Resource, secret: ObservedSecret, manifest: SecretManifest): Promise<ObservedSecret>;
  /** Deletes a Secret of ours, or takes our keys, marks and owner reference out where it holds foreign keys. */
  retireSecret(resource: Resource, secret: ObservedSecret): Promise<void>;
  /** Takes our owner reference off, so that the garbage collector leaves the Secret alone. */
  disownSecret(resource: Resource, secret: SecretMetadata): Promise<void>;
  deleteSecret(resource: Resource, secret: SecretMetadata): Promise<void>;

  /** From the cache. */
  registry(name: string): RegistryResource | undefined;
  registries(): readonly RegistryResource[];
  writeRegistryStatus(registry: RegistryResource, status: object): Promise<void>;
  /** Puts our finalizer on. */
  holdRegistry(registry: RegistryResource): Promise<void>;
  /** Takes our finalizer off; succeeds if the registry is gone. */
  releaseRegistry(registry: RegistryResource): Promise<void>;

  /** Labels of a namespace, from the cache; `undefined` if it is not known there. */
  namespaceLabels(name: string): Labels | undefined;

  /** The same, live where the cache does not know the namespace: it may be younger than the cache. */
  readNamespaceLabels(name: string): Promise<Labels | undefined>;
}
