/**
 * A reflector over a script, and the words of its scripts.
 *
 * @module
 */

import { Cache, type Change } from '../../src/kube/cache.ts';
import { ApiError } from '../../src/kube/error.ts';
import type { KubeObject, WatchEvent } from '../../src/kube/kube.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import type { Page, Transport } from '../../src/kube/transport.ts';
import { ManualClock } from './manual-clock.ts';
import { type Thing, thing } from './objects.ts';
import { scriptedTransport, type Turn } from './scripted-transport.ts';

export const resource = { group: 'example.dev', version: 'v1', plural: 'things', namespaced: true };

/** A reflector at work over a transport. */
export function over(transport: Transport, clock = new ManualClock()) {
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const cache = new Cache<Thing>({ freeze: true, onError });
  const told: string[] = [];
  cache.onChange(({ key, object }: Change<Thing>) => told.push(`${object === undefined ? '-' : '+'}${key.slice(3)}`));
  const reflector = new Reflector({ transport, resource, cache, clock, random: () => 0.5, onError });
  reflector.start();
  return { reflector, clock, cache, told, errors };
}

/** A reflector at work over a script. */
export function given(watches: readonly (readonly Turn[])[], pages: readonly (Page<KubeObject> | Error)[] = []) {
  const script = scriptedTransport(watches, pages);
  return { ...script, ...over(script.transport) };
}

export function added(name: string, version: number): WatchEvent {
  return { type: 'ADDED', object: thing(name, version) };
}

export function bookmark(version: number, annotations: Record<string, string> = {}): WatchEvent {
  return { type: 'BOOKMARK', object: thing('', version, {}, { annotations }) };
}

/** The end of the initial events. */
export function complete(version: number): WatchEvent {
  return bookmark(version, { 'k8s.io/initial-events-end': 'true' });
}

export function failure(status: number, reason = 'InternalError', retryAfterSeconds?: number): ApiError {
  return new ApiError(`${status} ${reason}`, { status, reason, retryAfterSeconds });
}

export const unreachable = failure(0, 'Unreachable');
export const expired = failure(410, 'Expired');
