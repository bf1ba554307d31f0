/**
 * The fields of an `OAuthRegistry`'s `spec`, each with its limits and its documentation.
 *
 * @module
 */

import * as z from 'zod';
import { duration } from './duration.ts';
import { objectName } from './names.ts';
import { namespaceRule, namespaceSelector } from './namespace-rule.ts';
import { patterned, text } from './text.ts';

const host = '(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?|\\[[0-9a-f:.]{2,45}\\]';
const loopback = '(?:localhost|127\\.0\\.0\\.1|\\[::1\\])';
const port = '(?::[1-9][0-9]{0,4})?';

function endpoint(description: string) {
  return patterned(
    { min: 1, max: 300 },
    new RegExp(`^(?:(?:${host})${port}|http://${loopback}${port})$`),
    'host[:port], or http://host[:port] on localhost, 127.0.0.1 or [::1]',
  )
    .optional()
    .describe(description);
}

function arn(description: string) {
  return patterned({ min: 1, max: 300 }, /^acs:ram::[0-9]{1,32}:[A-Za-z0-9/._-]+$/, 'the ARN of a RAM resource')
    .optional()
    .describe(description);
}

const credentials = z.object({
  workloadIdentity: z
    .object({
      roleARN: arn(
        'The role to assume. Default: the ALIBABA_CLOUD_ROLE_ARN that the pod identity webhook sets. May change.',
      ),
      oidcProviderARN: arn(
        "The cluster's OIDC provider. Default: the ALIBABA_CLOUD_OIDC_PROVIDER_ARN that the pod identity webhook sets. May change.",
      ),
    })
    .optional()
    .describe(
      "RAM Roles for Service Accounts: the controller's service-account token is exchanged for a role. May change.",
    ),
  secretRef: z
    .object({ name: objectName().describe('The name of the Secret. May change.') })
    .optional()
    .describe(
      "A Secret in the controller's own namespace with the keys accessKeyId, accessKeySecret and, optionally, securityToken. May change.",
    ),
  environment: z
    .object({})
    .optional()
    .describe(
      "The controller's environment: ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and, optionally, " +
        'ALIBABA_CLOUD_SECURITY_TOKEN. Written as {}. May change.',
    ),
});

/** Where and as whom the IMS API is called. */
const alibabaCloud = z.object({
  site: z
    .enum(['China', 'International'])
    .describe('The site of the account: which issuer and endpoints go into Secrets. Required. May not change.'),
  endpoint: endpoint(
    'The host of the API, over TLS: host[:port]. http://host[:port] is accepted on loopback hosts only. Default: ims.aliyuncs.com. May change.',
  ),
  caBundle: text({ min: 1, max: 65_536 })
    .optional()
    .describe(
      "Certificates in PEM to trust beside the system's, for an endpoint of one's own. At most 65,536 characters. May change.",
    ),
  accountID: patterned({ min: 1, max: 32 }, /^[0-9]+$/, 'digits')
    .optional()
    .describe(
      'A guard: nothing is done if the credentials belong to another account. 1-32 digits. Default: the first account seen is kept in status. May change.',
    ),
  stsEndpoint: endpoint(
    "The host of STS: host[:port]. Default: sts.aliyuncs.com, or endpoint where that is one of one's own. May change.",
  ),
  credentials: credentials.describe(
    'How the controller proves who it is: exactly one of workloadIdentity, secretRef and environment. Required. May change.',
  ),
});

/** The fields, each valid by itself. */
export const registryFields = z.object({
  type: z
    .enum(['AlibabaCloud', 'Store'])
    .describe(
      'Where applications live: AlibabaCloud is RAM, Store is the store of the controller. Required. May not change.',
    ),
  alibabaCloud: alibabaCloud
    .optional()
    .describe('The account. Required for AlibabaCloud, refused for Store. Its fields say what may change.'),
  store: z
    .object({
      issuerURL: patterned(
        { min: 1, max: 1024 },
        new RegExp(`^(?:https://(?:${host})|http://${loopback})${port}(?:/[A-Za-z0-9._~/-]*)?$`),
        'an https URL, or an http URL on localhost, 127.0.0.1 or [::1], without query and fragment (RFC 8414)',
      )
        .optional()
        .describe(
          "The URL of the local issuer, which goes into Secrets. At most 1,024 characters. Default: the issuer's endpoints are left out. May change.",
        ),
    })
    .optional()
    .describe(
      'The store that the controller was started with. Refused for AlibabaCloud. Its fields say what may change.',
    ),
  applicationNamePrefix: patterned(
    { min: 1, max: 15 },
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
    'lower-case letters, digits and "-", with a letter or digit at both ends',
  )
    .optional()
    .describe(
      "What the derived names of this cluster's applications begin with, before an underscore; one for each cluster. 1-15 of a-z, 0-9, " +
        '"-". Required for AlibabaCloud. Default: none. May not change, be added or be removed.',
    ),
  namespaceSelector: namespaceSelector('The namespaces that may use this registry. Default: all. May change.'),
  rules: z
    .array(namespaceRule.describe('What some namespaces may ask for.'))
    .max(100)
    .optional()
    .describe(
      'What namespaces may ask for beyond their derived names; at most 100 rules. Default: no explicit names, no adoption, no multi-tenant ' +
        'applications, any host, any scope, loopback allowed. May change.',
    ),
  resyncInterval: duration({ least: '10s', most: '24h' })
    .optional()
    .describe(
      'How often the whole account is compared with all resources: 10s to 24h, such as 2m. Default: 2m. May change.',
    ),
  rateLimit: z
    .object({
      callsPerSecond: z
        .int()
        .min(1)
        .max(1000)
        .optional()
        .describe('Calls a second in the long run: 1-1000. Default: 5. May change.'),
      burst: z.int().min(1).max(1000).optional().describe('Calls at once: 1-1000. Default: 10. May change.'),
    })
    .optional()
    .describe('How fast the API is called, for the whole account. Default: 5 calls a second, 10 at once. May change.'),
});

/** A valid spec. */
export type OAuthRegistrySpec = z.output<typeof registryFields>;
