/**
 * The objects of a cluster in memory: stored with UIDs, versions and generations as an API server keeps them.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import { ClusterError, type Key, type RegistryResource } from '../../src/cluster/cluster.ts';
import type { Resource } from '../../src/core/resource.ts';
import type { Labels } from '../../src/core/selector.ts';
import type { ObservedSecret, SecretMetadata } from '../../src/core/state.ts';
import { resource as emptyResource, status } from './builders.ts';

/** What may be said of a Secret from outside; the rest is the API server's to say. */
export type SecretContent = Partial<Omit<ObservedSecret, 'name' | 'uid' | 'resourceVersion'>>;

/** The objects, and everything that a user or another controller may do to them. */
export function memoryObjects(clock: () => number) {
  const resources = new Map<Key, Resource>();
  const secrets = new Map<Key, ObservedSecret>();
  const registries = new Map<string, RegistryResource>();
  const labels = new Map<string, Labels>();
  let version = 0;
  let uninstalling = false;

  const nextVersion = () => String(++version);
  const nextUID = () => `00000000-0000-4000-8000-${String(++version).padStart(12, '0')}`;
  const secretsOf = (namespace: string) =>
    [...secrets].filter(([key]) => key.startsWith(`${namespace}/`)).map(([, secret]) => secret);
  const collectGarbage = (uid: string) => {
    const owned = [...secrets].filter(([, { ownerReferences }]) => ownerReferences.some((owner) => owner.uid === uid));
    for (const [key] of owned) secrets.delete(key);
  };
  const must = (key: Key): Resource => {
    const found = resources.get(key);
    if (found === undefined) throw new ClusterError('conflict', `${key} is not there`);
    return found;
  };
  /** Stores a new version, unless nothing changed; what is released while being deleted goes, with what it owns. */
  const store = (next: Resource): Resource => {
    const key = `${next.namespace}/${next.name}`;
    if (isDeepStrictEqual(next, resources.get(key))) return next;
    const stored = { ...next, resourceVersion: nextVersion() };
    resources.set(key, stored);
    if (stored.deletionTime === undefined || stored.finalizers.length > 0) return stored;
    resources.delete(key);
    collectGarbage(stored.uid);
    return stored;
  };

  return {
    resource: (key: Key) => resources.get(key),
    resources: () => [...resources.values()],
    store,
    /** Creates the resource, or replaces its spec. */
    apply(key: Key, spec: unknown): Resource {
      const [namespace = '', name = ''] = key.split('/');
      const found = resources.get(key);
      if (found)
        return store({ ...found, spec, generation: found.generation + (isDeepStrictEqual(found.spec, spec) ? 0 : 1) });
      const creationTime = Math.floor(clock() / 1_000) * 1_000;
      return store({ ...emptyResource(), namespace, name, uid: nextUID(), creationTime, spec, status: status() });
    },
    /** Changes metadata or status, as anybody with the rights can. */
    edit: (key: Key, changes: Partial<Pick<Resource, 'annotations' | 'finalizers' | 'status'>>) =>
      store({ ...must(key), ...changes }),
    delete: (key: Key) => store({ ...must(key), deletionTime: clock(), generation: must(key).generation + 1 }),
    mustMatch(resource: Pick<Resource, 'namespace' | 'name' | 'uid' | 'resourceVersion'>): Resource {
      const key = `${resource.namespace}/${resource.name}`;
      const found = must(key);
      if (found.uid === resource.uid && found.resourceVersion === resource.resourceVersion) return found;
      throw new ClusterError('conflict', `${key} has been modified`);
    },

    secret: (namespace: string, name: string) => secrets.get(`${namespace}/${name}`),
    secrets: secretsOf,
    putSecret(namespace: string, name: string, content: SecretContent): ObservedSecret {
      const key = `${namespace}/${name}`;
      const found = secrets.get(key);
      const empty = { labels: {}, annotations: {}, ownerReferences: [], type: 'Opaque', immutable: false, data: {} };
      const next = { ...empty, ...content, name, uid: found?.uid ?? nextUID(), resourceVersion: '' };
      const isSame = found !== undefined && isDeepStrictEqual(comparable(found), comparable(next));
      const stored = { ...next, resourceVersion: isSame ? found.resourceVersion : nextVersion() };
      secrets.set(key, stored);
      return stored;
    },
    deleteSecret: (namespace: string, name: string) => void secrets.delete(`${namespace}/${name}`),
    mustMatchSecret(namespace: string, secret: SecretMetadata): ObservedSecret {
      const found = secrets.get(`${namespace}/${secret.name}`);
      if (found?.uid === secret.uid && found.resourceVersion === secret.resourceVersion) return found;
      throw new ClusterError('conflict', `secrets "${secret.name}" has been modified`);
    },

    registry: (name: string) => registries.get(name),
    registries: () => [...registries.values()],
    putRegistry(changes: Pick<RegistryResource, 'name' | 'spec'> & Partial<RegistryResource>): void {
      const found = registries.get(changes.name);
      const generation = (found?.generation ?? 0) + (isDeepStrictEqual(found?.spec, changes.spec) ? 0 : 1);
      const empty = { uid: nextUID(), isGoing: false, isHeld: false, finalizers: [], status: undefined };
      registries.set(changes.name, { ...empty, ...found, ...changes, generation, resourceVersion: nextVersion() });
    },
    deleteRegistry: (name: string) => void registries.delete(name),
    /** Labels of a namespace; one that nobody labelled is there, with its name. */
    namespaceLabels: (name: string) => labels.get(name) ?? { 'kubernetes.io/metadata.name': name },
    labelNamespace: (name: string, given: Labels) =>
      void labels.set(name, { 'kubernetes.io/metadata.name': name, ...given }),

    isUninstalling: () => uninstalling,
    /** The CustomResourceDefinition, or the controller's own namespace, is going. */
    uninstall(): void {
      uninstalling = true;
    },
  };
}

function comparable({ resourceVersion: _version, ...secret }: ObservedSecret) {
  return { ...secret, data: revealed(secret.data) };
}

/** The values of a Secret, in base64. */
export function revealed(data: ObservedSecret['data'] = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value.reveal()]));
}
