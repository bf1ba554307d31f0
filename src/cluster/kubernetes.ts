/**
 * The port over a Kubernetes API server.
 *
 * Reads come from caches that watches keep; Secrets are watched as metadata only, and their values read one by one. What a
 * write returns enters the cache at once, so that the next pass sees it.
 *
 * @module
 */

import { group } from '../api/application.ts';
import type { Resource } from '../core/resource.ts';
import { secretLabels } from '../core/secret.ts';
import type { Cache } from '../kube/cache.ts';
import { ApiError, isConflict } from '../kube/error.ts';
import type { KubeObject } from '../kube/kube.ts';
import { collectionPath, objectPath } from '../kube/path.ts';
import type { Transport } from '../kube/transport.ts';
import { type Cluster, ClusterError } from './cluster.ts';
import * as kinds from './kinds.ts';
import { registryFrom, resourceFrom, type SecretObject, secretFrom, secretMetadataFrom } from './reading.ts';
import * as writing from './writing.ts';

/** The caches that the port reads, each kept by a watch of its own. */
export interface Caches {
  /** Index `secret`: `namespace/name` of the Secret that a resource names. */
  readonly applications: Cache<KubeObject, 'secret'>;
  readonly registries: Cache<KubeObject>;
  /** Metadata only, with our label. Index `application`: `namespace/name` of the resource that the label names. */
  readonly secrets: Cache<KubeObject, 'application'>;
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
  const named = spec as { readonly secret?: { readonly name?: unknown } | null } | null | undefined;
  const name = named?.secret?.name;
  return typeof name === 'string' ? name : metadata.name;
}

/** The resource that a Secret's label names, as `namespace/name`. */
export function applicationKeyOf({ metadata }: KubeObject): string | undefined {
  const name = metadata.labels?.[secretLabels.application];
  return name === undefined ? undefined : `${metadata.namespace}/${name}`;
}

export function kubernetesCluster({
  transport,
  caches,
  ownNamespace,
  reporter,
  clock,
  onLostEvent,
}: KubernetesOptions): Cluster {
  const { applications, registries, secrets } = caches;
  const pathOf = (resource: Resource, subresource?: string) => objectPath(kinds.applications, resource, subresource);
  const secretPath = ({ namespace }: Resource, name: string) => objectPath(kinds.secrets, { namespace, name });

  async function writeResource(path: string, patch: object): Promise<Resource> {
    const written = await transport.patch(path, patch).catch(failed);
    applications.assume(written);
    return resourceFrom(written);
  }

  /** Only the metadata is kept: no value of a Secret stays in memory. */
  function keepSecret(written: SecretObject) {
    const { apiVersion, kind, metadata } = written;
    secrets.assume({ ...(apiVersion !== undefined && { apiVersion }), ...(kind !== undefined && { kind }), metadata });
    return secretFrom(written);
  }

  async function isGoing(kind: typeof kinds.namespaces, name: string): Promise<boolean> {
    const found = await transport.get(objectPath(kind, { name }), { metadataOnly: true }).catch(failed);
    return found === undefined || found.metadata.deletionTimestamp !== undefined;
  }

  const createSecret = async (resource: Resource, body: object) =>
    keepSecret(
      await transport
        .create<KubeObject & SecretObject>(collectionPath(kinds.secrets, resource.namespace), body)
        .catch(refused),
    );

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
    claimants: ({ namespace, uid }, name) =>
      applications
        .byIndex('secret', `${namespace}/${name}`)
        .map(resourceFrom)
        .filter((other) => other.uid !== uid && other.deletionTime === undefined),
    secrets: ({ namespace, name }) => secrets.byIndex('application', `${namespace}/${name}`).map(secretMetadataFrom),
    readSecret: async (resource, name) => {
      const found = await transport.get<KubeObject & SecretObject>(secretPath(resource, name)).catch(failed);
      return found && secretFrom(found);
    },
    isUninstalling: async () => {
      const definition = await isGoing(kinds.definitions, `${kinds.applications.plural}.${group}`);
      return definition || (ownNamespace !== undefined && (await isGoing(kinds.namespaces, ownNamespace)));
    },

    hold: (resource, binding, operation) =>
      writeResource(pathOf(resource), writing.holdPatch(resource, binding, operation)),
    release: async (resource) => {
      await transport.patch(pathOf(resource), writing.releasePatch(resource)).catch(ignoreAbsence).catch(failed);
    },
    writeStatus: (resource, status) => writeResource(pathOf(resource, 'status'), writing.statusPatch(resource, status)),
    record: async (resource, event) => {
      const body = writing.eventObject(resource, event, reporter, clock());
      await transport.create(collectionPath(kinds.events, resource.namespace), body).catch(onLostEvent);
    },

    createSecret: (resource, manifest) => createSecret(resource, writing.secretObject(resource, manifest)),
    patchSecret: async (resource, secret, manifest) => {
      const patch = writing.secretPatch(resource, secret, manifest);
      return keepSecret(
        await transport.patch<KubeObject & SecretObject>(secretPath(resource, secret.name), patch).catch(refused),
      );
    },
    replaceSecret: async (resource, secret, manifest) => {
      await transport.delete(secretPath(resource, secret.name), secret).catch(failed);
      return createSecret(resource, writing.renewedSecretObject(resource, secret, manifest));
    },
    retireSecret: async (resource, secret) => {
      const path = secretPath(resource, secret.name);
      if (!writing.hasForeignKeys(secret)) return transport.delete(path, secret).catch(failed);
      await transport.patch(path, writing.retirementPatch(resource, secret)).catch(ignoreAbsence).catch(failed);
    },
    disownSecret: async (resource, secret) => {
      const patch = writing.disownPatch(resource, secret);
      await transport.patch(secretPath(resource, secret.name), patch).catch(ignoreAbsence).catch(failed);
    },
    deleteSecret: (resource, secret) => transport.delete(secretPath(resource, secret.name), secret).catch(failed),

    registries: () => registries.list().map(registryFrom),
    writeRegistryStatus: async (registry, status) => {
      const path = objectPath(kinds.registries, registry, 'status');
      registries.assume(await transport.patch(path, writing.registryStatusPatch(registry, status)).catch(failed));
    },
  };
}

function ignoreAbsence(error: unknown): void {
  if (error instanceof ApiError && error.status === 404) return;
  throw error;
}

function failed(error: unknown): never {
  throw clusterError(error, 'failed');
}

/** A Secret that the API server will not have is something to tell the user. */
function refused(error: unknown): never {
  throw clusterError(error, 'refused');
}

function clusterError(error: unknown, otherwise: 'failed' | 'refused'): unknown {
  if (!(error instanceof ApiError)) return error;
  const { message, status, reason, retryAfterSeconds } = error;
  const options = { retryAfterSeconds, cause: error };
  if (isConflict(error) || status === 404 || isOtherObject(error))
    return new ClusterError('conflict', message, options);
  if (reason === 'AlreadyExists') return new ClusterError('exists', message, options);
  const isRefusal = status >= 400 && status < 500 && status !== 401 && status !== 429;
  return new ClusterError(isRefusal ? otherwise : 'failed', message, options);
}

/** The API server answers 422, not 409, to a patch for another UID. */
function isOtherObject({ status, causes }: ApiError): boolean {
  return status === 422 && causes.some(({ field }) => field === 'metadata.uid');
}
