/**
 * What a resource may ask of its registry.
 *
 * Without a rule of the registry a namespace may ask for derived names only: no explicit names, no adoption, no multi-tenant
 * application. This version of ramify reads no rules (it refuses a registry that has some) and rotates no client
 * secrets; what it cannot do it refuses before anything is written anywhere.
 *
 * @module
 */

import type { OAuthApplicationSpec } from '../api/application.ts';
import type { Reason } from '../api/conditions.ts';

/** Why a resource is not acted on. */
export interface Refusal {
  readonly reason: Reason;
  /** What a user can do about it. */
  readonly message: string;
}

interface Check {
  readonly fails: (spec: OAuthApplicationSpec) => boolean;
  readonly message: string;
}

const noRule = 'no rule of the registry grants it, and this version of ramify reads no rules';

const checks: readonly Check[] = [
  {
    fails: ({ applicationName }) => applicationName !== undefined,
    message: `spec.applicationName: ${noRule}; leave it out to use the derived name`,
  },
  {
    fails: ({ adoptionPolicy }) => adoptionPolicy !== 'Never',
    message: `spec.adoptionPolicy: ${noRule}; set it to Never`,
  },
  { fails: ({ multiTenant }) => multiTenant, message: `spec.multiTenant: ${noRule}; set it to false` },
  {
    fails: ({ rotation }) => rotation !== undefined,
    message: 'spec.rotation: this version of ramify does not rotate client secrets; leave it out',
  },
];

/** The first thing that `spec` asks for and may not have. */
export function policyRefusal(spec: OAuthApplicationSpec): Refusal | undefined {
  const failed = checks.find(({ fails }) => fails(spec));
  return failed && { reason: 'PolicyViolation', message: failed.message };
}
