/**
 * Resource + registry's settings → what is wanted, every default filled in.
 *
 * @module
 */

import type { OAuthApplicationSpec } from '../api/application.ts';
import { hasClientSecret } from '../api/application-rules.ts';
import { durationSeconds } from '../api/duration.ts';
import { standardKeys } from '../api/secret.ts';
import { derivedName } from './names.ts';
import { explicitNameOf, type Resource, recordedProvenance } from './resource.ts';
import type { Application, Binding, Desired, DesiredSecret, Endpoints, Provenance, RotationPolicy } from './state.ts';

/** What a resource's registry adds to its spec. */
export interface RegistrySettings {
  /** Name of the OAuthRegistry. */
  readonly name: string;
  readonly accountID: string;
  readonly applicationNamePrefix: string | undefined;
  readonly endpoints: Endpoints | undefined;
  /** Seconds between two comparisons of the account with all resources. */
  readonly resyncInterval: number;
  /** Milliseconds; see `Account.consistencyWindow`. */
  readonly consistencyWindow: number;
}

/** RAM's console proposes 30 days. */
const defaultRefreshTokenValidity = 2_592_000;

/** Every application has this scope, and it cannot be made optional (RAM, CreateApplication). */
const openid = 'openid';

/**
 * The state that a valid spec asks for.
 *
 * @param provenance how the application comes to be the resource's; by default what is recorded, so that a lost status turns
 * nobody's application into one of ours
 */
export function desiredOf(
  spec: OAuthApplicationSpec,
  resource: Resource,
  registry: RegistrySettings,
  provenance: Provenance = recordedProvenance(resource) ?? 'Created',
): Desired {
  const application = applicationOf(spec, effectiveName(resource, registry));
  const binding = bindingTo(registry, application.name, provenance);
  return {
    application,
    binding,
    secret: secretOf(spec, resource.name),
    rotation: rotationPolicyOf(spec),
    deletionPolicy: spec.deletionPolicy ?? defaultDeletionPolicy(binding.provenance),
    driftPolicy: spec.driftPolicy,
    adoptionPolicy: spec.adoptionPolicy,
    adoptionSecretRef: spec.adoptionSecretRef,
    endpoints: registry.endpoints,
  };
}

/** The name in the account: the explicit one, whether it is granted or not, else the derived one. */
export function effectiveName(
  resource: Pick<Resource, 'namespace' | 'name' | 'spec'>,
  { applicationNamePrefix }: Pick<RegistrySettings, 'applicationNamePrefix'>,
): string {
  return explicitNameOf(resource) ?? derivedName(applicationNamePrefix, resource.namespace, resource.name);
}

/** Deletion of what we did not make ourselves must be written down. */
export function defaultDeletionPolicy(provenance: Provenance | undefined): 'Delete' | 'Orphan' {
  return provenance === 'Created' ? 'Delete' : 'Orphan';
}

function bindingTo(registry: RegistrySettings, applicationName: string, provenance: Provenance): Binding {
  return { registry: registry.name, accountID: registry.accountID, applicationName, provenance };
}

function applicationOf(spec: OAuthApplicationSpec, name: string): Application {
  return {
    name,
    type: spec.type,
    protocolVersion: spec.protocolVersion,
    displayName: spec.displayName,
    accessTokenValiditySeconds: spec.accessTokenValiditySeconds,
    refreshTokenValiditySeconds:
      spec.type === 'Server' ? undefined : (spec.refreshTokenValiditySeconds ?? defaultRefreshTokenValidity),
    redirectURIs: spec.redirectURIs ?? [],
    scopes: withOpenid(spec.scopes),
    requiredScopes: withOpenid(spec.requiredScopes ?? []),
    multiTenant: spec.multiTenant,
    secretRequired: hasClientSecret(spec),
  };
}

function withOpenid(scopes: readonly string[]): readonly string[] {
  return scopes.includes(openid) ? scopes : [openid, ...scopes];
}

function secretOf({ secret = {} }: OAuthApplicationSpec, resourceName: string): DesiredSecret {
  const { previousClientSecret: previousKey, ...keys } = secret.keys ?? {};
  return {
    name: secret.name ?? resourceName,
    labels: secret.labels ?? {},
    annotations: secret.annotations ?? {},
    keys: { ...standardKeys, ...definedOnly(keys) },
    previousKey,
    data: secret.data ?? {},
  };
}

function definedOnly(keys: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const named = Object.entries(keys).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(named);
}

/** Milliseconds for which a client secret that was replaced still works, if nothing is said. */
const defaultOverlap = 24 * 3_600_000;

function rotationPolicyOf({ rotation = {} }: OAuthApplicationSpec): RotationPolicy {
  const interval = milliseconds(rotation.interval);
  const longest = Math.min(defaultOverlap, (interval ?? Number.POSITIVE_INFINITY) / 2);
  return { interval, overlap: milliseconds(rotation.overlap) ?? longest };
}

function milliseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : durationSeconds(duration) * 1_000;
}
