/**
 * What every pass works with, and how each ends.
 *
 * @module
 */

import type { OAuthApplicationStatus } from '../api/application.ts';
import { parseApplicationSpec } from '../api/parse.ts';
import { type Cluster, ClusterError } from '../cluster/cluster.ts';
import type { Event, Failure, Next, Report } from '../core/outcome.ts';
import type { Resource } from '../core/resource.ts';
import { isSame } from '../core/same.ts';
import type { Corrections } from './corrections.ts';
import type { Registries } from './registries.ts';

/** The time of day is what others are told; it may jump. How long something takes or lasts is told by the other clock alone. */
export interface Clocks {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Milliseconds since whenever: never set back or forward. */
  readonly monotonic: () => number;
}

/** Everything a pass works with; time and randomness are brought along. */
export interface Ports extends Pick<Clocks, 'clock'> {
  readonly cluster: Cluster;
  readonly registries: Registries;
  readonly corrections: Corrections;
  /** A fresh UUID. */
  readonly newID: () => string;
  /** Aborted when this pass must end: nothing further is written then. */
  readonly signal: AbortSignal;
  /** Told the kind of each action as it is carried out: it was, however the pass ends. */
  readonly did: (kind: string) => void;
}

/** What a pass came to, and when the next one is due. */
export interface Outcome {
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
  return { reason: undefined, isNews: false, next };
}

/** Writes the status if it differs, tells the events, and says when to look again. */
export async function publish(
  resource: Resource,
  report: Report,
  ports: Pick<Ports, 'cluster' | 'signal'>,
  failure?: Failure,
): Promise<Outcome> {
  const outcome = { ...outcomeOf(resource, report), requestID: failure?.requestID };
  ports.signal.throwIfAborted();
  if (outcome.isNews) await ports.cluster.writeStatus(resource, report.status).catch(unlessUnwritable(resource));
  tell(resource, report.events, ports);
  return outcome;
}

/**
 * Of what an earlier schema let in and this one cannot even check, the API server takes no write: rules of today fail on
 * values of other types. Then an event must do.
 */
function unlessUnwritable({ spec }: Resource): (error: unknown) => void {
  return (error) => {
    const isInvalid = error instanceof ClusterError && error.code === 'invalid';
    if (!isInvalid || parseApplicationSpec(spec).ok) throw error;
  };
}

/** Tells the events, unless the pass had to end. */
export function tell(
  resource: Resource,
  events: readonly Event[],
  { cluster, signal }: Pick<Ports, 'cluster' | 'signal'>,
): void {
  if (signal.aborted) return;
  for (const event of events) cluster.record(resource, event);
}

/** What a pass came to, by its report. */
export function outcomeOf(resource: Resource, { status, next }: Report): Outcome {
  const isNews = !isSame(told(status), told(resource.status));
  const reason = status.conditions?.find(({ type }) => type === 'Ready')?.reason;
  return { reason, isNews, next };
}

/** What makes a status worth writing: everything but the version of a Secret that holds what it held before. */
function told({ secretRef, ...status }: OAuthApplicationStatus) {
  return { ...status, secretName: secretRef?.name };
}
