/**
 * Decides how a resource that is being deleted goes.
 *
 * Deletion takes the way of every plan with nothing desired. It needs no valid spec.
 *
 * @module
 */

import { borneSince } from './conditions.ts';
import { isOurs, isOwned } from './observed.ts';
import { bindingOf, finalizer, isHeld, openOperationOf, type Resource } from './resource.ts';
import { attemptRemaining } from './standing.ts';
import type { RegisteredApplication, SecretMetadata } from './state.ts';
import { fromTimestamp } from './time.ts';

/** One step of letting go; each is one call. */
export type RemovalAction =
  | { readonly kind: 'DeleteApplication'; readonly id: string }
  /** The Secret stays behind: the garbage collector must not take it. */
  | { readonly kind: 'DisownSecret'; readonly secret: SecretMetadata }
  /** A Secret that the garbage collector would not take, or not now. */
  | { readonly kind: 'DeleteSecret'; readonly secret: SecretMetadata }
  | { readonly kind: 'ReleaseDeletion' };

/** What is known when a resource is to go. */
export interface Leaving {
  readonly resource: Resource;
  readonly policy: 'Delete' | 'Orphan';
  /** The application that is proven ours by a live read; `undefined` if there is none, or it is not ours. */
  readonly application: RegisteredApplication | undefined;
  /** Secrets that may be the resource's, read live. */
  readonly secrets: readonly SecretMetadata[];
}

/**
 * Plans the removal of a resource.
 *
 * # Guarantees
 *
 * - With `Orphan` neither the application nor a Secret is touched, and owner references come off before the finalizer.
 * - With `Delete` the application goes before the finalizer, and so does a Secret that would outlive it.
 * - Deletion is released last.
 */
export function planRemoval({ resource, policy, application, secrets }: Leaving): readonly RemovalAction[] {
  if (!isHeld(resource)) return [];
  const ours = secrets.filter((secret) => isOurs(secret, resource));
  const steps: RemovalAction[] =
    policy === 'Orphan'
      ? ours.filter((secret) => isOwned(secret, resource.uid)).map((secret) => ({ kind: 'DisownSecret', secret }))
      : [
          ...(application ? [{ kind: 'DeleteApplication' as const, id: application.id }] : []),
          ...ours
            .filter((secret) => !isCollected(secret, resource))
            .map((secret) => ({ kind: 'DeleteSecret' as const, secret })),
        ];
  return [...steps, { kind: 'ReleaseDeletion' }];
}

/** `kubectl delete --cascade=foreground` (metav1.FinalizerDeleteDependents): the garbage collector is at work already. */
const collecting = 'foregroundDeletion';

/**
 * Whether the garbage collector takes the Secret along with the resource, now.
 *
 * It waits for every other finalizer, and after `kubectl delete --cascade=orphan`, which is one, takes owner references off
 * instead; meanwhile pods would read the credentials of an application that is gone.
 */
function isCollected(secret: SecretMetadata, { uid, finalizers }: Resource): boolean {
  return isOwned(secret, uid) && finalizers.every((name) => name === finalizer || name === collecting);
}

/** Whether anything of this resource can exist in the registry: if not, it is released without asking there. */
export function wasEverBound(resource: Resource): boolean {
  return (
    resource.status.applicationID !== undefined ||
    bindingOf(resource) !== undefined ||
    openOperationOf(resource) !== undefined
  );
}

/**
 * Milliseconds to wait before the absence of the application is believed.
 *
 * A create that was given up can be applied late: while its intent is open, a look that finds nothing counts only
 * after the attempt's deadline plus the consistency window. The intent says itself when it began, by a clock that may
 * have jumped or by anybody's hand: a time that is still to come counts as the moment in which it first blocked the deletion.
 * Of one that is closed, a look may miss what came of it for as long as the consistency window.
 */
export function absenceDelay(resource: Resource, now: number, consistencyWindow: number): number {
  const operation = openOperationOf(resource);
  const closed = fromTimestamp(resource.status.lastOperation?.completionTime);
  if (operation?.kind !== 'CreateApplication')
    return closed === undefined || closed > now ? 0 : Math.max(0, closed + consistencyWindow - now);
  const { startTime } = operation;
  const blockedSince = borneSince(resource.status.conditions, 'Ready', 'DeletionBlocked', now) ?? now;
  return attemptRemaining({ startTime: startTime <= now ? startTime : blockedSince }, now, consistencyWindow);
}
