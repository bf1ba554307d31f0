/** What a spec asks for, with every default filled in. */

import { describe, expect, it } from 'vitest';
import { defaultDeletionPolicy, desiredOf } from '../../src/core/desired.ts';
import { binding, desired, held, registry, resource, spec, status } from '../support/builders.ts';

const rows = [
  {
    name: 'a Web application needs a client secret',
    spec: {},
    application: { secretRequired: true, refreshTokenValiditySeconds: 2_592_000 },
  },
  {
    name: 'a Web application on 2.1 uses PKCE',
    spec: { protocolVersion: '2.1' },
    application: { secretRequired: false },
  },
  {
    name: 'a Native application uses PKCE',
    spec: { type: 'Native' },
    application: { secretRequired: false, refreshTokenValiditySeconds: 2_592_000 },
  },
  {
    name: 'a Server application has a client secret, no refresh tokens and no redirect URIs',
    spec: { type: 'Server', redirectURIs: undefined },
    application: { secretRequired: true, refreshTokenValiditySeconds: undefined, redirectURIs: [] },
  },
  {
    name: 'what is written about the client secret counts',
    spec: { type: 'Native', secretRequired: true },
    application: { secretRequired: true },
  },
  {
    name: 'the schema gives the validity of access tokens',
    spec: {},
    application: { accessTokenValiditySeconds: 3_600, multiTenant: false },
  },
  {
    name: 'a written validity counts',
    spec: { refreshTokenValiditySeconds: 7_200 },
    application: { refreshTokenValiditySeconds: 7_200 },
  },
  {
    name: 'openid is a scope, listed or not',
    spec: { scopes: ['profile'] },
    application: { scopes: ['openid', 'profile'], requiredScopes: ['openid'] },
  },
  {
    name: 'openid is not listed twice',
    spec: { scopes: ['profile', 'openid'] },
    application: { scopes: ['profile', 'openid'] },
  },
  {
    name: 'openid is required beside what is required',
    spec: { scopes: ['profile'], requiredScopes: ['profile'] },
    application: { requiredScopes: ['openid', 'profile'] },
  },
];

describe('what is wanted', () => {
  it.each(rows)('$name', ({ spec: changes, application }) => {
    expect(desired(changes).application).toMatchObject(application);
  });

  it('bears the derived name, with the prefix of its registry', () => {
    const wanted = desiredOf(spec(), resource(), registry({ applicationNamePrefix: 'eu' }));
    expect(wanted.application.name).toBe('eu_team-a.shop');
    expect(wanted.binding).toEqual({
      registry: 'default',
      accountID: '1000000000000001',
      applicationName: 'eu_team-a.shop',
      provenance: 'Created',
    });
  });

  it('has a Secret of its own name under the standard keys', () => {
    expect(desired().secret).toMatchObject({
      name: 'shop',
      labels: {},
      annotations: {},
      data: {},
      keys: { clientID: 'client_id', jwksURI: 'jwks_uri' },
    });
  });

  it('has a Secret as it is written, with a key for what only a rotation writes', () => {
    const written = {
      name: 'x',
      labels: { a: 'b' },
      annotations: { c: 'd' },
      keys: { clientID: 'id', previousClientSecret: 'old' },
      data: { e: 'f' },
    };
    const { keys, ...secret } = desired({ secret: written }).secret;
    expect(secret).toEqual({
      name: 'x',
      labels: { a: 'b' },
      annotations: { c: 'd' },
      data: { e: 'f' },
      previousKey: 'old',
    });
    expect(keys).toMatchObject({ clientID: 'id', clientSecret: 'client_secret' });
    expect(keys).not.toHaveProperty('previousClientSecret');
  });
});

const adopted = resource({ ...held(undefined, binding({ provenance: 'Adopted' })) });

const policies = [
  { name: 'Delete for what we created', resource: resource(), written: undefined, policy: 'Delete' },
  { name: 'as it is written', resource: resource(), written: 'Orphan', policy: 'Orphan' },
  {
    name: 'Orphan for what was adopted',
    resource: resource({ status: status({ provenance: 'Adopted' }) }),
    written: undefined,
    policy: 'Orphan',
  },
  {
    name: 'Orphan for what was adopted, although the status was lost',
    resource: adopted,
    written: undefined,
    policy: 'Orphan',
  },
  { name: 'Delete for what was adopted, if it is written', resource: adopted, written: 'Delete', policy: 'Delete' },
];

describe('the deletion policy', () => {
  it.each(policies)('is $name', ({ resource: found, written, policy }) => {
    const changes = written === undefined ? {} : { deletionPolicy: written };
    expect(desiredOf(spec(changes), found, registry()).deletionPolicy).toBe(policy);
  });

  it('is Orphan where nobody knows how the application came to be', () => {
    expect(defaultDeletionPolicy(undefined)).toBe('Orphan');
  });

  const hour = 3_600_000;
  it.each([
    { rotation: undefined, interval: undefined, overlap: 24 * hour },
    { rotation: {}, interval: undefined, overlap: 24 * hour },
    { rotation: { interval: '720h' }, interval: 720 * hour, overlap: 24 * hour },
    { rotation: { interval: '3h' }, interval: 3 * hour, overlap: 1.5 * hour },
    { rotation: { overlap: '30m' }, interval: undefined, overlap: hour / 2 },
    { rotation: { interval: '2h', overlap: '90s' }, interval: 2 * hour, overlap: 90_000 },
  ])('has client secrets replaced as $rotation says', ({ rotation, interval, overlap }) => {
    expect(desired({ rotation }).rotation).toEqual({ interval, overlap });
  });
});
