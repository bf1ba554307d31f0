/**
 * What this folder deals in: Kubernetes objects as they come over the wire, their keys and their resources' addresses.
 *
 * Nothing here knows what ramify is for.
 *
 * @module
 */

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** The part of `metadata` that is read here; the server always sets `uid` and `resourceVersion` on what it returns. */
export interface ObjectMeta {
  readonly name: string;
  /** Absent on cluster-scoped objects. */
  readonly namespace?: string;
  readonly uid: string;
  /** Opaque but for its order, which `compareVersions` knows. */
  readonly resourceVersion: string;
  readonly generation?: number;
  /** RFC 3339, whole seconds. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

/** Any object; `spec` and `status` are what somebody else wrote, so they are checked before they are used. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** A kind of object as the API server addresses it. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** As in URLs: lower case, plural. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** One change as a watch tells it; an `ERROR` line is not among them, it ends the watch as an `ApiError`. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  /** `DELETED`: the last state. `BOOKMARK`: only its `resourceVersion` and annotations mean something. */
  readonly object: T;
}

/** `namespace/name`, or `name` alone where there is no namespace: how caches and queues name an object. */
export function keyOf({ metadata: { namespace, name } }: { readonly metadata: Named }): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The inverse of {@link keyOf}. */
export function parseKey(key: string): Named {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

export interface Named {
  readonly namespace?: string;
  readonly name: string;
}
