/**
 * `status` of an `OAuthApplication`: what was last proven. All times are RFC 3339 strings.
 *
 * It is a record for people and tools, and input from an untrusted writer when it is read back.
 *
 * @module
 */

import * as z from 'zod';
import { conditions, observedGeneration, time } from './condition-schema.ts';
import { text } from './text.ts';

export type { Condition } from './condition-schema.ts';

const clientSecret = z.object({
  id: text({ max: 128 }).describe("The registry's identifier of the client secret."),
  role: z
    .enum(['Current', 'Previous'])
    .describe(
      'Current: the one in the Secret; of several, one is, and the registry does not say which. Previous: the one that it ' +
        'replaced and that still works.',
    ),
  createTime: time().describe('When it was issued.'),
  provenance: z
    .enum(['Adopted'])
    .optional()
    .describe('Adopted: it came with the application, and is never deleted. Absent: it was issued for this resource.'),
  revokeAfter: time().optional().describe('When it is revoked; only a Previous one has this.'),
  fingerprint: text({ max: 64 })
    .optional()
    .describe('The first 64 bits of the SHA-256 of the value, in hexadecimal; never the value.'),
});

const difference = z.object({
  field: text({ max: 128 }).describe('The field of spec.'),
  desired: text({ max: 4096 }).describe('What spec says, as JSON.'),
  observed: text({ max: 4096 }).describe('What the registry holds, as JSON.'),
});

/** `status` of an OAuthApplication. */
export const applicationStatus = z
  .object({
    observedGeneration: observedGeneration(),
    conditions: conditions(),
    applicationName: text({ max: 128 }).optional().describe("The application's effective name in the account."),
    applicationID: text({ max: 128 }).optional().describe("The registry's identifier of the application."),
    clientID: text({ max: 128 }).optional().describe('The OAuth client_id.'),
    accountID: text({ max: 128 }).optional().describe('The account that holds the application.'),
    site: z
      .enum(['China', 'International'])
      .optional()
      .describe('The site on which the application works; absent where the registry has no sites.'),
    provenance: z
      .enum(['Created', 'Adopted', 'Restored'])
      .optional()
      .describe('How the application came to be ours: created for this resource, taken over, or bound again.'),
    secretRef: z
      .object({
        name: text({ max: 253 }).describe('The name of the Secret.'),
        resourceVersion: text({ max: 128 }).describe('The version of the Secret that was last proven right.'),
      })
      .optional()
      .describe('The Secret that holds the credentials.'),
    binding: z
      .object({ name: text({ max: 253 }).describe('The name of the Secret.') })
      .optional()
      .describe('The Secret to bind a workload to, as servicebinding.io specifies.'),
    clientSecrets: z
      .array(clientSecret.describe('One client secret.'))
      .max(8)
      .optional()
      .describe('The client secrets that are ours; never a value.'),
    drift: z
      .array(difference.describe('One difference.'))
      .max(32)
      .optional()
      .describe('Where the registry differs from spec: what driftPolicy leaves, or what is not set right yet.'),
    nextRotationTime: time().optional().describe('When the next client secret is issued.'),
    lastOperation: z
      .object({
        id: text({ max: 128 }).describe('The identifier of the operation, a UUID.'),
        kind: text({ max: 64 }).describe('What was done.'),
        completionTime: time().describe('When it was known to be done.'),
      })
      .optional()
      .describe('The last change to the registry that was recorded before it was begun, and that is known to be done.'),
    lastHandledReconcileAt: text({ max: 128 })
      .optional()
      .describe('The value of the annotation that last asked for a pass.'),
    lastHandledRotateAt: text({ max: 128 })
      .optional()
      .describe('The value of the annotation that last asked for a rotation.'),
    lastHandledRevokeAt: text({ max: 128 })
      .optional()
      .describe('The value of the annotation that last asked to end an overlap.'),
  })
  .describe('What was last proven. Written by the controller alone.');

/** What was last proven of an application. */
export type OAuthApplicationStatus = z.output<typeof applicationStatus>;
