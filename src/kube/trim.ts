/**
 * What of an object is worth keeping in memory.
 *
 * @module
 */

import type { KubeObject, ObjectMeta } from './kube.ts';

/** It repeats the object that was applied: of a Secret, its values. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The object without `managedFields` and without kubectl's last-applied annotation; the given one is left as it is, and
 * given back where it has neither.
 */
export function trim<T extends KubeObject>(object: T): T {
  const metadata = withoutLastApplied(withoutManagedFields(object.metadata));
  return metadata === object.metadata ? object : { ...object, metadata };
}

function withoutManagedFields(metadata: ObjectMeta & { managedFields?: unknown }): ObjectMeta {
  if (metadata.managedFields === undefined) return metadata;
  const { managedFields: _, ...rest } = metadata;
  return rest;
}

function withoutLastApplied(metadata: ObjectMeta): ObjectMeta {
  if (metadata.annotations?.[lastApplied] === undefined) return metadata;
  const { [lastApplied]: _, ...annotations } = metadata.annotations;
  return { ...metadata, annotations };
}

/** Freezes a JSON value to the bottom. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
