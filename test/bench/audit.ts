/**
 * What the controller asked of the API server, out of the audit log.
 *
 * @module
 */

import { open, stat } from 'node:fs/promises';
import type { AuditEvent } from '../support/cluster.ts';

/** Requests by what they are for. Watches, and the lists that begin them, are the price of a start and not counted. */
export interface Calls {
  /** Writes of OAuthApplications, their status, and Secrets. */
  readonly writes: number;
  /** Reads of single objects. */
  readonly reads: number;
  /** Events told. */
  readonly events: number;
  /** Writes of anything else, such as an OAuthRegistry's status. */
  readonly others: number;
}

/** A place in an audit log, to count from. */
export type Mark = number;

/** The end of the log as it is now. */
export async function markIn(auditLog: string): Promise<Mark> {
  return (await stat(auditLog)).size;
}

/** What the controller asked since then. */
export async function callsSince(auditLog: string, mark: Mark): Promise<Calls> {
  return countCalls(await eventsSince(auditLog, mark));
}

/** The log is read from the mark on: it grows by a kilobyte with each request. */
async function eventsSince(auditLog: string, mark: Mark): Promise<readonly AuditEvent[]> {
  const file = await open(auditLog);
  try {
    const events: AuditEvent[] = [];
    for await (const line of file.readLines({ start: mark })) {
      const event: AuditEvent = JSON.parse(line);
      events.push(event);
    }
    return events;
  } finally {
    await file.close();
  }
}

/** Counts the requests that bear the controller's user agent. */
export function countCalls(events: readonly AuditEvent[]): Calls {
  const kinds = events.filter(({ userAgent }) => userAgent === 'ramify').map(kindOf);
  const count = (kind: keyof Calls) => kinds.filter((each) => each === kind).length;
  return { writes: count('writes'), reads: count('reads'), events: count('events'), others: count('others') };
}

function kindOf({ verb, objectRef = {} }: AuditEvent): keyof Calls | undefined {
  if (verb === 'list' || verb === 'watch') return undefined;
  if (verb === 'get') return 'reads';
  if (objectRef.resource === 'events') return 'events';
  return ['oauthapplications', 'secrets'].includes(objectRef.resource ?? '') ? 'writes' : 'others';
}
