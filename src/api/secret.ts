/**
 * `spec.secret`: where the credentials go, under which keys, and what else the Secret holds.
 *
 * @module
 */

import * as z from 'zod';
import { objectName, secretKey, secretKeyPattern } from './names.ts';
import { celString, matching, ruled } from './rule.ts';
import { annotations, labels } from './secret-metadata.ts';
import { mapOf, text } from './text.ts';

/** The standard keys of the Secret by the value they hold; a client secret that still works has none unless named. */
export const standardKeys = {
  clientID: 'client_id',
  clientSecret: 'client_secret',
  issuer: 'issuer',
  authorizationEndpoint: 'authorization_endpoint',
  tokenEndpoint: 'token_endpoint',
  userinfoEndpoint: 'userinfo_endpoint',
  jwksURI: 'jwks_uri',
  revocationEndpoint: 'revocation_endpoint',
  scopes: 'scopes',
  applicationName: 'application_name',
} as const;

function keyOf(standard: string, meaning: string) {
  return secretKey()
    .optional()
    .describe(
      `The key that holds ${meaning}. 1-253 of A-Z, a-z, 0-9, "-", "_", ".". Default: ${standard}. May change.`,
    );
}

const keyFields = {
  clientID: keyOf(standardKeys.clientID, 'the OAuth client_id'),
  clientSecret: keyOf(
    standardKeys.clientSecret,
    'the current client secret; there is no such key where the application has none',
  ),
  issuer: keyOf(standardKeys.issuer, 'the issuer identifier (RFC 8414)'),
  authorizationEndpoint: keyOf(standardKeys.authorizationEndpoint, 'the URL of the authorization endpoint'),
  tokenEndpoint: keyOf(standardKeys.tokenEndpoint, 'the URL of the token endpoint'),
  userinfoEndpoint: keyOf(standardKeys.userinfoEndpoint, 'the URL of the userinfo endpoint'),
  jwksURI: keyOf(standardKeys.jwksURI, "the URL of the issuer's signing keys"),
  revocationEndpoint: keyOf(standardKeys.revocationEndpoint, 'the URL of the revocation endpoint (RFC 7009)'),
  scopes: keyOf(standardKeys.scopes, "the application's scopes, joined by spaces"),
  applicationName: keyOf(standardKeys.applicationName, "the application's name in the account"),
  previousClientSecret: keyOf('not written', 'the client secret that a rotation replaced, while it still works'),
};

/** What a placeholder may name: every value that the Secret holds. */
const placeholders = Object.keys(keyFields);

type Keys = z.output<z.ZodObject<typeof keyFields>>;

/** Every key that is used: the chosen ones, and the standard ones of the values that `chosen` leaves alone. */
function effectiveKeys({ previousClientSecret, ...chosen }: Keys = {}): string[] {
  const given = Object.fromEntries(Object.entries(chosen).filter(([, key]) => key !== undefined));
  const keys = Object.values<string | undefined>({ ...standardKeys, ...given, previousClientSecret });
  return keys.filter((key) => key !== undefined);
}

/** The same list in CEL, over the `keys` object that `path` reaches. */
function effectiveKeysCEL(path: string): string {
  const standard = Object.entries(standardKeys).map(([value, key]) => `${path}.?${value}.orValue('${key}')`);
  return `[${standard.join(', ')}] + (${path}.?previousClientSecret.hasValue() ? [${path}.?previousClientSecret.orValue('')] : [])`;
}

const secretKeys = ruled(z.object(keyFields), [
  {
    rule: `[${effectiveKeysCEL('self')}].all(keys, keys.all(key, keys.exists_one(other, other == key)))`,
    check: (self) => new Set(effectiveKeys(self)).size === effectiveKeys(self).length,
    message: 'every value needs a key of its own, the standard names of the others included',
  },
]);

/** Literal text; `$$` is a `$`, and `$(` begins a placeholder or is refused. */
const template = new RegExp(`^(?:[^$]|\\$\\$|\\$[^$(]|\\$\\((?:${placeholders.join('|')})\\))*\\$?$`);

const furtherKeys = ruled(
  mapOf(
    ruled(text({ max: 4096 }), [
      matching(
        template,
        `$( must begin one of ${placeholders.map((name) => `$(${name})`).join(', ')}; $$ is a literal $`,
      ),
    ]).describe('The text of this key. At most 4,096 characters.'),
    32,
  ),
  [
    {
      rule: `self.all(key, size(key) <= 253 && key.matches(${celString(secretKeyPattern)}))`,
      check: (self) => Object.keys(self).every((key) => key.length <= 253 && secretKeyPattern.test(key)),
      message: 'every key must be 1-253 letters, digits, "-", "_" and ".", not beginning with ".."',
    },
  ],
);

/** The Secret of an application. */
export const secretSpec = ruled(
  z.object({
    name: objectName()
      .optional()
      .describe(
        "The Secret's name, in the namespace of this resource. A DNS name of at most 253 characters. Default: the name of this " +
          'resource. A Secret of that name that is not ours is never touched. May change: the new Secret is written, then the old one deleted.',
      ),
    labels: labels()
      .optional()
      .describe(
        'Labels that the Secret bears beside our own. At most 32. Keys by which other tools take over Secrets are refused. May change.',
      ),
    annotations: annotations()
      .optional()
      .describe(
        'Annotations that the Secret bears beside our own. At most 32. Keys by which other tools take over Secrets are refused. May change.',
      ),
    keys: secretKeys
      .optional()
      .describe(
        'Other names for the keys of the Secret, such as those a program reads from its environment. All distinct. May change.',
      ),
    data: furtherKeys
      .optional()
      .describe(
        'Further keys of the Secret: text in which $(clientID), $(clientSecret) and the other values are filled in, and $$ is a literal $. ' +
          'At most 32 keys of 4,096 characters each, none of them the name of a standard key. May change.',
      ),
  }),
  [
    {
      rule:
        `!has(self.data) || self.data.all(key, !(key in (${effectiveKeysCEL('self.?keys')})) && ` +
        `!(key in ${JSON.stringify(Object.values(standardKeys)).replaceAll('"', "'")}))`,
      check: ({ data, keys }) =>
        isDisjoint(Object.keys(data ?? {}), [...effectiveKeys(keys), ...Object.values(standardKeys)]),
      reads: ['data', 'keys'],
      message: 'must not have a key that is the standard or the chosen name of another value',
      path: 'data',
    },
  ],
);

function isDisjoint(some: readonly string[], others: readonly string[]): boolean {
  return some.every((item) => !others.includes(item));
}
