/**
 * What an `OAuthApplication`'s fields must be to each other, and to the spec that they replace.
 *
 * @module
 */

import type { OAuthApplicationSpec } from './application-fields.ts';
import { isPrivateUse } from './redirect-uri.ts';
import type { Rule, Transition } from './rule.ts';

type Spec = OAuthApplicationSpec;

/** The combinations in which the API forces a client secret. */
function isSecretForced({ type, protocolVersion }: Pick<Spec, 'type' | 'protocolVersion'>): boolean {
  return type === 'Server' || (type === 'Web' && protocolVersion === '2.0');
}

/** The same in CEL. */
const isSecretForcedCEL = "(self.type == 'Server' || (self.type == 'Web' && self.protocolVersion == '2.0'))";

/** Whether the application has a client secret: `secretRequired`, or what stands for it where it is not written. */
export function hasClientSecret(spec: Pick<Spec, 'type' | 'protocolVersion' | 'secretRequired'>): boolean {
  return spec.secretRequired ?? isSecretForced(spec);
}

/** Rules over the whole spec. */
export const applicationRules: readonly Rule<Spec>[] = [
  {
    rule: "self.type == 'Server' || (has(self.redirectURIs) && size(self.redirectURIs) > 0)",
    check: ({ type, redirectURIs = [] }) => type === 'Server' || redirectURIs.length > 0,
    reads: ['type', 'redirectURIs'],
    message: 'Web and Native need at least one redirect URI',
    path: 'redirectURIs',
    reason: 'FieldValueRequired',
  },
  {
    rule:
      "self.type == 'Native' || !has(self.redirectURIs) || " +
      "self.redirectURIs.all(uri, uri.startsWith('https://') || uri.startsWith('http://'))",
    check: ({ type, redirectURIs = [] }) => type === 'Native' || !redirectURIs.some(isPrivateUse),
    reads: ['type', 'redirectURIs'],
    message: 'only Native may have a private-use scheme (RFC 8252, section 7.1)',
    path: 'redirectURIs',
  },
  {
    rule: "self.type != 'Server' || !has(self.refreshTokenValiditySeconds)",
    check: ({ type, refreshTokenValiditySeconds }) => type !== 'Server' || refreshTokenValiditySeconds === undefined,
    reads: ['type'],
    message: 'Server has no refresh tokens',
    path: 'refreshTokenValiditySeconds',
    reason: 'FieldValueForbidden',
  },
  {
    rule: '!has(self.refreshTokenValiditySeconds) || self.refreshTokenValiditySeconds >= self.accessTokenValiditySeconds',
    check: ({ refreshTokenValiditySeconds: refresh, accessTokenValiditySeconds: access }) =>
      (refresh ?? access) >= access,
    reads: ['refreshTokenValiditySeconds', 'accessTokenValiditySeconds'],
    message: 'must not be below accessTokenValiditySeconds',
    path: 'refreshTokenValiditySeconds',
  },
  {
    rule: "!('/acs/mcp-server' in self.scopes) || self.protocolVersion == '2.1'",
    check: ({ scopes, protocolVersion }) => !scopes.includes('/acs/mcp-server') || protocolVersion === '2.1',
    reads: ['scopes', 'protocolVersion'],
    message: '/acs/mcp-server needs protocolVersion "2.1"',
    path: 'scopes',
  },
  {
    rule: "!has(self.requiredScopes) || self.requiredScopes.all(scope, scope == 'openid' || scope in self.scopes)",
    check: ({ scopes, requiredScopes = [] }) =>
      requiredScopes.every((scope) => scope === 'openid' || scopes.includes(scope)),
    reads: ['scopes', 'requiredScopes'],
    message: 'must be a subset of scopes',
    path: 'requiredScopes',
  },
  {
    rule: `!has(self.secretRequired) || self.secretRequired || !${isSecretForcedCEL}`,
    check: (spec) => spec.secretRequired !== false || !isSecretForced(spec),
    reads: ['type', 'protocolVersion', 'secretRequired'],
    message: 'Server and Web on 2.0 always have a client secret',
    path: 'secretRequired',
  },
  {
    rule: `!has(self.rotation) || (has(self.secretRequired) ? self.secretRequired : ${isSecretForcedCEL})`,
    check: (spec) => spec.rotation === undefined || hasClientSecret(spec),
    reads: ['type', 'protocolVersion', 'secretRequired'],
    message: 'there is no client secret to rotate unless secretRequired is true',
    path: 'rotation',
    reason: 'FieldValueForbidden',
  },
];

const remedy = 'delete the resource and create it again to change it; the client ID then changes';

/** What may not change: the registry cannot change it, and a silent replacement would lose the client ID. */
export const applicationTransitions: readonly Transition<Spec>[] = [
  {
    rule: 'self.registryRef.name == oldSelf.registryRef.name',
    check: (self, old) => self.registryRef.name === old.registryRef.name,
    message: `is immutable: ${remedy}`,
    path: 'registryRef.name',
  },
  {
    rule:
      'has(self.applicationName) == has(oldSelf.applicationName) && ' +
      '(!has(self.applicationName) || self.applicationName == oldSelf.applicationName)',
    check: (self, old) => self.applicationName === old.applicationName,
    message: `is immutable, and may be neither added nor removed: ${remedy}`,
    path: 'applicationName',
  },
  {
    rule: 'self.type == oldSelf.type',
    check: (self, old) => self.type === old.type,
    message: `is immutable: ${remedy}`,
    path: 'type',
  },
  {
    rule: 'self.protocolVersion == oldSelf.protocolVersion',
    check: (self, old) => self.protocolVersion === old.protocolVersion,
    message: `is immutable: ${remedy}`,
    path: 'protocolVersion',
  },
];
