/**
 * The port over a Kubernetes API server.
 *
 * Reads come from caches that watches keep. What a write returns enters the cache at once, so that the next pass sees it.
 *
 * @module
 */

import { group } from '../api/application.ts';
import { type Resource, textAt } from '../core/resource.ts';
import type { Cache } from '../kube/cache.ts';
import type { KubeObject } from '../kube/kube.ts';
import { collectionPath, objectPath } from '../kube/path.ts';
import type { Transport } from '../kube/transport.ts';
import { failed, ignoreAbsence, refused } from './api-errors.ts';
import type { Cluster } from './cluster.ts';
import { eventObject } from './event.ts';
import * as kinds from './kinds.ts';
import { registryFrom, resourceFrom } from './reading.ts';
import { openSecrets, type SecretCache } from './secrets.ts';
import * as writing from './writing.ts';

/** The caches that the port reads, each kept by a watch of its own. */
export interface Caches {
  /** Index `secret`: `namespace/name` of the Secret that a resource names. */
  readonly applications: Cache<KubeObject, 'secret'>;
  readonly registries: Cache;
  readonly secrets: SecretCache;
}

export interface KubernetesOptions {
  readonly transport: Transport;
  readonly caches: Caches;
  /** The controller's own namespace; `undefined` outside of a pod, where there is none. */
  readonly ownNamespace: string | undefined;
  /** Names this process in events. */
  readonly reporter: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Told why an event could not be recorded. */
  readonly onLostEvent: (error: unknown) => void;
}

/** The Secret that a resource names; the spec need not be valid. */
export function secretNameOf({ metadata, spec }: KubeObject): string {
  return textAt(spec, 'secret', 'name') ?? metadata.name;
}

/** Opens the port; nothing is sent before the first call. */
export function kubernetesCluster(options: KubernetesOptions): Cluster {
  const { transport, caches } = options;
  return { ...openApplications(options), ...openSecrets(transport, caches.secrets), ...openRegistries(options) };
}

type ApplicationDoor = Omit<Cluster, keyof ReturnType<typeof openSecrets> | keyof ReturnType<typeof openRegistries>>;

function openApplications(options: KubernetesOptions): ApplicationDoor {
  const { transport, caches, ownNamespace, reporter, clock, onLostEvent } = options;
  const { applications } = caches;
  const pathOf = (resource: Resource, subresource?: string) => objectPath(kinds.applications, resource, subresource);

  async function write(path: string, patch: object): Promise<Resource> {
    const written = await transport.patch(path, patch).catch(failed);
    applications.assume(written);
    return resourceFrom(written);
  }

  async function isGoing(kind: typeof kinds.namespaces, name: string): Promise<boolean> {
    const found = await transport.get(objectPath(kind, { name }), { metadataOnly: true }).catch(refused);
    return found === undefined || found.metadata.deletionTimestamp !== undefined;
  }

  return {
    read: (key) => {
      const object = applications.get(key);
      return object && resourceFrom(object);
    },
    keys: (filter) =>
      applications
        .list()
        .map(resourceFrom)
        .filter(filter)
        .map(({ namespace, name }) => `${namespace}/${name}`),
    claimants: ({ namespace, uid }, name) => {
      const named = applications.byIndex('secret', `${namespace}/${name}`).map(resourceFrom);
      return named.filter((other) => other.uid !== uid && other.deletionTime === undefined);
    },
    isUninstalling: async () => {
      const definition = await isGoing(kinds.definitions, `${kinds.applications.plural}.${group}`);
      return definition || (ownNamespace !== undefined && (await isGoing(kinds.namespaces, ownNamespace)));
    },
    hold: (resource, binding, operation) => write(pathOf(resource), writing.holdPatch(resource, binding, operation)),
    release: async (resource) => {
      await transport.patch(pathOf(resource), writing.releasePatch(resource)).catch(ignoreAbsence).catch(failed);
    },
    writeStatus: (resource, status) => write(pathOf(resource, 'status'), writing.statusPatch(resource, status)),
    record: async (resource, event) => {
      const body = eventObject(resource, event, reporter, clock());
      await transport.create(collectionPath(kinds.events, resource.namespace), body).catch(onLostEvent);
    },
  };
}

function openRegistries({ transport, caches: { registries } }: KubernetesOptions) {
  return {
    registries: () => registries.list().map(registryFrom),
    writeRegistryStatus: async (registry, status) => {
      const path = objectPath(kinds.registries, registry, 'status');
      registries.assume(await transport.patch(path, writing.registryStatusPatch(registry, status)).catch(failed));
    },
  } satisfies Partial<Cluster>;
}
