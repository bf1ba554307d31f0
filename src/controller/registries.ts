/**
 * The registries that OAuthRegistry resources name: looked at, opened, and ready or not.
 *
 * @module
 */

import type { Reason } from '../api/conditions.ts';
import { parseRegistrySpec } from '../api/parse.ts';
import type { OAuthRegistrySpec } from '../api/registry.ts';
import type { Cluster, RegistryResource } from '../cluster/cluster.ts';
import { effectiveName } from '../core/desired.ts';
import { grantFor, type Policy } from '../core/grant.ts';
import type { Failure } from '../core/outcome.ts';
import { wasEverBound } from '../core/removal.ts';
import { type Resource, registryNameOf } from '../core/resource.ts';
import { isSame } from '../core/same.ts';
import type { Labels } from '../core/selector.ts';
import type { Registry } from '../registry/registry.ts';
import { openLooks, type Result } from './looks.ts';
import type { Clocks } from './pass.ts';
import { openPauses } from './pauses.ts';
import { defaultResyncInterval, enter, type OpenRegistry } from './registry-entry.ts';
import { type LookedAt, statusOf, type Users } from './registry-status.ts';
import { openSurveys } from './survey.ts';

/** What follows a look at a registry. */
export interface Refreshed {
  /** Which of its users would notice what changed; `undefined`: nothing did. */
  readonly concerned: ((resource: Resource) => boolean) | undefined;
  /** Seconds until the next look; `undefined`: there is no such registry, so not before there is one. */
  readonly again: number | undefined;
}

/** The registries as they were last looked at. */
export interface Registries {
  /** The registry of that name, looked at if nobody did before, or why a resource that names it has to wait. */
  find(name: string): Promise<OpenRegistry | Failure>;
  /** Seconds for which nothing is asked of the registry of that name, for anybody: it asked for patience. 0: ask. */
  pausedFor(name: string): number;
  /** Seconds between two looks where no registry says otherwise. */
  readonly resyncInterval: number;
  /** Looks at an OAuthRegistry again, writes its status if it differs, and lets it go once nobody uses it. */
  refresh(name: string): Promise<Refreshed>;
  /** Names of the registries that grant a namespace other things after a change of its labels. */
  regranting(before: Labels, after: Labels): ReadonlySet<string>;
}

export interface RegistriesOptions extends Clocks {
  readonly cluster: Cluster;
  /** The registry behind the spec of the OAuthRegistry `name`; fails with a `RegistryError`. */
  readonly open: (spec: OAuthRegistrySpec, name: string) => Promise<Registry>;
  /** The only ones whose resources the cluster shows; by default all. */
  readonly namespaces?: readonly string[] | undefined;
}

/** What the users of a registry were last woken for. Not the last look: a resource may have looked, and the others still wait. */
interface News {
  readonly uid: string;
  readonly result: Result;
}

/** Keeps the last look at each OAuthRegistry. */
export function openRegistries({ cluster, open, namespaces, ...clocks }: RegistriesOptions): Registries {
  const told = new Map<string, News>();
  const pauses = openPauses(clocks.monotonic);
  const surveys = openSurveys(cluster, clocks, namespaces);

  /** Deletion is held before the first resource can be bound in it. */
  async function lookAt(found: RegistryResource): Promise<Result> {
    const entered = await enter(found, async (spec) => pauses.heeding(found.name, await open(spec, found.name)));
    if ('reason' in entered) return entered;
    const survey = await surveys.of(entered.registry, entered.settings);
    if (!found.isHeld && !found.isGoing) await cluster.holdRegistry(found);
    return { ...entered, survey, listing: survey.listing, isGoing: found.isGoing };
  }

  const looks = openLooks(lookAt);

  /** Whom the result concerns that was not woken for it yet. */
  function tell({ name, uid }: RegistryResource, result: Result): Refreshed['concerned'] {
    const last = told.get(name);
    told.set(name, { uid, result });
    return last?.uid === uid ? concernOf(last.result, result, cluster) : everybody;
  }

  function forget(name: string): Refreshed {
    surveys.forget(name);
    const wasSeen = looks.forget(name);
    return { concerned: told.delete(name) || wasSeen ? everybody : undefined, again: undefined };
  }

  return {
    pausedFor: pauses.left,
    resyncInterval: defaultResyncInterval,
    find: async (name) => {
      const found = cluster.registry(name);
      if (found === undefined) return notFound(name);
      const result = await (looks.last(found) ?? looks.look(found));
      return 'reason' in result ? notReady(name, result) : { ...result, isGoing: found.isGoing };
    },
    refresh: async (name) => {
      const found = cluster.registry(name);
      if (found === undefined) return forget(name);
      if (pauses.left(name) > 0) return { concerned: undefined, again: pauses.left(name) };
      const result = await looks.look(found);
      const users = usersOf(found, cluster);
      const now = cluster.registry(name) ?? found;
      if (found.isGoing && found.isHeld && users.bound.length === 0) await cluster.releaseRegistry(now);
      else await publish(now, statusOf(now, result, users, clocks.clock()), cluster);
      return { concerned: tell(found, result), again: pauses.left(name) || intervalOf(result) };
    },
    regranting: (before, after) => {
      const named = cluster.registries().filter(({ spec }) => {
        const policy = parseRegistrySpec(spec);
        return policy.ok && !isSame(grantFor(policy.value, before), grantFor(policy.value, after));
      });
      return new Set(named.map(({ name }) => name));
    },
  };
}

/** Seconds until a registry is looked at again that cannot be worked with: what is put right elsewhere tells nobody. */
const retryInterval = 30;

function intervalOf(result: Result): number {
  return 'settings' in result ? result.settings.resyncInterval : retryInterval;
}

async function publish(resource: RegistryResource, status: object | undefined, cluster: Cluster): Promise<void> {
  if (status !== undefined) await cluster.writeRegistryStatus(resource, status);
}

/** Who is bound matters only while the registry is going. */
function usersOf({ name, isGoing }: RegistryResource, cluster: Cluster): Users {
  const isBound = (resource: Resource) => registryNameOf(resource) === name && wasEverBound(resource);
  return { applicationCount: cluster.applicationsIn(name), bound: isGoing ? cluster.keys(isBound) : [] };
}

function everybody(): boolean {
  return true;
}

/** A change of the registry itself concerns everybody; others concern whom they say. */
function concernOf(before: Result, after: Result, cluster: Cluster): Refreshed['concerned'] {
  if (!isSame(outline(before), outline(after))) return everybody;
  if ('reason' in before || 'reason' in after) return undefined;
  const [regranted, changed] = [regrantedBy(before.policy, after.policy, cluster), changedIn(before, after)];
  if (regranted === undefined || changed === undefined) return regranted ?? changed;
  return (resource) => regranted(resource) || changed(resource);
}

/** A change of the rules concerns the namespaces that they grant other things than before. */
function regrantedBy(old: Policy, now: Policy, cluster: Cluster): Refreshed['concerned'] {
  if (isSame(old, now)) return undefined;
  const known = new Map<string, boolean>();
  return ({ namespace }) => {
    const labels = cluster.namespaceLabels(namespace);
    const concerns =
      known.get(namespace) ?? (labels === undefined || !isSame(grantFor(old, labels), grantFor(now, labels)));
    known.set(namespace, concerns);
    return concerns;
  };
}

/** A change of the account concerns those whose applications came, went or changed, and those for which there was no room. */
function changedIn({ survey: before }: LookedAt, { survey, settings }: LookedAt): Refreshed['concerned'] {
  if (survey === before || survey.changed.size === 0) return undefined;
  const hasRoom = survey.count < before.count;
  return (resource) =>
    survey.changed.has(effectiveName(resource, settings).toLowerCase()) || (hasRoom && lacksRoom(resource));
}

function lacksRoom({ status }: Resource): boolean {
  const reason: Reason = 'QuotaExceeded';
  return status.conditions?.some((condition) => condition.reason === reason) ?? false;
}

/** What all users would notice of a registry. */
function outline(result: Result): unknown {
  return 'settings' in result ? { ...result.settings, isGoing: result.isGoing } : result;
}

function notFound(name: string): Failure {
  return { reason: 'RegistryNotFound', message: `there is no OAuthRegistry ${name}` };
}

function notReady(name: string, { message }: Failure): Failure {
  return { reason: 'RegistryNotReady', message: `the OAuthRegistry ${name} is not ready: ${message}` };
}
