/**
 * The port over a Kubernetes API server.
 *
 * Reads come from caches that watches keep. What a write returns enters the cache at once, so that the next pass sees it.
 *
 * @module
 */

import { group } from '../api/application.ts';
import { explicitNameOf, type Resource, registryNameOf, textAt } from '../core/resource.ts';
import type { Cache } from '../kube/cache.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { KubeObject } from '../kube/kube.ts';
import { objectPath } from '../kube/path.ts';
import type { Transport } from '../kube/transport.ts';
import { failed, ignoreAbsence, refused } from './api-errors.ts';
import type { Cluster } from './cluster.ts';
import { eventObject } from './event.ts';
import * as kinds from './kinds.ts';
import { resourceFrom } from './reading.ts';
import { openRegistries } from './registries.ts';
import { openSecrets, type SecretCache } from './secrets.ts';
import * as writing from './writing.ts';

/** The caches that the port reads, each kept by a watch of its own. */
export interface Caches {
  /**
   * Indexes: `secret`, by {@link secretKeyOf}; `registry`, by {@link registryKeyOf}; `refused`, the same of those that a
   * policy refuses; `explicitName`, by {@link nameKeyOf}; of those that have an application, `registered`, by the
   * OAuthRegistry's name, and `application`, by its ID; `uid`.
   */
  readonly applications: Cache<
    KubeObject,
    'secret' | 'registry' | 'refused' | 'explicitName' | 'registered' | 'application' | 'uid'
  >;
  readonly registries: Cache;
  /** Metadata alone. */
  readonly namespaces: Cache;
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
  readonly events: Pick<EventRecorder, 'record'>;
}

/** `namespace/name` of the Secret that a resource names; the spec need not be valid. */
export function secretKeyOf({ metadata, spec }: KubeObject): string {
  return `${metadata.namespace}/${textAt(spec, 'secret', 'name') ?? metadata.name}`;
}

/** `namespace/name` of the resource's namespace and the OAuthRegistry that it names. */
export function registryKeyOf({ metadata, spec }: KubeObject): string {
  return `${metadata.namespace}/${registryNameOf({ spec })}`;
}

/** The explicit name that a resource asks for, as names are compared: without case. */
export function nameKeyOf({ spec }: Pick<KubeObject, 'spec'>): string | undefined {
  return explicitNameOf({ spec })?.toLowerCase();
}

/** Whether nothing holds an object any more that is being deleted: then the API server has removed it. */
function hasEnded({ metadata: { deletionTimestamp, finalizers = [] } }: KubeObject): boolean {
  return deletionTimestamp !== undefined && finalizers.length === 0;
}

/** Opens the port; nothing is sent before the first call. */
export function kubernetesCluster(options: KubernetesOptions): Cluster {
  const { transport, caches } = options;
  return {
    ...openApplications(options),
    ...openSecrets(transport, caches.secrets),
    ...openRegistries(transport, caches),
  };
}

type ApplicationDoor = Omit<Cluster, keyof ReturnType<typeof openSecrets> | keyof ReturnType<typeof openRegistries>>;

function openApplications(options: KubernetesOptions): ApplicationDoor {
  const { transport, caches, ownNamespace, reporter, clock, events } = options;
  const { applications } = caches;
  const pathOf = (resource: Resource, subresource?: string) => objectPath(kinds.applications, resource, subresource);

  async function write(path: string, patch: object): Promise<Resource> {
    const written = await transport.patch(path, patch).catch(failed);
    applications.assume(written);
    return resourceFrom(written);
  }

  const others = (index: 'registry' | 'explicitName' | 'application', value: string | undefined, uid: string) =>
    (value === undefined ? [] : applications.byIndex(index, value))
      .map(resourceFrom)
      .filter((other) => other.uid !== uid);

  async function isGoing(kind: typeof kinds.namespaces, name: string): Promise<boolean> {
    const found = await transport.get(objectPath(kind, { name }), { metadataOnly: true }).catch(refused);
    return found === undefined || found.metadata.deletionTimestamp !== undefined;
  }

  return {
    read: (key) => {
      const object = applications.get(key);
      return object && resourceFrom(object);
    },
    resources: () => applications.list().map(resourceFrom),
    keys: (filter) =>
      applications
        .list()
        .map(resourceFrom)
        .filter(filter)
        .map(({ namespace, name }) => `${namespace}/${name}`),
    applicationsIn: (registry) => applications.byIndex('registered', registry).length,
    claimants: ({ namespace, uid }, name) => {
      const named = applications.byIndex('secret', `${namespace}/${name}`).map(resourceFrom);
      return named.filter((other) => other.uid !== uid && other.deletionTime === undefined);
    },
    neighbours: ({ namespace, uid, spec }) => others('registry', `${namespace}/${registryNameOf({ spec })}`, uid),
    namesakes: ({ uid, spec }) => others('explicitName', nameKeyOf({ spec }), uid),
    holders: ({ uid }, id) => others('application', id, uid),
    isAlive: (uid) => applications.byIndex('uid', uid).length > 0,
    isUninstalling: async () => {
      const definition = await isGoing(kinds.definitions, `${kinds.applications.plural}.${group}`);
      return definition || (ownNamespace !== undefined && (await isGoing(kinds.namespaces, ownNamespace)));
    },
    hold: (resource, binding, operation) => write(pathOf(resource), writing.holdPatch(resource, binding, operation)),
    release: async (resource) => {
      const path = pathOf(resource);
      const left = await transport.patch(path, writing.releasePatch(resource)).catch(ignoreAbsence).catch(failed);
      // Its Secret goes at once, and wakes it: nothing is left to do, whatever the watch knows by then.
      if (left && hasEnded(left)) applications.assumeGone(left);
      else if (left) applications.assume(left);
    },
    writeStatus: (resource, status) => write(pathOf(resource, 'status'), writing.statusPatch(resource, status)),
    record: (resource, event) => events.record(eventObject(resource, event, reporter, clock())),
  };
}
