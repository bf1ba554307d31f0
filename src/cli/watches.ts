/**
 * What the controller watches, and whose key each change is.
 *
 * @module
 */

import type { Reason } from '../api/conditions.ts';
import { type Caches, nameKeyOf, registryKeyOf, secretKeyOf } from '../cluster/kubernetes.ts';
import { applicationKeyOf } from '../cluster/secrets.ts';
import type { Controller } from '../controller/controller.ts';
import { fieldAt, registryNameOf, textAt } from '../core/resource.ts';
import { isSame } from '../core/same.ts';
import { Cache, type Change } from '../kube/cache.ts';
import { type Random, systemClock } from '../kube/clock.ts';
import type { KubeObject } from '../kube/kube.ts';
import { priorities, type Queue } from '../kube/queue.ts';
import { Reflector } from '../kube/reflector.ts';
import type { Transport } from '../kube/transport.ts';
import { collectionsOf, type Namespaces } from './collections.ts';
import type { Queues } from './workers.ts';

/** The caches that the cluster port reads, as {@link openReflectors} fills them. */
export function openCaches(onError: (error: unknown) => void, namespaces?: Namespaces): Caches {
  const scopeOf = namespaces && namespaceOf;
  return {
    applications: new Cache({
      onError,
      scopeOf,
      indexes: {
        secret: (object) => [secretKeyOf(object)],
        registry: (object) => [registryKeyOf(object)],
        refused: (object) => (isRefused(object) ? [registryKeyOf(object)] : []),
        registered: ({ spec, status }) =>
          textAt(status, 'applicationID') === undefined ? [] : [registryNameOf({ spec })],
        application: ({ status }) => [textAt(status, 'applicationID')].filter((id) => id !== undefined),
        uid: ({ metadata }) => [metadata.uid],
        explicitName: (object) => [nameKeyOf(object)].filter((name) => name !== undefined),
      },
    }),
    registries: new Cache({ onError }),
    namespaces: new Cache({ onError, scopeOf }),
    secrets: new Cache({ onError, scopeOf, indexes: { application: (object) => [applicationKeyOf(object) ?? ''] } }),
  };
}

/** The namespace that an object is in, or is. */
function namespaceOf({ metadata: { namespace, name } }: KubeObject): string {
  return namespace ?? name;
}

interface ReflectorOptions {
  readonly transport: Transport;
  readonly random: Random;
  readonly onError: (error: unknown) => void;
}

/** Keeps each cache like its collections. */
export function openReflectors(
  caches: Caches,
  options: ReflectorOptions,
  namespaces?: Namespaces,
): readonly Reflector[] {
  return collectionsOf(namespaces).map(
    ({ cache, ...collection }) =>
      new Reflector({ ...options, ...collection, clock: systemClock, cache: caches[cache] }),
  );
}

/**
 * Adds a key for every change but those that a pass over that key made.
 *
 * A resource that goes makes room for those that name the same Secret or ask for the same name, and for those that were
 * too many in its namespace; a Secret that goes makes room too.
 *
 * A pass goes by what its own writes returned, and says itself when the next one is due. Nobody else can have written in
 * between: each write is for one version, or makes what was not there. Whatever comes after has a version of its own.
 */
export function route(caches: Caches, queues: Queues, { relabelled }: Pick<Controller, 'relabelled'>): void {
  const { applications, registries, namespaces, secrets } = caches;
  const wake = (waiting: readonly KubeObject[]) => {
    for (const { metadata } of waiting) queues.applications.add(`${metadata.namespace}/${metadata.name}`);
  };
  applications.onChange((change) => {
    if (change.source !== 'write') queues.applications.add(change.key, { priority: priorityOf(change) });
    if (change.object !== undefined && change.previous !== undefined) return;
    recount(change, caches, queues.registries);
    if (change.previous) wake(waitersFor(change.previous, caches));
  });
  secrets.onChange(({ key, object, previous, source }) => {
    const owners = new Set([object, previous].map((secret) => secret && applicationKeyOf(secret)));
    if (source === 'write') owners.delete(object && applicationKeyOf(object));
    const priority = source === 'list' ? priorities.resync : priorities.live;
    for (const owner of owners) if (owner !== undefined) queues.applications.add(owner, { priority });
    if (object === undefined) wake(applications.byIndex('secret', key));
  });
  registries.onChange((change) => {
    if (!isStatusAlone(change)) queues.registries.add(change.key);
  });
  namespaces.onChange(({ key, object, previous }) => {
    if (object === undefined || previous === undefined) return;
    const keys = relabelled(key, previous.metadata.labels ?? {}, object.metadata.labels ?? {});
    for (const concerned of keys) queues.applications.add(concerned);
  });
}

/** Whether only what we say of a registry changed: of one that fails each look says something new, its request's ID. */
function isStatusAlone({ object, previous }: Change<KubeObject>): boolean {
  return object !== undefined && previous !== undefined && isSame(asked(object), asked(previous));
}

function asked({ metadata: { generation, deletionTimestamp, finalizers } }: KubeObject): unknown {
  return { generation, deletionTimestamp, finalizers };
}

/** Seconds in which many that come or go are counted once. */
const recountSeconds = 10;

/** A registry's status says how many applications are in it; one that is being deleted waits for the last of them. */
function recount({ object, previous }: Change<KubeObject>, { registries }: Caches, queue: Queue): void {
  const name = registryNameOf({ spec: (object ?? previous)?.spec });
  const isGoing = registries.get(name)?.metadata.deletionTimestamp !== undefined;
  queue.add(name, { afterSeconds: isGoing ? 0 : recountSeconds, priority: priorities.resync });
}

/** Who may have waited for this resource to go. */
function waitersFor(gone: KubeObject, { applications }: Caches): readonly KubeObject[] {
  const name = nameKeyOf(gone);
  return [
    ...applications.byIndex('secret', secretKeyOf(gone)),
    ...applications.byIndex('refused', registryKeyOf(gone)),
    ...(name === undefined ? [] : applications.byIndex('explicitName', name)),
  ];
}

/** Whether a policy refuses the resource: one that goes may make room for it. */
function isRefused({ status }: KubeObject): boolean {
  const conditions = fieldAt(status, 'conditions');
  const refused: Reason = 'PolicyViolation';
  return Array.isArray(conditions) && conditions.some((condition) => fieldAt(condition, 'reason') === refused);
}

function priorityOf({ object, source }: Change<KubeObject>): number {
  if (object?.metadata.deletionTimestamp !== undefined) return priorities.live;
  return source === 'list' ? priorities.resync : priorities.live;
}
