/**
 * Keys → passes: what is looked at when something changed, and one log line for each outcome.
 *
 * @module
 */

import { type Cluster, ClusterError, type Key } from '../cluster/cluster.ts';
import type { Next } from '../core/outcome.ts';
import type { Outcome, Ports } from './pass.ts';
import { reconcile } from './reconcile.ts';
import { registryNameOf } from './registries.ts';

/** Where one line for each outcome goes; constant messages, what varies is in the fields. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

/** What follows a pass; `conflict`: another write came first, look again at once. */
export type After = Next | { readonly kind: 'conflict' };

export interface Controller {
  /** One pass over an OAuthApplication. */
  application(key: Key): Promise<After>;
  /** One look at an OAuthRegistry; `wake` is told the keys of its users if they would notice a change. */
  registry(name: string, wake: (keys: readonly Key[]) => void): Promise<After>;
}

/** Errors that are not a conflict are thrown on: the queue logs them and tries again later. */
export function openController(ports: Ports, log: Log): Controller {
  return {
    application: async (key) => {
      const reconcileID = ports.newID();
      const began = ports.clock();
      const outcome = await reconcile(key, ports).catch(conflict);
      const fields = { reconcileID, application: key, milliseconds: ports.clock() - began, ...fieldsOf(outcome) };
      log[isIdle(outcome) ? 'debug' : 'info'](fields, 'reconciled');
      return outcome.next;
    },
    registry: async (name, wake) => {
      const changed = await ports.registries.refresh(name);
      if (changed) wake(usersOf(name, ports.cluster));
      log[changed ? 'info' : 'debug']({ registry: name, changed }, 'looked at the registry');
      // Any tenant can name a registry that there is not; it is looked at again when there is one.
      if (!ports.cluster.registries().some((registry) => registry.name === name)) return { kind: 'rest' };
      return { kind: 'after', seconds: ports.registries.resyncInterval };
    },
  };
}

type Ended = Omit<Outcome, 'next'> & { readonly next: After };

function conflict(error: unknown): Ended {
  const isConflict = error instanceof ClusterError && (error.code === 'conflict' || error.code === 'exists');
  if (!isConflict) throw error;
  return { done: [], reason: 'Conflict', next: { kind: 'conflict' } };
}

function fieldsOf({ done, reason, next }: Ended) {
  return { done, reason, next: next.kind === 'after' ? `after ${next.seconds} s` : next.kind };
}

function isIdle({ done, next }: Ended): boolean {
  return done.length === 0 && next.kind !== 'backoff';
}

function usersOf(name: string, cluster: Cluster): readonly Key[] {
  return cluster.keys((resource) => registryNameOf(resource) === name);
}
