/**
 * Every revision of the OAuthApplications and Secrets of a cluster, recorded by watches, and the rules they must keep.
 *
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
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

/** Records from now on, until the file's last test is over. */
export function recordHistory(cluster: Cluster): History {
  const applications: Revision<ApplicationObject>[] = [];
  const secrets: Revision<SecretObject>[] = [];
  record(cluster, paths.applications, applications);
  record(cluster, paths.secrets, secrets);
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

/** A watch ends with its server, and when its kind is defined anew: the next one goes on where it was. */
function record<T extends Recorded>({ access }: Cluster, path: string, revisions: Revision<T>[]): void {
  let watch: ChildProcess | undefined;
  let isOver = false;
  const follow = () => {
    if (isOver) return;
    const last = revisions.at(-1)?.object.metadata.resourceVersion;
    const from = last === undefined ? '' : `&resourceVersion=${last}`;
    const args = ['--kubeconfig', access.kubeconfig, 'get', '--raw', `${path}?watch=true${from}`];
    const next = spawn(access.kubectl, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    createInterface({ input: next.stdout }).on('line', (line) => {
      const revision: Omit<Revision<T>, 'at'> = JSON.parse(line);
      if (revision.type !== 'ERROR') revisions.push({ ...revision, at: Date.now() });
    });
    watch = next.on('close', follow);
  };
  follow();
  afterAll(() => {
    isOver = true;
    watch?.kill();
  });
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
function isServed({ metadata, status }: ApplicationObject, secrets: Secrets): boolean {
  const { secretRef, clientID, clientSecrets = [] } = status;
  const proved = secrets.find(
    ({ object }) =>
      object.metadata.namespace === metadata.namespace &&
      object.metadata.name === secretRef?.name &&
      object.metadata.resourceVersion === secretRef.resourceVersion,
  )?.object;
  if (proved === undefined || Number(proved.metadata.resourceVersion) > Number(metadata.resourceVersion)) return false;
  const hasValue = values(proved)['client_secret'] !== undefined;
  return Object.values(values(proved)).some((value) => value === clientID) && hasValue === clientSecrets.length > 0;
}

function regressions(now: ApplicationObject, before: ApplicationObject | undefined): readonly string[] {
  if (before === undefined)
    return now.status.observedGeneration === -1 ? [] : ['the first revision was taken for observed'];
  const older = (before.status.observedGeneration ?? -1) > (now.status.observedGeneration ?? -1);
  const moved = (now.status.conditions ?? []).filter(({ type, status, lastTransitionTime }) => {
    const old = condition(before, type);
    return old?.status === status && old.lastTransitionTime !== lastTransitionTime;
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
