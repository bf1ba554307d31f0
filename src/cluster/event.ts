/**
 * Events: what became of a resource, for `kubectl describe` (events.k8s.io/v1).
 *
 * @module
 */

import { apiVersion, applicationKind } from '../api/application.ts';
import type { Event } from '../core/outcome.ts';
import type { Resource } from '../core/resource.ts';
import type { NewEvent } from '../kube/event-recorder.ts';
import { microTime } from '../kube/lease.ts';

/** The body of a new event. `reporter` names this process; `time` is in milliseconds since the epoch. */
export function eventObject(resource: Resource, event: Event, reporter: string, time: number): NewEvent {
  const { namespace, name, uid } = resource;
  const { type, reason, action, note } = event;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { generateName: `${name}-`, namespace },
    eventTime: microTime(time),
    reportingController: 'ramify.dev/controller',
    reportingInstance: reporter,
    type,
    reason,
    action,
    note: shortened(note),
    regarding: { apiVersion, kind: applicationKind, namespace, name, uid },
  };
}

/** Bytes of UTF-8 that the API server takes in a note. */
const longestNote = 1_024;
const ellipsis = '…';

function shortened(note: string): string {
  if (Buffer.byteLength(note) <= longestNote) return note;
  const room = new Uint8Array(longestNote - Buffer.byteLength(ellipsis));
  // What fits is counted in whole characters.
  return note.slice(0, new TextEncoder().encodeInto(note, room).read) + ellipsis;
}
