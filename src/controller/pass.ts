/**
 * What every pass works with, and how each ends.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import type { OAuthApplicationStatus } from '../api/application.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Failure, Next, Report } from '../core/outcome.ts';
import type { Resource } from '../core/resource.ts';
import type { Log } from './log.ts';
import type { Registries } from './registries.ts';

/** Everything a pass works with; time and randomness are brought along. */
export interface Ports {
  readonly cluster: Cluster;
  readonly registries: Registries;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** A fresh UUID. */
  readonly newID: () => string;
  /** Tells of this pass. */
  readonly log: Log;
  /** Aborted when this pass must end: nothing further is written then. */
  readonly signal: AbortSignal;
}

/** What a pass did, and when the next one is due. */
export interface Outcome {
  /** The kinds of the actions that were carried out. */
  readonly done: readonly string[];
  /** The reason that `Ready` bears now; `undefined` where no status is left to bear one. */
  readonly reason: string | undefined;
  /** The registry's name for the request that ended the pass early, if it has names for requests. */
  readonly requestID?: string | undefined;
  /** Whether the status says something new. */
  readonly isNews: boolean;
  readonly next: Next;
}

/** A pass that had nothing to do. */
export function untouched(next: Next): Outcome {
  return { done: [], reason: undefined, isNews: false, next };
}

/** Writes the status if it differs, tells the events, and says when to look again. */
export async function publish(
  resource: Resource,
  report: Report,
  done: readonly { readonly kind: string }[],
  { cluster, signal }: Pick<Ports, 'cluster' | 'signal'>,
  failure?: Failure,
): Promise<Outcome> {
  const outcome = { ...outcomeOf(resource, report, done), requestID: failure?.requestID };
  signal.throwIfAborted();
  if (outcome.isNews) await cluster.writeStatus(resource, report.status);
  for (const event of report.events) cluster.record(resource, event);
  return outcome;
}

/** What a pass came to, by its report. */
export function outcomeOf(
  resource: Resource,
  { status, next }: Report,
  done: readonly { readonly kind: string }[],
): Outcome {
  const isNews = !isDeepStrictEqual(told(status), told(resource.status));
  const reason = status.conditions?.find(({ type }) => type === 'Ready')?.reason;
  return { done: done.map(({ kind }) => kind), reason, isNews, next };
}

/** What makes a status worth writing: everything but the version of a Secret that holds what it held before. */
function told({ secretRef, ...status }: OAuthApplicationStatus) {
  return { ...status, secretName: secretRef?.name };
}
