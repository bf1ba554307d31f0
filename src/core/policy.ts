/**
 * What a resource may ask of its registry: decided before anything is written anywhere.
 *
 * A resource that is registered already and loses a grant says so, and nothing of it is written or deleted.
 *
 * @module
 */

import type { OAuthApplicationSpec } from '../api/application.ts';
import type { Reason } from '../api/conditions.ts';
import { isPrivateUse } from '../api/redirect-uri.ts';
import type { Grant } from './grant.ts';
import { isDerivedForm } from './names.ts';
import { matches } from './pattern.ts';

/** Why a resource is not acted on. */
export interface Refusal {
  readonly reason: Reason;
  /** What a user can do about it. */
  readonly message: string;
}

/** Says what of `spec` the grant does not cover. */
type Check = (spec: OAuthApplicationSpec, grant: Grant) => string | undefined;

const noRule = 'no rule of the registry grants';

/** In the order in which their messages are shown. */
const checks: readonly Check[] = [
  explicitName,
  adoption,
  ({ multiTenant }, grant) =>
    multiTenant && !grant.multiTenant ? `spec.multiTenant: ${noRule} it; set it to false` : undefined,
  redirectHosts,
  scopes,
];

/** The first thing that `spec` asks for and may not have; without a grant the registry is not for its namespace. */
export function policyRefusal(spec: OAuthApplicationSpec, grant: Grant | undefined): Refusal | undefined {
  if (grant === undefined) {
    const message = `the OAuthRegistry ${spec.registryRef.name} is not for this namespace: see its spec.namespaceSelector`;
    return { reason: 'NamespaceNotAllowed', message };
  }
  const message = checks.map((check) => check(spec, grant)).find((found) => found !== undefined);
  return message === undefined ? undefined : { reason: 'PolicyViolation', message };
}

/** Whether a rule grants the explicit name now; a name of the derived form is nobody's to ask for. */
export function isNameGranted(name: string, { applicationNames, applicationNamePrefix }: Grant): boolean {
  return !isDerivedForm(applicationNamePrefix, name) && applicationNames.some((pattern) => matches(pattern, name));
}

/** That the explicit name could be one that another OAuthRegistry of the account derives: no rule of ours can grant it. */
export function reservedRefusal(name: string): Refusal {
  const message = `spec.applicationName: ${name} has the form of names that another OAuthRegistry of the same account derives, which no rule grants; choose another`;
  return { reason: 'PolicyViolation', message };
}

/**
 * Whether a rule grants, now, the adoption of an application: of this explicit name, or with `undefined` of the derived one.
 *
 * A rule that grants adoption grants it for its own `applicationNames`, and for each resource's derived name.
 */
export function isAdoptionGranted(name: string | undefined, grant: Grant): boolean {
  const { adoptableNames, applicationNamePrefix } = grant;
  if (name === undefined || adoptableNames === undefined) return adoptableNames !== undefined;
  return !isDerivedForm(applicationNamePrefix, name) && adoptableNames.some((pattern) => matches(pattern, name));
}

/** That one more application of the namespace would be too many. */
export function quotaRefusal(limit: number): Refusal {
  const message = `the rules of the registry allow this namespace ${limit} applications, and other resources have them; delete one, or ask for more`;
  return { reason: 'PolicyViolation', message };
}

function explicitName({ applicationName }: OAuthApplicationSpec, grant: Grant): string | undefined {
  if (applicationName === undefined || isNameGranted(applicationName, grant)) return undefined;
  const wayOut = 'leave it out to use the derived name';
  return isDerivedForm(grant.applicationNamePrefix, applicationName)
    ? `spec.applicationName: ${applicationName} has the form of derived names, which no rule grants; ${wayOut}`
    : `spec.applicationName: ${noRule} ${applicationName}; ${wayOut}`;
}

function adoption({ adoptionPolicy, applicationName }: OAuthApplicationSpec, grant: Grant): string | undefined {
  if (adoptionPolicy === 'Never' || isAdoptionGranted(applicationName, grant)) return undefined;
  const what = applicationName === undefined ? 'adoption' : `the adoption of ${applicationName}`;
  return `spec.adoptionPolicy: ${noRule} ${what}; set it to Never`;
}

/** Private-use schemes name no host: they belong to an application on a device (RFC 8252 §7.1). */
function redirectHosts({ redirectURIs = [] }: OAuthApplicationSpec, grant: Grant): string | undefined {
  const refused = redirectURIs.findIndex((uri) => !isPrivateUse(uri) && !isHostGranted(hostOf(uri), grant));
  return refused < 0
    ? undefined
    : `spec.redirectURIs[${refused}]: ${noRule} the host ${hostOf(redirectURIs[refused] ?? '')}`;
}

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** Loopback is granted by `loopbackRedirects` alone. */
function isHostGranted(host: string, grant: Grant): boolean {
  if (loopback.includes(host)) return grant.loopbackRedirects;
  return grant.redirectHosts?.some((pattern) => matches(pattern, host)) ?? true;
}

/** The host of a URI that the grammar of redirect URIs took: no user, no upper case. */
function hostOf(uri: string): string {
  return /^https?:\/\/(\[[^\]]*\]|[^/:?]*)/.exec(uri)?.[1] ?? '';
}

function scopes({ scopes: wanted }: OAuthApplicationSpec, { scopes: granted }: Grant): string | undefined {
  const refused = wanted.findIndex(
    (scope) => scope !== 'openid' && granted?.some((pattern) => matches(pattern, scope)) === false,
  );
  return refused < 0 ? undefined : `spec.scopes[${refused}]: ${noRule} ${wanted[refused]}`;
}
