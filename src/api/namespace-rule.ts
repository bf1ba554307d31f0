/**
 * `spec.rules` of an `OAuthRegistry`: what namespaces may ask for, and how namespaces are selected.
 *
 * @module
 */

import * as z from 'zod';
import { metadataKey } from './names.ts';
import { patterned, setOf, text } from './text.ts';

const expression = z.object({
  key: patterned({ min: 1, max: 317 }, metadataKey, 'the key of a label').describe('The key of the label. May change.'),
  operator: z
    .enum(['In', 'NotIn', 'Exists', 'DoesNotExist'])
    .describe('How the label is compared with values. May change.'),
  values: z
    .array(text({ max: 63 }).describe('One value. At most 63 characters.'))
    .max(64)
    .optional()
    .describe('The values of In and NotIn; at most 64, none for Exists and DoesNotExist. May change.'),
});

/** A selected set of namespaces; `undefined`, and an empty one, are all. */
export type NamespaceSelector = NonNullable<z.output<ReturnType<typeof namespaceSelector>>>;

/** A label selector over namespaces, as Kubernetes has them; an empty one selects all. */
export function namespaceSelector(description: string) {
  return z
    .object({
      matchLabels: z
        .record(z.string(), text({ max: 63 }).describe('The value of this label. At most 63 characters.'))
        .optional()
        .describe('Labels that the namespace bears with these values. May change.'),
      matchExpressions: z
        .array(expression.describe('One requirement.'))
        .max(16)
        .optional()
        .describe('Requirements on the labels of the namespace, all of which hold; at most 16. May change.'),
    })
    .optional()
    .describe(description);
}

/** A pattern: literal characters, and `*` for any number of them. */
function patternSet(max: number, characters: RegExp, what: string, description: string) {
  const item = patterned({ min: 1, max }, characters, what).describe(`One pattern. 1-${max} characters.`);
  return setOf(item, 50).optional().describe(description);
}

/** What the selected namespaces may ask for; several rules add up. */
export const namespaceRule = z.object({
  namespaceSelector: namespaceSelector(
    'The namespaces that the rule is for. Default: all that the registry admits. May change.',
  ),
  applicationNames: patternSet(
    64,
    /^[A-Za-z0-9*][A-Za-z0-9._*-]*$/,
    'letters, digits, ".", "_", "-", and "*" for any number of them',
    'The explicit application names that may be asked for, "*" standing for any characters; at most 50. A name of the derived form is ' +
      'never granted. Default: derived names only. May change.',
  ),
  adoption: z
    .boolean()
    .optional()
    .describe(
      'Whether existing applications of the names that the rule grants may be adopted. Default: false. May change.',
    ),
  redirectHosts: patternSet(
    253,
    /^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/,
    'a host name, or "*." and a host name for all hosts below it',
    'The hosts that redirect URIs may have, "*." standing for any host below; at most 50. Default: any. May change.',
  ),
  scopes: patternSet(
    128,
    /^[a-z/*][a-z0-9_:./*-]*$/,
    'a scope, in which "*" stands for any characters',
    'The scopes that may be asked for, "*" standing for any characters; at most 50. openid is always granted. Default: any. May change.',
  ),
  multiTenant: z.boolean().optional().describe('Whether multiTenant may be true. Default: false. May change.'),
  loopbackRedirects: z
    .boolean()
    .optional()
    .describe('Whether redirect URIs may name localhost, 127.0.0.1 or [::1]. Default: true. May change.'),
  maxApplications: z
    .int()
    .min(0)
    .max(100_000)
    .optional()
    .describe('How many applications each of the namespaces may have: 0-100000. Default: no limit. May change.'),
});

/** A valid rule. */
export type NamespaceRule = z.output<typeof namespaceRule>;
