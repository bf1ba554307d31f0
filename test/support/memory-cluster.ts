/**
 * A cluster in memory that behaves as an API server does where the loop can notice: UIDs and resource versions as
 * preconditions, merge patches that leave alone what is foreign, a garbage collector, and calls that fail on demand.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import type { OAuthApplicationStatus } from '../../src/api/application.ts';
import {
  type Cluster,
  ClusterError,
  type Key,
  type RegistryResource,
  registryFinalizer,
} from '../../src/cluster/cluster.ts';
import type { Event } from '../../src/core/outcome.ts';
import {
  explicitNameOf,
  finalizer,
  marks,
  type Resource,
  registryNameOf,
  writeBinding,
  writeOperation,
} from '../../src/core/resource.ts';
import { type SecretManifest, secretLabels, secretMarks } from '../../src/core/secret.ts';
import type { ObservedSecret, SecretMetadata } from '../../src/core/state.ts';
import { owner } from './builders.ts';
import { memoryObjects, revealed, type SecretContent } from './memory-objects.ts';

/** A write as it was asked for; refused ones are among them. */
export interface Write {
  readonly call: keyof Cluster;
  readonly name: string;
}

export interface MemoryCluster extends Cluster {
  /** Every write since the beginning, or since the list was emptied. */
  readonly writes: Write[];
  readonly statuses: { readonly key: Key; readonly status: OAuthApplicationStatus }[];
  readonly events: { readonly key: Key; readonly event: Event }[];
  /** What users and other controllers do, and what a test looks at: no record, no failures. */
  readonly outside: ReturnType<typeof memoryObjects>;
  /** Lets the next such call fail: `before` its effect, or `after` it, as when the answer is lost. */
  failNext(call: keyof Cluster, error: Error, when?: 'before' | 'after'): void;
}

export interface MemoryClusterOptions {
  readonly clock?: () => number;
  /** Called after each status write, while nothing else happens. */
  readonly onStatus?: (resource: Resource) => Promise<void>;
}

/** A cluster without objects. UIDs and versions are the same in every run. */
export function memoryCluster({ clock = () => 0, onStatus }: MemoryClusterOptions = {}): MemoryCluster {
  const outside = memoryObjects(clock);
  const writes: Write[] = [];
  const statuses: MemoryCluster['statuses'] = [];
  const events: MemoryCluster['events'] = [];
  const failures: { call: keyof Cluster; error: Error; when: 'before' | 'after' }[] = [];

  const fail = (call: keyof Cluster, when: 'before' | 'after') => {
    const index = failures.findIndex((failure) => failure.call === call);
    if (failures[index]?.when === when) throw failures.splice(index, 1)[0]?.error;
  };
  const write = async <T>(call: keyof Cluster, name: string, effect: () => T | Promise<T>): Promise<T> => {
    writes.push({ call, name });
    fail(call, 'before');
    const result = await effect();
    fail(call, 'after');
    return result;
  };
  const look = async <T>(call: keyof Cluster, effect: () => T): Promise<T> => {
    fail(call, 'before');
    return effect();
  };
  const create = (resource: Resource, manifest: SecretManifest, foreign?: ObservedSecret) => {
    if (outside.secret(resource.namespace, manifest.name))
      throw new ClusterError('exists', `secrets "${manifest.name}" already exists`);
    return outside.putSecret(resource.namespace, manifest.name, merged(foreign, manifest, resource.uid));
  };

  return {
    writes,
    statuses,
    events,
    outside,
    failNext: (call, error, when = 'before') => void failures.push({ call, error, when }),
    read: outside.resource,
    resources: outside.resources,
    keys: (filter) => outside.resources().filter(filter).map(keyOf),
    applicationsIn: (registry) =>
      outside
        .resources()
        .filter(({ status, spec }) => status.applicationID !== undefined && registryNameOf({ spec }) === registry)
        .length,
    neighbours: (resource) =>
      outside
        .resources()
        .filter(({ namespace, uid }) => namespace === resource.namespace && uid !== resource.uid)
        .filter((other) => registryNameOf(other) === registryNameOf(resource)),
    namesakes: (resource) => {
      const name = explicitNameOf(resource)?.toLowerCase();
      const others = outside.resources().filter(({ uid }) => uid !== resource.uid);
      return others.filter((other) => name !== undefined && explicitNameOf(other)?.toLowerCase() === name);
    },
    holders: (resource, id) =>
      outside.resources().filter(({ status, uid }) => status.applicationID === id && uid !== resource.uid),
    isAlive: (uid) => outside.resources().some((resource) => resource.uid === uid),
    claimants: (resource, name) =>
      outside
        .resources()
        .filter(({ namespace, uid }) => namespace === resource.namespace && uid !== resource.uid)
        .filter((other) => other.deletionTime === undefined && namedSecret(other) === name),
    secrets: ({ namespace, name }) =>
      outside
        .secrets(namespace)
        .filter(({ labels }) => labels[secretLabels.application] === name)
        .map(metadata),
    readSecret: (resource, name) => look('readSecret', () => outside.secret(resource.namespace, name)),
    isUninstalling: () => look('isUninstalling', outside.isUninstalling),
    registry: outside.registry,
    registries: outside.registries,
    namespaceLabels: outside.namespaceLabels,
    readNamespaceLabels: async (name) => outside.namespaceLabels(name),

    hold: (resource, binding, operation) =>
      write('hold', keyOf(resource), () => {
        const found = outside.mustMatch(resource);
        const annotations = {
          ...found.annotations,
          [marks.binding]: writeBinding(binding),
          ...(operation && { [marks.operation]: writeOperation(operation) }),
        };
        const finalizers = [...new Set([...found.finalizers, finalizer])];
        return outside.store({ ...found, annotations, finalizers });
      }),
    release: (resource) =>
      write('release', keyOf(resource), () => {
        if (outside.resource(keyOf(resource))?.uid !== resource.uid) return;
        const found = outside.mustMatch(resource);
        outside.store({ ...found, finalizers: found.finalizers.filter((name) => name !== finalizer) });
      }),
    writeStatus: (resource, status) =>
      write('writeStatus', keyOf(resource), async () => {
        const stored = outside.store({ ...outside.mustMatch(resource), status: structuredClone(status) });
        statuses.push({ key: keyOf(resource), status });
        await onStatus?.(stored);
        return stored;
      }),
    record(resource, event) {
      events.push({ key: keyOf(resource), event });
    },

    createSecret: (resource, manifest) => write('createSecret', manifest.name, () => create(resource, manifest)),
    trySecret: () => look('trySecret', () => {}),
    patchSecret: (resource, secret, manifest) =>
      write('patchSecret', secret.name, () => {
        const found = outside.mustMatchSecret(resource.namespace, secret);
        const next = merged(found, manifest, resource.uid);
        if (found.immutable && !isDeepStrictEqual(revealed(next.data), revealed(found.data)))
          throw new ClusterError('refused', 'field is immutable when `immutable` is set');
        return outside.putSecret(resource.namespace, secret.name, next);
      }),
    replaceSecret: (resource, secret, manifest) =>
      write('replaceSecret', secret.name, () => {
        const found = outside.mustMatchSecret(resource.namespace, secret);
        outside.deleteSecret(resource.namespace, secret.name);
        return create(resource, manifest, { ...found, immutable: false });
      }),
    retireSecret: (resource, secret) =>
      write('retireSecret', secret.name, () => {
        const found = outside.mustMatchSecret(resource.namespace, secret);
        const rest = withoutOurs(found, resource.uid);
        if (Object.keys(rest.data).length === 0) outside.deleteSecret(resource.namespace, secret.name);
        else outside.putSecret(resource.namespace, secret.name, rest);
      }),
    disownSecret: (resource, secret) =>
      write('disownSecret', secret.name, () => {
        const found = outside.mustMatchSecret(resource.namespace, secret);
        const ownerReferences = found.ownerReferences.filter(({ uid }) => uid !== resource.uid);
        outside.putSecret(resource.namespace, secret.name, { ...found, ownerReferences });
      }),
    deleteSecret: (resource, secret) =>
      write('deleteSecret', secret.name, () => {
        outside.mustMatchSecret(resource.namespace, secret);
        outside.deleteSecret(resource.namespace, secret.name);
      }),
    writeRegistryStatus: (registry: RegistryResource, status) =>
      write('writeRegistryStatus', registry.name, () => outside.putRegistry({ ...registry, status })),
    holdRegistry: (registry) =>
      write('holdRegistry', registry.name, () =>
        outside.putRegistry({ ...registry, isHeld: true, finalizers: [registryFinalizer] }),
      ),
    releaseRegistry: (registry) => write('releaseRegistry', registry.name, () => outside.deleteRegistry(registry.name)),
  };
}

/** `namespace/name`. */
function keyOf({ namespace, name }: Pick<Resource, 'namespace' | 'name'>): Key {
  return `${namespace}/${name}`;
}

function namedSecret({ spec, name }: Resource): string {
  const written = spec as { readonly secret?: { readonly name?: string } };
  return written.secret?.name ?? name;
}

function metadata({ type: _type, immutable: _immutable, data: _data, ...rest }: ObservedSecret): SecretMetadata {
  return rest;
}

/** What a merge patch leaves: what the manifest says, and what no manifest of ours said before. */
function merged(found: ObservedSecret | undefined, manifest: SecretManifest, uid: string): SecretContent {
  const rest = found && withoutOurs(found, uid);
  const owners = manifest.owned ? [owner(uid)] : [];
  return {
    ...rest,
    labels: { ...rest?.labels, ...manifest.labels },
    annotations: { ...rest?.annotations, ...manifest.annotations },
    data: { ...rest?.data, ...manifest.data },
    ownerReferences: [...(rest?.ownerReferences ?? []), ...owners],
  };
}

/** The Secret less the keys, marks and owner reference that are ours. */
function withoutOurs(found: ObservedSecret, uid: string): ObservedSecret {
  const listed = (mark: string) => (found.annotations[mark] ?? '').split(',');
  const labels = new Set<string>([...Object.values(secretLabels), ...listed(secretMarks.labels)]);
  const annotations = new Set<string>([...Object.values(secretMarks), ...listed(secretMarks.annotations)]);
  return {
    ...found,
    labels: without(found.labels, labels),
    annotations: without(found.annotations, annotations),
    data: without(found.data, new Set(listed(secretMarks.keys))),
    ownerReferences: found.ownerReferences.filter(
      (reference) => reference.uid !== uid && reference.uid !== found.annotations[secretMarks.uid],
    ),
  };
}

function without<T>(map: Readonly<Record<string, T>>, keys: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.has(key)));
}
