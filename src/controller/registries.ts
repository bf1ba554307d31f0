/**
 * The registries that OAuthRegistry resources name: looked at, opened, and ready or not.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import { durationSeconds } from '../api/duration.ts';
import { parseRegistrySpec, parseRegistryStatus } from '../api/parse.ts';
import type { OAuthRegistrySpec, OAuthRegistryStatus } from '../api/registry.ts';
import type { Cluster, RegistryResource } from '../cluster/cluster.ts';
import { type Claim, readyCondition } from '../core/conditions.ts';
import type { RegistrySettings } from '../core/desired.ts';
import { endpointsOf } from '../core/endpoints.ts';
import type { Failure } from '../core/outcome.ts';
import { type Resource, textAt } from '../core/resource.ts';
import type { Endpoints } from '../core/state.ts';
import type { Registry } from '../registry/registry.ts';
import { failureOf } from './failures.ts';

/** A registry that can be worked with. */
export interface OpenRegistry {
  readonly settings: RegistrySettings;
  readonly registry: Registry;
}

/** The registries as they were last looked at. */
export interface Registries {
  /** The registry of that name, looked at if nobody did before, or why a resource that names it has to wait. */
  find(name: string): Promise<OpenRegistry | Failure>;
  /** Seconds between two looks where no registry says otherwise. */
  readonly resyncInterval: number;
  /** Looks at an OAuthRegistry again and writes its status if it differs; says whether its users are to be woken. */
  refresh(name: string): Promise<boolean>;
}

export interface RegistriesOptions {
  readonly cluster: Cluster;
  /** The registry behind a spec; fails with a `RegistryError`. */
  readonly open: (spec: OAuthRegistrySpec) => Promise<Registry>;
  readonly clock: () => number;
}

/** Two minutes: how long a change made outside may go unseen. */
const defaultResyncInterval = 120;

/** A look at one OAuthRegistry, as it was then. */
interface Look {
  readonly uid: string;
  readonly generation: number;
  readonly result: Promise<OpenRegistry | Failure>;
}

/** Keeps the last look at each OAuthRegistry. */
export function openRegistries({ cluster, open, clock }: RegistriesOptions): Registries {
  const seen = new Map<string, Look>();
  /** What its users were last woken for. Not the last look: a resource may have looked, and the others still wait. */
  const told = new Map<string, unknown>();
  const resource = (name: string) => cluster.registries().find((registry) => registry.name === name);

  function look(found: RegistryResource): Look['result'] {
    const { name, uid, generation } = found;
    const result = lookAt(found, open)
      .catch(failureOf)
      .catch((error: unknown) => {
        seen.delete(name);
        throw error;
      });
    seen.set(name, { uid, generation, result });
    return result;
  }

  /** What was seen of another of its name, or of another spec, says nothing of this one. */
  function lastLook({ name, uid, generation }: RegistryResource): Look['result'] | undefined {
    const last = seen.get(name);
    return last?.uid === uid && last.generation === generation ? last.result : undefined;
  }

  return {
    resyncInterval: defaultResyncInterval,
    find: async (name) => {
      const found = resource(name);
      if (found === undefined) return notFound(name);
      const result = await (lastLook(found) ?? look(found));
      return 'reason' in result ? notReady(name, result) : result;
    },
    refresh: async (name) => {
      const found = resource(name);
      if (found === undefined) {
        const wasSeen = seen.delete(name);
        return told.delete(name) || wasSeen;
      }
      const result = await look(found);
      await publishStatus(found, result, { cluster, clock });
      const news = { uid: found.uid, ...outline(result) };
      if (isDeepStrictEqual(told.get(name), news)) return false;
      told.set(name, news);
      return true;
    },
  };
}

async function lookAt(resource: RegistryResource, open: RegistriesOptions['open']): Promise<OpenRegistry | Failure> {
  const parsed = parseRegistrySpec(resource.spec);
  if (!parsed.ok) return invalid(parsed.issues.map(({ path, message }) => `${path}: ${message}`).join('; '));
  const spec = parsed.value;
  const unsupported = unsupportedField(spec);
  if (unsupported) return invalid(`spec.${unsupported}: this version of ramify does not know how to keep it`);
  const registry = await open(spec);
  const { accountID, consistencyWindow } = await registry.account();
  const pinned = parseRegistryStatus(resource.status).accountID;
  if (pinned !== undefined && pinned !== accountID) return otherAccount(pinned, accountID);
  return { registry, settings: settingsOf(resource.name, spec, accountID, consistencyWindow) };
}

/** What a rule would restrict must not be granted because the rule is not read. */
function unsupportedField({ type, namespaceSelector, rules }: OAuthRegistrySpec): string | undefined {
  if (type !== 'Store') return `type ${type}`;
  if (namespaceSelector !== undefined) return 'namespaceSelector';
  return (rules ?? []).length > 0 ? 'rules' : undefined;
}

function settingsOf(
  name: string,
  spec: OAuthRegistrySpec,
  accountID: string,
  consistencyWindow: number,
): RegistrySettings {
  return {
    name,
    accountID,
    consistencyWindow,
    applicationNamePrefix: spec.applicationNamePrefix,
    endpoints: endpointsFor(spec),
    resyncInterval: spec.resyncInterval === undefined ? defaultResyncInterval : durationSeconds(spec.resyncInterval),
  };
}

function endpointsFor({ store }: OAuthRegistrySpec): Endpoints | undefined {
  return store?.issuerURL === undefined ? undefined : endpointsOf(store.issuerURL);
}

/** With an empty or foreign account every application would look deleted, and be created again. */
function otherAccount(pinned: string, found: string): Failure {
  const message = `the store belongs to account ${found}, but status.accountID says that this registry works with ${pinned}; start the controller with the right store, or delete and create the OAuthRegistry to begin anew`;
  return { reason: 'RegistryNotReady', message };
}

function invalid(message: string): Failure {
  return { reason: 'InvalidSpec', message };
}

function notFound(name: string): Failure {
  return { reason: 'RegistryNotFound', message: `there is no OAuthRegistry ${name}` };
}

function notReady(name: string, { message }: Failure): Failure {
  return { reason: 'RegistryNotReady', message: `the OAuthRegistry ${name} is not ready: ${message}` };
}

/** What its users would notice of a registry. */
function outline(look: OpenRegistry | Failure): RegistrySettings | Failure {
  return 'settings' in look ? look.settings : look;
}

interface Office {
  readonly cluster: Cluster;
  readonly clock: () => number;
}

async function publishStatus(
  resource: RegistryResource,
  look: OpenRegistry | Failure,
  { cluster, clock }: Office,
): Promise<void> {
  const before = parseRegistryStatus(resource.status);
  const settings = 'settings' in look ? look.settings : undefined;
  const { endpoints, ...kept } = settings ? { ...before, endpoints: settings.endpoints } : before;
  const claim: Claim = 'reason' in look ? look : { reason: 'Succeeded', message: 'the registry answers' };
  const status: OAuthRegistryStatus = {
    ...kept,
    ...(endpoints && { endpoints }),
    ...(settings && { accountID: settings.accountID, applicationCount: countApplications(resource.name, cluster) }),
    observedGeneration: resource.generation,
    conditions: [readyCondition(claim, before.conditions ?? [], resource.generation, clock())],
  };
  if (!isDeepStrictEqual(status, before)) await cluster.writeRegistryStatus(resource, status);
}

function countApplications(name: string, cluster: Cluster): number {
  return cluster.keys((resource) => registryNameOf(resource) === name && resource.status.applicationID !== undefined)
    .length;
}

/** The registry that a resource names; its spec need not be valid. */
export function registryNameOf({ spec }: Pick<Resource, 'spec'>): string {
  return textAt(spec, 'registryRef', 'name') ?? 'default';
}
