/**
 * Who comes first where several resources want what only one, or only so many, can have.
 *
 * @module
 */

import type { Refusal } from './policy.ts';
import { wasEverBound } from './removal.ts';
import { isHeld, type Resource } from './resource.ts';

/** The older comes first, then the one with the smaller UID (creation times are whole seconds). */
export function age({ creationTime, uid }: Resource): string {
  return `${String(creationTime).padStart(16, '0')} ${uid}`;
}

/** One that has an application comes first, then one that may, then the older. */
function claim(resource: Resource): string {
  const standing = resource.status.applicationID !== undefined ? 0 : wasEverBound(resource) ? 1 : 2;
  return `${standing} ${age(resource)}`;
}

/** Whether a resource may still have an application: it lives, or we have not released it. */
function mayHold(resource: Resource): boolean {
  return resource.deletionTime === undefined || isHeld(resource);
}

/** Of the others that want the same explicit name, the one that comes first; `undefined` if `resource` does. */
export function holderBefore(resource: Resource, others: readonly Resource[]): Resource | undefined {
  const first = others.filter(mayHold).toSorted((a, b) => (claim(a) < claim(b) ? -1 : 1))[0];
  return first !== undefined && claim(first) < claim(resource) ? first : undefined;
}

/** Whether another that wants the same explicit name may already have the application: it is not ours to delete. */
export function isHeldByOther(others: readonly Resource[]): boolean {
  return others.some((other) => mayHold(other) && wasEverBound(other));
}

/** Whether at least `limit` of the others come first: who has an application does not lose it to one that comes later. */
export function exceeds(limit: number, resource: Resource, others: readonly Resource[]): boolean {
  return others.filter((other) => mayHold(other) && claim(other) < claim(resource)).length >= limit;
}

/** What one is told whose name `holder` has. Of what is in other namespaces nobody learns the name. */
export function nameHeld(name: string, holder: Resource, { namespace }: Pick<Resource, 'namespace'>): Refusal {
  const who = holder.namespace === namespace ? `the OAuthApplication ${holder.name}` : 'one of another namespace';
  const message = `the application name ${name} is held by ${who}; choose another, or wait until that one goes`;
  return { reason: 'NameConflict', message };
}
