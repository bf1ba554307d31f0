/**
 * I6, no lying status: every revision that says Ready is held against the registry and the Secret, for as long as it was
 * what people saw.
 *
 * Watches give the revisions, the audit log the times of their writes, and the store's journal what it held when. What was
 * done outside excuses the revision that was there then: it is for the next one to tell.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import type { AuditEvent } from './cluster.ts';
import type { History, Revision } from './history.ts';
import { digestOf, type Entry } from './journaled-store.ts';
import { type ApplicationObject, condition, type SecretObject, values } from './tenant.ts';
import { asRegistered, asSet } from './world.ts';

/** All times are in milliseconds since the epoch. */
export interface Timeline extends Pick<History, 'applications' | 'secrets'> {
  /** Of the level RequestResponse. */
  readonly audit: readonly AuditEvent[];
  readonly journal: readonly Entry[];
  /** When each thing that was done outside began. */
  readonly outside: readonly number[];
}

/** How much was held against what was so, and what was not, each as a sentence. */
export interface Verdict {
  readonly claims: number;
  readonly lies: readonly string[];
}

/** When a write was asked for, and when it was answered: in between it became visible. */
interface Write {
  readonly begun: number;
  readonly done: number;
}

/** Judges every revision that says Ready, of this generation and not suspended. */
export function judge(timeline: Timeline): Verdict {
  const timeOf = timesIn(timeline.audit);
  const lives = Map.groupBy(timeline.applications, ({ object }) => object.metadata.uid);
  const found = [...lives.values()].flatMap((life) =>
    life.flatMap((revision, n) => {
      if (revision.type === 'DELETED' || !isClaim(revision.object)) return [];
      const next = life[n + 1];
      const until = next ? timeOf(next).begun : Number.POSITIVE_INFINITY;
      return instants(revision.object, { ...timeOf(revision), until }, timeline, timeOf);
    }),
  );
  return { claims: found.length, lies: found.flat() };
}

function isClaim(object: ApplicationObject): boolean {
  const ready = condition(object, 'Ready');
  const isCurrent = ready?.observedGeneration === object.metadata.generation;
  return ready?.status === 'True' && isCurrent && condition(object, 'Suspended') === undefined;
}

/** What is not so at the moment that the claim is made, and at each change until the next revision. */
function instants(
  object: ApplicationObject,
  { begun, done, until }: Write & { readonly until: number },
  { journal, secrets, outside }: Timeline,
  timeOf: (revision: Revision<SecretObject>) => Write,
): readonly (readonly string[])[] {
  const { metadata, status } = object;
  const name = status.secretRef?.name ?? metadata.name;
  const entries = journal.filter(({ id }) => id === status.applicationID);
  const served = secrets.filter((each) => isAt(each.object, metadata.namespace, name));
  const changes = [...entries.map(({ at }) => at), ...served.map((each) => timeOf(each).done)];
  const excused = outside.find((at) => at >= begun) ?? Number.POSITIVE_INFINITY;
  const times = [done, ...changes.filter((at) => at > done && at < until && at < excused)];
  return times.map((time) => {
    const entry = entries.findLast(({ at }) => at <= time);
    const secret = served.findLast((each) => timeOf(each).done <= time);
    const lies = untruths(object, entry, secret?.type === 'DELETED' ? undefined : secret?.object);
    return lies.map((lie) => `${metadata.name} at ${metadata.resourceVersion}: ${lie}`);
  });
}

function isAt({ metadata }: SecretObject, namespace: string, name: string): boolean {
  return metadata.namespace === namespace && metadata.name === name;
}

function untruths(
  { spec }: ApplicationObject,
  entry: Entry | undefined,
  secret: SecretObject | undefined,
): readonly string[] {
  const registered = entry?.application;
  if (registered === undefined) return ['Ready without an application'];
  const { client_id: clientID, client_secret: value } = secret ? values(secret) : {};
  const isAccepted = value === undefined ? !registered.secretRequired : entry?.accepted.includes(digestOf(value));
  return [
    ...asRegistered(spec).flatMap(([field, wanted]) =>
      isDeepStrictEqual(asSet(registered[field]), asSet(wanted)) ? [] : [`Ready, and ${field} differs`],
    ),
    ...(clientID === registered.clientID ? [] : ['Ready, and the Secret serves another client']),
    ...(isAccepted ? [] : ['Ready, and the client secret is not accepted']),
  ];
}

/** By the version that it made; what the log does not tell of was there when the watch said so. */
function timesIn(audit: readonly AuditEvent[]) {
  const writes = new Map<string | undefined, Write>();
  for (const { verb, responseObject, requestReceivedTimestamp, stageTimestamp = '' } of audit) {
    const version = responseObject?.metadata?.resourceVersion;
    if (['create', 'update', 'patch', 'delete'].includes(verb) && !writes.has(version))
      writes.set(version, { begun: micro(requestReceivedTimestamp), done: micro(stageTimestamp) });
  }
  return ({ object, at }: Revision<ApplicationObject | SecretObject>): Write =>
    writes.get(object.metadata.resourceVersion) ?? { begun: at, done: at };
}

/** `2026-01-01T00:00:00.123456Z` → milliseconds with their fraction, which Date leaves out. */
function micro(timestamp: string): number {
  return Date.parse(timestamp) + Number(`0.${/\.\d{3}(\d*)Z$/.exec(timestamp)?.[1] ?? '0'}`);
}
