/** What a resource may not ask for, and what it is told. */

import { describe, expect, it } from 'vitest';
import { type Grant, grantFor } from '../../src/core/grant.ts';
import { isNameGranted, policyRefusal, quotaRefusal } from '../../src/core/policy.ts';
import { spec } from '../support/builders.ts';

type Rule = NonNullable<Parameters<typeof grantFor>[0]['rules']>[number];

function granted(rule?: Rule, applicationNamePrefix?: string): Grant | undefined {
  return grantFor({ applicationNamePrefix, rules: rule ? [rule] : [] }, {});
}

const noRule = 'no rule of the registry grants';
const derived = 'leave it out to use the derived name';
const hosts = { redirectHosts: ['*.example.com', 'shop.example'] };
const uris = (...redirectURIs: string[]) => ({ redirectURIs });

interface Row {
  readonly name: string;
  readonly spec: object;
  readonly rule?: Rule;
  readonly prefix?: string;
  readonly message?: string;
}

const rows: readonly Row[] = [
  { name: 'a derived name is granted', spec: {} },
  {
    name: 'an explicit name is not',
    spec: { applicationName: 'shop' },
    message: `spec.applicationName: ${noRule} shop; ${derived}`,
  },
  { name: 'unless a rule says so', spec: { applicationName: 'shop' }, rule: { applicationNames: ['sh*'] } },
  { name: 'in whatever case', spec: { applicationName: 'Shop' }, rule: { applicationNames: ['sHOP'] } },
  {
    name: 'a rule for another name does not',
    spec: { applicationName: 'shop' },
    rule: { applicationNames: ['till'] },
    message: `spec.applicationName: ${noRule} shop; ${derived}`,
  },
  {
    name: 'no rule grants a name of the derived form',
    spec: { applicationName: 'EU_shop' },
    rule: { applicationNames: ['*'] },
    prefix: 'eu',
    message: `spec.applicationName: EU_shop has the form of derived names, which no rule grants; ${derived}`,
  },
  {
    name: 'adoption is not granted by itself',
    spec: { adoptionPolicy: 'AdoptOnly' },
    message: `spec.adoptionPolicy: ${noRule} adoption; set it to Never`,
  },
  {
    name: 'adoption under the derived name by a rule',
    spec: { adoptionPolicy: 'AdoptOrCreate' },
    rule: { adoption: true },
  },
  {
    name: 'adoption under an explicit name by a rule that grants both',
    spec: { applicationName: 'shop', adoptionPolicy: 'AdoptOrCreate' },
    rule: { applicationNames: ['sh*'], adoption: true },
  },
  {
    name: 'adoption under an explicit name is not granted by a rule that grants the name alone',
    spec: { applicationName: 'shop', adoptionPolicy: 'AdoptOrCreate' },
    rule: { applicationNames: ['shop'] },
    message: `spec.adoptionPolicy: ${noRule} the adoption of shop; set it to Never`,
  },
  {
    name: 'multi-tenancy is not',
    spec: { multiTenant: true },
    message: `spec.multiTenant: ${noRule} it; set it to false`,
  },
  { name: 'multi-tenancy by a rule', spec: { multiTenant: true }, rule: { multiTenant: true } },
  { name: 'a host of the list', spec: uris('https://shop.example/cb'), rule: hosts },
  { name: 'a host below, with a port', spec: uris('https://a.b.example.com:8443/cb'), rule: hosts },
  {
    name: 'a host above',
    spec: uris('https://shop.example/cb', 'https://example.com/cb'),
    rule: hosts,
    message: `spec.redirectURIs[1]: ${noRule} the host example.com`,
  },
  {
    name: 'a host that only looks like it',
    spec: uris('https://evil.org/a.example.com'),
    rule: hosts,
    message: `spec.redirectURIs[0]: ${noRule} the host evil.org`,
  },
  {
    name: 'a host before a query',
    spec: uris('https://evil.org?x=.example.com'),
    rule: hosts,
    message: `spec.redirectURIs[0]: ${noRule} the host evil.org`,
  },
  {
    name: 'loopback is not among hosts',
    spec: uris('http://localhost:3000/cb', 'http://[::1]:80/cb'.replace(':80', '')),
    rule: hosts,
  },
  ...['http://127.0.0.1/cb', 'http://localhost:1/cb', 'https://[::1]:8443/cb'].map((uri) => ({
    name: `loopback forbidden: ${uri}`,
    spec: uris(uri),
    rule: { loopbackRedirects: false },
    message: `spec.redirectURIs[0]: ${noRule} the host ${/(127.0.0.1|localhost|\[::1\])/.exec(uri)?.[0]}`,
  })),
  {
    name: 'a private-use scheme has no host',
    spec: { type: 'Native', ...uris('com.example.app:/cb') },
    rule: { redirectHosts: [] },
  },
  { name: 'a scope of the list', spec: { scopes: ['profile', '/acs/scim'] }, rule: { scopes: ['profile', '/acs/*'] } },
  {
    name: 'another scope',
    spec: { scopes: ['openid', 'aliuid'] },
    rule: { scopes: ['profile'] },
    message: `spec.scopes[1]: ${noRule} aliuid`,
  },
  { name: 'openid is always granted', spec: { scopes: ['openid'] }, rule: { scopes: [] } },
  {
    name: 'of several the first is named',
    spec: { multiTenant: true, applicationName: 'shop' },
    message: `spec.applicationName: ${noRule} shop; ${derived}`,
  },
];

describe('policy', () => {
  it.each(rows)('$name', ({ spec: changes, rule, prefix, message }) => {
    const refusal = policyRefusal(spec({ ...changes }), granted(rule, prefix));
    expect(refusal).toEqual(message === undefined ? undefined : { reason: 'PolicyViolation', message });
  });

  it('a registry that is not for the namespace', () => {
    expect(policyRefusal(spec(), undefined)).toEqual({
      reason: 'NamespaceNotAllowed',
      message: 'the OAuthRegistry default is not for this namespace: see its spec.namespaceSelector',
    });
  });

  it('too many', () => {
    expect(quotaRefusal(3)).toMatchObject({
      reason: 'PolicyViolation',
      message: expect.stringContaining('3 applications'),
    });
  });
});

describe('a name of the derived form is never granted', () => {
  const shortened = `${'x'.repeat(37)}_${'a2'.repeat(13)}`;
  it.each([
    { name: 'eu_x', prefix: 'eu', is: false },
    { name: 'Eu_x', prefix: 'eu', is: false },
    { name: 'euro_x', prefix: 'eu', is: true },
    { name: 'team.shop', prefix: 'eu', is: true },
    { name: 'team.shop', prefix: undefined, is: false },
    { name: 'shop', prefix: undefined, is: true },
    { name: shortened, prefix: undefined, is: false },
    { name: shortened.toUpperCase(), prefix: undefined, is: false },
    { name: `${shortened.slice(0, -1)}1`, prefix: undefined, is: true },
  ])('$name with prefix $prefix: $is', ({ name, prefix, is }) => {
    const grant = granted({ applicationNames: ['*'] }, prefix);
    expect(grant && isNameGranted(name, grant)).toBe(is);
  });
});
