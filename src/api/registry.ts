/**
 * THE schema of `OAuthRegistry`: types, `parse` and the CRD are all made from it.
 *
 * @module
 */

import * as z from 'zod';
import { conditions, observedGeneration, time } from './condition-schema.ts';
import { registryFields } from './registry-fields.ts';
import { registryRules, registryTransitions } from './registry-rules.ts';
import { ruled } from './rule.ts';
import { text } from './text.ts';

export type { OAuthRegistrySpec } from './registry-fields.ts';

export const registryKind = 'OAuthRegistry';

/** `spec` of an OAuthRegistry. */
export const registrySpec = ruled(registryFields, registryRules, registryTransitions).describe(
  'Where applications are registered, and what namespaces may ask of it.',
);

function url(description: string) {
  return text({ max: 1024 }).describe(description);
}

const endpoints = z.object({
  issuer: url('The issuer identifier.'),
  authorizationEndpoint: url('Where people are sent to log on.'),
  tokenEndpoint: url('Where tokens are issued.'),
  userinfoEndpoint: url('Where claims about the person are read.'),
  jwksURI: url("Where the issuer's signing keys are."),
  revocationEndpoint: url('Where tokens are revoked (RFC 7009).'),
});

/** `status` of an OAuthRegistry. */
export const registryStatus = z
  .object({
    observedGeneration: observedGeneration(),
    conditions: conditions(),
    accountID: text({ max: 128 }).optional().describe('The account behind the registry.'),
    applicationCount: z.int().min(0).optional().describe('How many resources have an application in it.'),
    lastListTime: time().optional().describe('When the account was last read as a whole.'),
    endpoints: endpoints.optional().describe("The issuer's endpoints, as they go into Secrets."),
    unclaimed: z
      .object({
        count: z.int().min(0).describe('How many there are.'),
        names: z
          .array(text({ max: 128 }).describe('One name.'))
          .max(20)
          .describe('The first 20 of their names.'),
      })
      .optional()
      .describe('Applications under our prefix that no resource claims. Reported, never deleted.'),
  })
  .describe('What was last seen of the registry. Written by the controller alone.');

/** What was last seen of a registry. */
export type OAuthRegistryStatus = z.output<typeof registryStatus>;
