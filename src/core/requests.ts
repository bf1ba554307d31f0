/**
 * What a person or a tool asks for by an annotation on the resource: any new value is a request, and the status bears the
 * value that was handled, so that one can wait for it.
 *
 * @module
 */

import type { OAuthApplicationStatus } from '../api/application.ts';
import type { Resource } from './resource.ts';
import { shortened } from './shorten.ts';

/** What can be asked for: a live look, a new client secret, the end of an overlap. */
export type Request = 'reconcile' | 'rotate' | 'revoke';

/** The annotations of each request; Flux's own is understood too. */
const annotations: Readonly<Record<Request, readonly string[]>> = {
  reconcile: ['ramify.dev/reconcile-requested-at', 'reconcile.fluxcd.io/requestedAt'],
  rotate: ['ramify.dev/rotate-requested-at'],
  revoke: ['ramify.dev/revoke-previous-requested-at'],
};

/** The field of the status that bears the value that was handled. */
const handled = {
  reconcile: 'lastHandledReconcileAt',
  rotate: 'lastHandledRotateAt',
  revoke: 'lastHandledRevokeAt',
} as const satisfies Record<Request, keyof OAuthApplicationStatus>;

/** Characters of a request, as many as the status can bear; a longer value is none. */
const longest = 128;

type Asking = Pick<Resource, 'annotations' | 'status'>;

/** The newest value that asks for `request`; `undefined` if there is none. */
export function requestOf(resource: Pick<Resource, 'annotations'>, request: Request): string | undefined {
  return valuesOf(resource, request).findLast((value) => value.length <= longest);
}

/**
 * Whether `request` is newly asked for.
 *
 * Where the status was lost nobody knows what was handled: what is found is recorded, and not acted on.
 */
export function isAsked(resource: Asking, request: Request): boolean {
  const value = requestOf(resource, request);
  const isLost = request !== 'reconcile' && resource.status.applicationID === undefined;
  return value !== undefined && !isLost && value !== resource.status[handled[request]];
}

/** What the status records once `request` is handled; of a value that is too long, its beginning. */
export function handledValue(resource: Asking, request: Request): string | undefined {
  const newest = requestOf(resource, request) ?? tooLong(resource, request);
  return newest ?? resource.status[handled[request]];
}

/** Names of the annotations with a value that is too long to be a request, and that the status does not record yet. */
export function ignoredRequests(resource: Asking): readonly string[] {
  const requests: readonly Request[] = ['reconcile', 'rotate', 'revoke'];
  return requests.flatMap((request) => {
    const isNews = requestOf(resource, request) === undefined && isUnrecorded(resource, request);
    return isNews ? annotations[request].slice(0, 1) : [];
  });
}

function isUnrecorded(resource: Asking, request: Request): boolean {
  const value = tooLong(resource, request);
  return value !== undefined && value !== resource.status[handled[request]];
}

function tooLong(resource: Asking, request: Request): string | undefined {
  const value = valuesOf(resource, request).at(-1);
  return value !== undefined && value.length > longest ? shortened(value, longest) : undefined;
}

/** All values, the newest last. */
function valuesOf(resource: Pick<Resource, 'annotations'>, request: Request): readonly string[] {
  const values = annotations[request].map((name) => resource.annotations[name]);
  return values.filter((value) => value !== undefined).toSorted();
}
