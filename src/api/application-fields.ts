/**
 * The fields of an `OAuthApplication`'s `spec`, each with its limits, its schema default and its documentation.
 *
 * A default stands here only where it depends on nothing else; the others are filled in when the desired state is made.
 *
 * @module
 */

import * as z from 'zod';
import { duration, durationSeconds, isDuration, isDurationCEL } from './duration.ts';
import { objectName, secretKey } from './names.ts';
import { redirectURI } from './redirect-uri.ts';
import { ruled } from './rule.ts';
import { secretSpec } from './secret.ts';
import { patterned, setOf } from './text.ts';

/** Characters that change how a name looks, or that a page could take for markup. */
const unseen = '\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Z}<>\uFFFD';
const displayNamePattern = new RegExp(
  `^(?:\\p{M}[\\p{M} ]*)?[^\\p{M}${unseen}](?:(?:[^${unseen}]| )*[^${unseen}])?$`,
  'u',
);

const scopePattern = /^(?:[a-z][a-z0-9_:.-]*|(?:\/[a-z0-9][a-z0-9_-]*)+)$/;

function scope() {
  return patterned(
    { min: 1, max: 128 },
    scopePattern,
    'a name such as openid, or a path such as /acs/scim, in lower case',
  ).describe('One scope. 1-128 characters.');
}

const rotationFields = z.object({
  interval: duration({ least: '1h', most: '17520h' })
    .optional()
    .describe(
      'How often a new client secret is issued: 1h to 17520h, such as 720h. Default: no rotation but on request. May change.',
    ),
  overlap: duration({ least: '1m', most: '720h' })
    .optional()
    .describe(
      'How long the client secret that was replaced still works: 1m to 720h, at most half the interval. Default: 24h, or half the ' +
        'interval where that is less. May change.',
    ),
});

const rotation = ruled(rotationFields, [
  {
    rule:
      `!has(self.interval) || !has(self.overlap) || !${isDurationCEL('self.interval')} || !${isDurationCEL('self.overlap')} || ` +
      'duration(self.overlap) + duration(self.overlap) <= duration(self.interval)',
    check: ({ interval = '', overlap = '' }) =>
      !isDuration(interval) || !isDuration(overlap) || 2 * durationSeconds(overlap) <= durationSeconds(interval),
    message: 'must be at most half the interval',
    path: 'overlap',
  },
]);

/** The fields, each valid by itself. */
export const applicationFields = z.object({
  registryRef: z
    .object({
      name: objectName()
        .default('default')
        .describe(
          'The name of the OAuthRegistry. A DNS name of at most 253 characters. Default: default. May not change.',
        ),
    })
    .default({ name: 'default' })
    .describe('The OAuthRegistry in which the application is registered. May not change.'),
  applicationName: patterned(
    { min: 1, max: 64 },
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'letters, digits, ".", "_" and "-", with a letter or digit first',
  )
    .optional()
    .describe(
      'The application\'s name, unique in the account when compared without case. 1-64 of A-Z, a-z, 0-9, ".", "_", "-". It needs a rule ' +
        'of the registry. Default: derived from the namespace and the name of this resource. May not change, be added or be removed.',
    ),
  displayName: patterned(
    { min: 1, max: 24 },
    displayNamePattern,
    'visible characters, with U+0020 as the only space and not at the ends, without "<" and ">"',
  ).describe(
    'The name that people see on the consent page. 1-24 characters; no control, format or private-use characters, no "<" or ">", no ' +
      'spaces at either end. Required. May change.',
  ),
  type: z
    .enum(['Web', 'Native', 'Server'])
    .describe(
      'What kind of client it is: Web runs on a server and has people log on, Native runs on a device and uses PKCE (RFC 8252), Server ' +
        'acts for itself without people (client credentials). Required. May not change.',
    ),
  protocolVersion: z
    .enum(['2.0', '2.1'])
    .default('2.0')
    .describe('The version of OAuth, as a string: "2.0" or "2.1". Default: "2.0". May not change.'),
  accessTokenValiditySeconds: z
    .int()
    .min(900)
    .max(10_800)
    .default(3600)
    .describe('How long an access token is valid, in seconds: 900-10800. Default: 3600. May change.'),
  refreshTokenValiditySeconds: z
    .int()
    .min(7200)
    .max(31_536_000)
    .optional()
    .describe(
      'How long a refresh token is valid, in seconds: 7200-31536000, and not below accessTokenValiditySeconds. Default: 2592000 (30 days). ' +
        'Refused on Server, which has no refresh tokens. May change.',
    ),
  redirectURIs: setOf(redirectURI().describe('One redirect URI. At most 1,024 characters.'), 20)
    .optional()
    .describe(
      'Where the issuer may send people back to (RFC 6749, section 3.1.2); an authorization request must name one of them exactly. A set ' +
        'of at most 20 URIs of at most 1,024 characters; at least one for Web and Native, optional on Server. Every type: https with a DNS ' +
        'name, or http or https on localhost, 127.0.0.1 or [::1] (a registry may forbid these). Native also: a private-use scheme in ' +
        'reverse-domain form, such as com.example.app:/callback (RFC 8252, section 7.1). Refused: fragments, users, wildcards, ";", raw ' +
        'non-ASCII and control characters, broken or double percent-encoding, the segments "." and "..", upper-case schemes and hosts, ' +
        'default ports, other IP addresses, and the query parameters code, state, iss, error, error_description and error_uri. May change.',
    ),
  scopes: setOf(scope(), 50)
    .default(['openid'])
    .describe(
      'What the application may ask for. A set of at most 50; each like openid, or like /acs/scim, at most 128 characters. openid is always ' +
        'included, listed or not; /acs/mcp-server needs protocolVersion "2.1". Default: [openid]. May change.',
    ),
  requiredScopes: setOf(scope(), 50)
    .optional()
    .describe(
      'The scopes that people cannot decline on the consent page. A subset of scopes; openid always belongs to it. Default: only openid. May change.',
    ),
  multiTenant: z
    .boolean()
    .default(false)
    .describe(
      'Whether other accounts may install the application; true needs a rule of the registry. Default: false. May change.',
    ),
  secretRequired: z
    .boolean()
    .optional()
    .describe(
      'Whether the application has a client secret. Default: true for Server and for Web on 2.0, false for Native and for Web on 2.1. ' +
        'false is refused on Server and on Web 2.0. May change.',
    ),
  secret: secretSpec
    .optional()
    .describe(
      'The Secret that receives the credentials and the endpoints. Default: named as this resource, standard keys. May change.',
    ),
  rotation: rotation
    .optional()
    .describe(
      'When client secrets are replaced. An overlap without an interval serves rotations on request. Refused where the application has ' +
        'no client secret. Default: no rotation. May change.',
    ),
  adoptionPolicy: z
    .enum(['Never', 'AdoptOrCreate', 'AdoptOnly'])
    .default('Never')
    .describe(
      'What happens if the account already has an application of this name: Never refuses it, AdoptOrCreate takes it over and otherwise ' +
        'creates one, AdoptOnly takes it over and never creates one. All but Never need a rule of the registry. Default: Never. May change.',
    ),
  adoptionSecretRef: z
    .object({
      name: objectName().describe('The name of the Secret, in the namespace of this resource. May change.'),
      key: secretKey().describe('The key that holds the value. 1-253 characters. May change.'),
    })
    .optional()
    .describe(
      "The value of the adopted application's client secret, for a registry that does not give values back. Read, never written. " +
        'Default: none. May change.',
    ),
  deletionPolicy: z
    .enum(['Delete', 'Orphan'])
    .optional()
    .describe(
      'What happens to the application when this resource is deleted: Delete deletes it with its credentials, Orphan leaves both behind. ' +
        'Default: Delete; Orphan for an adopted application or one of unknown provenance. May change, also while being deleted.',
    ),
  driftPolicy: z
    .enum(['Correct', 'Report'])
    .default('Correct')
    .describe(
      'What happens when the registry no longer holds what this resource says: Correct sets it right, Report only lists the differences and ' +
        'never writes the fields of an application that exists. Default: Correct. May change.',
    ),
  suspend: z
    .boolean()
    .default(false)
    .describe(
      'Whether to leave the registry and the Secret alone for now; deletion is carried out all the same. Default: false. May change.',
    ),
});

/** A valid spec, schema defaults applied. */
export type OAuthApplicationSpec = z.output<typeof applicationFields>;
