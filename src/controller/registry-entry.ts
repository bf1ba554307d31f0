/**
 * OAuthRegistry → the registry behind it, its settings and its policy, or why it cannot be worked with.
 *
 * @module
 */

import { durationSeconds } from '../api/duration.ts';
import { parseRegistrySpec, parseRegistryStatus } from '../api/parse.ts';
import type { OAuthRegistrySpec } from '../api/registry.ts';
import type { RegistryResource } from '../cluster/cluster.ts';
import type { RegistrySettings } from '../core/desired.ts';
import { endpointsOf, siteEndpoints } from '../core/endpoints.ts';
import type { Policy } from '../core/grant.ts';
import type { Failure } from '../core/outcome.ts';
import type { Endpoints } from '../core/state.ts';
import type { Account, Registry } from '../registry/registry.ts';
import type { Listing } from './listing.ts';

/** A registry that can be worked with. */
export interface OpenRegistry {
  readonly settings: RegistrySettings;
  readonly registry: Registry;
  readonly policy: Policy;
  /** What is known of its account without a call. */
  readonly listing: Listing;
  /** It is being deleted: what is bound in it is served as ever, and nothing is created. */
  readonly isGoing: boolean;
}

/** Two minutes: how long a change made outside may go unseen. */
export const defaultResyncInterval = 120;

/** Opens the registry and asks whose it is; fails as `open` and the registry's calls do. */
export async function enter(
  resource: RegistryResource,
  open: (spec: OAuthRegistrySpec) => Promise<Registry>,
): Promise<Omit<OpenRegistry, 'isGoing' | 'listing'> | Failure> {
  const parsed = parseRegistrySpec(resource.spec);
  if (!parsed.ok) return invalid(parsed.issues.map(({ path, message }) => `${path}: ${message}`).join('; '));
  const spec = parsed.value;
  const registry = await open(spec);
  const account = await registry.account();
  const pinned = parseRegistryStatus(resource.status).accountID;
  if (pinned !== undefined && pinned !== account.accountID) return otherAccount(pinned, account.accountID, spec);
  const { applicationNamePrefix, namespaceSelector, rules } = spec;
  const policy = { applicationNamePrefix, namespaceSelector, rules };
  return { registry, settings: settingsOf(resource.name, spec, account), policy };
}

function settingsOf(name: string, spec: OAuthRegistrySpec, account: Account): RegistrySettings {
  return {
    name,
    accountID: account.accountID,
    consistencyWindow: account.consistencyWindow,
    applicationNamePrefix: spec.applicationNamePrefix,
    endpoints: endpointsFor(spec),
    resyncInterval: spec.resyncInterval === undefined ? defaultResyncInterval : durationSeconds(spec.resyncInterval),
  };
}

function endpointsFor({ store, alibabaCloud }: OAuthRegistrySpec): Endpoints | undefined {
  if (alibabaCloud) return siteEndpoints(alibabaCloud.site);
  return store?.issuerURL === undefined ? undefined : endpointsOf(store.issuerURL);
}

/** With an empty or foreign account every application would look deleted, and be created again. */
function otherAccount(pinned: string, found: string, { type }: OAuthRegistrySpec): Failure {
  const [owned, remedy] =
    type === 'Store'
      ? ['the store belongs', 'start the controller with the right store']
      : ['the credentials belong', 'give it the right credentials'];
  const message = `${owned} to account ${found}, but status.accountID says that this registry works with ${pinned}; ${remedy}, or delete and create the OAuthRegistry to begin anew`;
  return { reason: 'RegistryNotReady', message };
}

function invalid(message: string): Failure {
  return { reason: 'InvalidSpec', message };
}
