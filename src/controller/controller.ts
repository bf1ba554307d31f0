/**
 * Keys → passes: what is looked at when something changed, and one log line for each outcome.
 *
 * @module
 */

import { ClusterError, type Key } from '../cluster/cluster.ts';
import type { Next } from '../core/outcome.ts';
import { type Resource, registryNameOf } from '../core/resource.ts';
import type { Labels } from '../core/selector.ts';
import { openCorrections } from './corrections.ts';
import { rememberingIntents } from './intents.ts';
import { bound, type Log, messageOf } from './log.ts';
import { paced } from './pace.ts';
import type { Clocks, Outcome, Ports } from './pass.ts';
import { reconcile } from './reconcile.ts';

/** What follows a pass; `conflict`: another write came first, look again at once. */
export type After = Next | { readonly kind: 'conflict' };

export interface Controller {
  /** One pass over an OAuthApplication. Once `signal` is aborted it writes nothing further, and fails with its reason. */
  application(key: Key, signal: AbortSignal): Promise<After>;
  /** One look at an OAuthRegistry; `wake` is told the keys of its users if they would notice a change. */
  registry(name: string, wake: (keys: readonly Key[]) => void): Promise<After>;
  /** The keys of a namespace's resources that are granted other things after a change of its labels. */
  relabelled(namespace: string, before: Labels, after: Labels): readonly Key[];
}

/** Errors that are not a conflict are told and thrown on: the queue tries again later. */
export function openController(given: Omit<Ports, 'signal' | 'did' | 'corrections'> & Clocks, log: Log): Controller {
  const corrections = openCorrections(given.monotonic);
  const pass = paced(reconcile, given.monotonic);
  const ports = { ...given, cluster: rememberingIntents(given.cluster), corrections };
  return {
    application: async (key, signal) => {
      const told = bound(log, { reconcileID: ports.newID(), application: key });
      const began = ports.monotonic();
      const done: string[] = [];
      const did = (action: string) => {
        done.push(action);
        told.debug({ action }, 'acted');
      };
      const outcome = await pass(key, { ...ports, signal, did })
        .catch(conflict)
        .catch(telling(told));
      const fields = { milliseconds: ports.monotonic() - began, done, ...fieldsOf(outcome) };
      told[done.length === 0 && isIdle(outcome) ? 'debug' : 'info'](fields, 'reconciled');
      return outcome.next;
    },
    registry: async (name, wake) => {
      const told = bound(log, { registry: name });
      const { concerned, again } = await ports.registries.refresh(name).catch(telling(told));
      const isUser = (resource: Resource) => registryNameOf(resource) === name;
      if (concerned) wake(ports.cluster.keys((resource) => isUser(resource) && concerned(resource)));
      const changed = concerned !== undefined;
      told[changed ? 'info' : 'debug']({ changed }, 'looked at the registry');
      // Any tenant can name a registry that there is not; it is looked at again when there is one.
      return again === undefined ? { kind: 'rest' } : { kind: 'after', seconds: again };
    },
    relabelled: (namespace, before, after) => {
      const names = ports.registries.regranting(before, after);
      if (names.size === 0) return [];
      return ports.cluster.keys((resource) => resource.namespace === namespace && names.has(registryNameOf(resource)));
    },
  };
}

type Ended = Omit<Outcome, 'next'> & { readonly next: After };

function conflict(error: unknown): Ended {
  const isConflict = error instanceof ClusterError && (error.code === 'conflict' || error.code === 'exists');
  if (!isConflict) throw error;
  return { reason: 'Conflict', isNews: false, next: { kind: 'conflict' } };
}

function telling(log: Log): (error: unknown) => never {
  return (error) => {
    log.error({ error: messageOf(error) }, 'a pass failed');
    throw error;
  };
}

function fieldsOf({ reason, requestID, next }: Ended) {
  return { reason, requestID, next: next.kind === 'after' ? `after ${next.seconds} s` : next.kind };
}

/** Nothing has to be told: what rests is looked at all the time. */
function isIdle({ isNews, next }: Ended): boolean {
  return !isNews && next.kind !== 'backoff';
}
