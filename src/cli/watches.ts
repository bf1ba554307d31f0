/**
 * What the controller watches, and whose key each change is.
 *
 * @module
 */

import * as kinds from '../cluster/kinds.ts';
import { type Caches, secretNameOf } from '../cluster/kubernetes.ts';
import { applicationKeyOf } from '../cluster/secrets.ts';
import { registryNameOf } from '../controller/registries.ts';
import { manager, secretLabels } from '../core/secret.ts';
import { Cache, type Change } from '../kube/cache.ts';
import { type Random, systemClock } from '../kube/clock.ts';
import type { KubeObject } from '../kube/kube.ts';
import { priorities, type Queue } from '../kube/queue.ts';
import { Reflector } from '../kube/reflector.ts';
import type { Transport } from '../kube/transport.ts';
import type { Queues } from './workers.ts';

/** The caches that the cluster port reads. */
export function openCaches(onError: (error: unknown) => void): Caches {
  return {
    applications: new Cache({
      onError,
      indexes: { secret: (object) => [secretKeyOf(object)] },
    }),
    registries: new Cache({ onError }),
    secrets: new Cache({ onError, indexes: { application: (object) => [applicationKeyOf(object) ?? ''] } }),
  };
}

interface ReflectorOptions {
  readonly transport: Transport;
  readonly random: Random;
  readonly onError: (error: unknown) => void;
}

/** One watch for each cache; Secrets are watched by our label, as metadata only. */
export function openReflectors(caches: Caches, options: ReflectorOptions): readonly Reflector[] {
  const common = { ...options, clock: systemClock };
  const labelSelector = `${secretLabels.managedBy}=${manager}`;
  return [
    new Reflector({ ...common, resource: kinds.applications, cache: caches.applications }),
    new Reflector({ ...common, resource: kinds.registries, cache: caches.registries }),
    new Reflector({ ...common, resource: kinds.secrets, cache: caches.secrets, metadataOnly: true, labelSelector }),
  ];
}

/**
 * Adds a key for every change.
 *
 * A resource that goes makes room for those that name the same Secret, and so does a Secret that goes. Our own writes
 * come through here too: a pass that finds nothing to do is cheap, and to tell them apart would be to trust that nobody
 * else wrote in between.
 */
export function route({ applications, registries, secrets }: Caches, queues: Queues): void {
  const wakeClaimants = (secret: string) => {
    for (const { metadata } of applications.byIndex('secret', secret))
      queues.applications.add(`${metadata.namespace}/${metadata.name}`);
  };
  applications.onChange((change) => {
    queues.applications.add(change.key, { priority: priorityOf(change) });
    if (change.object !== undefined && change.previous !== undefined) return;
    recount(change, queues.registries);
    if (change.previous) wakeClaimants(secretKeyOf(change.previous));
  });
  secrets.onChange(({ key, object, previous, listed }) => {
    const owners = [object, previous]
      .map((secret) => secret && applicationKeyOf(secret))
      .filter((owner) => owner !== undefined);
    for (const owner of new Set(owners))
      queues.applications.add(owner, { priority: listed ? priorities.resync : priorities.live });
    if (object === undefined) wakeClaimants(key);
  });
  registries.onChange(({ key }) => queues.registries.add(key));
}

/** Seconds in which many that come or go are counted once. */
const recountSeconds = 10;

/** A registry's status says how many applications are in it. */
function recount({ object, previous }: Change<KubeObject>, queue: Queue): void {
  const spec = (object ?? previous)?.spec;
  queue.add(registryNameOf({ spec }), { afterSeconds: recountSeconds, priority: priorities.resync });
}

/** `namespace/name` of the Secret that a resource names. */
function secretKeyOf(object: KubeObject): string {
  return `${object.metadata.namespace}/${secretNameOf(object)}`;
}

function priorityOf({ object, listed }: Change<KubeObject>): number {
  if (object?.metadata.deletionTimestamp !== undefined) return priorities.deletion;
  return listed ? priorities.resync : priorities.live;
}
