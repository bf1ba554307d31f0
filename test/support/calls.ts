/**
 * What the controller asked of the API server, from the audit log; Events and Leases apart, and its lists and watches.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import type { AuditEvent, Cluster } from './cluster.ts';
import { eventually } from './eventually.ts';

/** Calls by kind, each as `verb resource[/subresource]`. */
export interface Calls {
  readonly writes: readonly string[];
  readonly reads: readonly string[];
}

/** The calls from one moment on. */
export interface Count {
  /** So far; waits until the audit log has what was answered before. */
  calls(): Promise<Calls>;
}

const apart = new Set(['events', 'leases']);
const reading = new Set(['get']);
const watching = new Set(['list', 'watch']);

/** Counts from now on. */
export async function count(cluster: Cluster): Promise<Count> {
  const start = (await all(cluster)).length;
  return {
    calls: async () => {
      const events = (await all(cluster)).slice(start).filter(isCounted);
      const told = (isRead: boolean) => events.filter(({ verb }) => reading.has(verb) === isRead).map(name);
      return { writes: told(false), reads: told(true) };
    },
  };
}

/** A request of our own, so that everything answered before it is in the log once it is. */
async function all(cluster: Cluster): Promise<AuditEvent[]> {
  const mark = `/api/v1/namespaces/mark-${randomUUID()}`;
  await cluster.request('GET', mark);
  await eventually(async () => (await cluster.auditEvents(({ requestURI }) => requestURI === mark)).length > 0);
  return cluster.auditEvents(() => true);
}

function isCounted({ userAgent = '', verb, objectRef }: AuditEvent): boolean {
  return userAgent.startsWith('ramify') && !watching.has(verb) && !apart.has(objectRef?.resource ?? '');
}

function name({ verb, objectRef }: AuditEvent): string {
  return [`${verb} ${objectRef?.resource}`, ...(objectRef?.subresource ? [objectRef.subresource] : [])].join('/');
}
