/**
 * Every revision of the OAuthApplications and Secrets of a cluster, recorded by watches, and the rules they must keep.
 *
 * @module
 */

import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Agent, request } from 'undici';
import { afterAll } from 'vitest';
import { isReason } from '../../src/api/conditions.ts';
import { secretMarks } from '../../src/core/secret.ts';
import type { Cluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { kstatus } from './kstatus.ts';
import { type ApplicationObject, condition, type SecretObject, values } from './tenant.ts';

/** A revision, and when the watch told of it, in milliseconds since the epoch. */
export interface Revision<T> {
  readonly type: string;
  readonly object: T;
  readonly at: number;
}

type Applications = readonly Revision<ApplicationObject>[];
type Secrets = readonly Revision<SecretObject>[];

/** What was seen so far. */
export interface History {
  readonly applications: Applications;
  readonly secrets: Secrets;
  /** Waits until everything that was there at the call has been seen. */
  caughtUp(): Promise<void>;
}

/** What every object has. */
type Recorded = ApplicationObject | SecretObject;

const paths = {
  applications: '/apis/ramify.dev/v1alpha1/oauthapplications',
  secrets: '/api/v1/secrets',
} as const;

/** Records from the moment it returns, until the file's last test is over; what is there already counts as added. */
export async function recordHistory(cluster: Cluster): Promise<History> {
  const applications: Revision<ApplicationObject>[] = [];
  const secrets: Revision<SecretObject>[] = [];
  await Promise.all([record(cluster, paths.applications, applications), record(cluster, paths.secrets, secrets)]);
  const seen = async (path: string, revisions: readonly Revision<Recorded>[]) => {
    const { body } = await cluster.request<{ items: ApplicationObject[] }>('GET', path);
    const latest = body.items.map(({ metadata }) => metadata.resourceVersion);
    const recorded = () => new Set(revisions.map(({ object }) => object.metadata.resourceVersion));
    await eventually(() => latest.every((version) => recorded().has(version)));
  };
  return {
    applications,
    secrets,
    caughtUp: async () => {
      await seen(paths.applications, applications);
      await seen(paths.secrets, secrets);
    },
  };
}

/** Where a watch has come to: it ends with its server, and when its kind is defined anew, and the next one goes on there. */
interface Place {
  /** Empty: that is too long ago, and what is there now must be listed. */
  version: string;
}

/** Returns once the first watch is accepted. */
async function record<T extends Recorded>(cluster: Cluster, path: string, revisions: Revision<T>[]): Promise<void> {
  const over = new AbortController();
  const dispatcher = new Agent({ connect: cluster.access.tls, bodyTimeout: 0 });
  afterAll(async () => {
    over.abort();
    await dispatcher.destroy();
  });
  const begun = Promise.withResolvers<void>();
  const place: Place = { version: '' };
  const follow = async () => {
    while (!over.signal.aborted) {
      if (place.version === '') place.version = await list(cluster, path, revisions);
      const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${place.version}`;
      const { headers, url } = cluster.access;
      const answer = await request(`${url}${path}?${query}`, { dispatcher, headers, signal: over.signal });
      if (answer.statusCode !== 200) {
        place.version = '';
        throw new Error(await answer.body.text());
      }
      begun.resolve();
      await watch(answer.body.setEncoding('utf8'), place, revisions);
    }
  };
  const persist = (): Promise<void> =>
    follow().catch(() => (over.signal.aborted ? undefined : sleep(200).then(persist)));
  void persist();
  await begun.promise;
}

/** What differs from the last that is known; what was in between is not known. */
async function list<T extends Recorded>(cluster: Cluster, path: string, revisions: Revision<T>[]): Promise<string> {
  const { body } = await cluster.request<{ metadata: { resourceVersion: string }; items: T[] }>('GET', path);
  const known = new Map(revisions.map((revision) => [revision.object.metadata.uid, revision]));
  const there = new Map(body.items.map((object) => [object.metadata.uid, object]));
  const at = Date.now();
  for (const [uid, object] of there) {
    const before = known.get(uid)?.object.metadata;
    if (before?.resourceVersion !== object.metadata.resourceVersion)
      revisions.push({ type: before ? 'MODIFIED' : 'ADDED', object, at });
  }
  for (const [uid, { type, object }] of known)
    if (type !== 'DELETED' && !there.has(uid)) revisions.push({ type: 'DELETED', object, at });
  return body.metadata.resourceVersion;
}

async function watch<T extends Recorded>(body: Readable, place: Place, revisions: Revision<T>[]): Promise<void> {
  let rest = '';
  for await (const chunk of body) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { type, object }: Omit<Revision<T>, 'at'> = JSON.parse(line);
      place.version = type === 'ERROR' ? '' : object.metadata.resourceVersion;
      if (type !== 'ERROR' && type !== 'BOOKMARK') revisions.push({ type, object, at: Date.now() });
    }
  }
}

/** Every client secret that any revision of a Secret of ours held. */
export function servedValues({ secrets }: History): ReadonlySet<string> {
  const ours = secrets.filter(({ object }) => object.metadata.annotations?.[secretMarks.uid] !== undefined);
  const served = ours.map(({ object }) => values(object)['client_secret']);
  return new Set(served.filter((value) => value !== undefined));
}

/** The revisions whose status says what is not so, each as a sentence. */
export function lies({ applications, secrets }: History): readonly string[] {
  const before = new Map<string, ApplicationObject>();
  return applications.flatMap(({ type, object }) => {
    if (type === 'DELETED') return [];
    const { namespace, name, uid, resourceVersion } = object.metadata;
    const found = [...untruths(object, secrets), ...regressions(object, before.get(uid))];
    before.set(uid, object);
    return found.map((lie) => `${namespace}/${name} at ${resourceVersion}: ${lie}`);
  });
}

const parts = ['Accepted', 'Registered', 'SecretReady'];

function untruths(object: ApplicationObject, secrets: Secrets): readonly string[] {
  const { conditions = [] } = object.status;
  const ready = condition(object, 'Ready');
  const isDone = ready?.status === 'True' && ready.observedGeneration === object.metadata.generation;
  const isSuspended = condition(object, 'Suspended') !== undefined;
  const passing = ['Reconciling', 'Stalled'].filter((type) => condition(object, type) !== undefined);
  const vague = conditions.filter(
    ({ status, reason, message }) =>
      !isReason(reason) || message === '' || (status !== 'True' && reason === 'Succeeded'),
  );
  const found = vague.map(({ type, reason }) => `${type} gives no true reason (${reason})`);
  if (kstatus(object) === 'Current' && !isDone && !isSuspended) found.push('Current, but not done');
  if (conditions.length === 0) return found;
  if (ready?.status !== 'True') return passing.length === 1 ? found : [...found, `passing: ${passing.join()}`];
  const unproved = parts.filter((type) => condition(object, type)?.status !== 'True');
  if (unproved.length > 0) found.push(`Ready, but not ${unproved.join()}`);
  if (passing.length > 0) found.push(`Ready, but ${passing.join()}`);
  const isCurrent = ready.observedGeneration === object.metadata.generation;
  return isCurrent && !isServed(object, secrets) ? [...found, 'Ready, but the Secret was not so'] : found;
}

/** Whether the Secret that the status proves was there, as it says, when the status said so. */
function isServed({ metadata, spec, status }: ApplicationObject, secrets: Secrets): boolean {
  const { keys = {} } = (spec['secret'] ?? {}) as { keys?: Readonly<Record<string, string>> };
  const { secretRef, clientID, clientSecrets = [] } = status;
  const proved = secrets.find(
    ({ object }) =>
      object.metadata.namespace === metadata.namespace &&
      object.metadata.name === secretRef?.name &&
      object.metadata.resourceVersion === secretRef.resourceVersion,
  )?.object;
  if (proved === undefined || Number(proved.metadata.resourceVersion) > Number(metadata.resourceVersion)) return false;
  const isAnyCurrent = clientSecrets.some(({ role }) => role === 'Current');
  const hasValue = values(proved)[keys['clientSecret'] ?? 'client_secret'] !== undefined;
  return Object.values(values(proved)).some((value) => value === clientID) && hasValue === isAnyCurrent;
}

/** Reasons of which it is counted how long they are borne: with each begins a time of its own. */
const counted: ReadonlySet<string> = new Set(['ApplicationMissing', 'DriftContested', 'DeletionBlocked']);

function regressions(now: ApplicationObject, before: ApplicationObject | undefined): readonly string[] {
  if (before === undefined)
    return now.status.observedGeneration === -1 ? [] : ['the first revision was taken for observed'];
  const older = (before.status.observedGeneration ?? -1) > (now.status.observedGeneration ?? -1);
  const moved = (now.status.conditions ?? []).filter(({ type, status, reason, lastTransitionTime }) => {
    const old = condition(before, type);
    const isNew = old?.status !== status || (counted.has(reason) && old.reason !== reason);
    return !isNew && old.lastTransitionTime !== lastTransitionTime;
  });
  const isEqual = isDeepStrictEqual(substance(before), substance(now));
  return [
    ...(isEqual ? ['it was written, and nothing changed'] : []),
    ...(older ? ['observedGeneration went back'] : []),
    ...moved.map(({ type }) => `${type} tells a transition that was none`),
  ];
}

/** All that a write can change: what is not the API server's own note of it. */
function substance({ metadata, spec, status }: ApplicationObject): unknown {
  const { resourceVersion: _version, managedFields: _fields, ...rest } = { managedFields: undefined, ...metadata };
  return { metadata: rest, spec, status };
}
