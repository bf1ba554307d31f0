/** What differs, what an update sends for it, and how what was sent is known again. */

import { describe, expect, it } from 'vitest';
import { changesFor, differences, digestOf, isWhatWasSent } from '../../src/core/differences.ts';
import { desired, registered } from '../support/builders.ts';

const native = { type: 'Native' };
const server = { type: 'Server', redirectURIs: undefined };

const rows = [
  { name: 'an application as it is wanted has no differences', found: {}, fields: [] },
  {
    name: 'order and repetition in a set mean nothing',
    spec: { scopes: ['profile', 'openid'] },
    found: { scopes: ['openid', 'profile', 'openid'] },
    fields: [],
  },
  { name: 'a display name differs', found: { displayName: 'Store' }, fields: ['displayName'] },
  { name: 'a validity differs', found: { accessTokenValiditySeconds: 900 }, fields: ['accessTokenValiditySeconds'] },
  {
    name: 'a refresh token validity differs',
    found: { refreshTokenValiditySeconds: 7_200 },
    fields: ['refreshTokenValiditySeconds'],
  },
  {
    name: 'an additional redirect URI differs',
    found: { redirectURIs: ['https://shop.example/cb', 'https://b.example/'] },
    fields: ['redirectURIs'],
  },
  {
    name: 'case in a redirect URI differs',
    found: { redirectURIs: ['https://shop.example/CB'] },
    fields: ['redirectURIs'],
  },
  { name: 'required scopes differ', found: { requiredScopes: [] }, fields: ['requiredScopes'] },
  { name: 'multi-tenancy differs', found: { multiTenant: true }, fields: ['multiTenant'] },
  {
    name: 'a client secret is compared on Native',
    spec: native,
    found: { secretRequired: true },
    fields: ['secretRequired'],
  },
  { name: 'a client secret is not compared on Web, where it is forced', found: { secretRequired: false }, fields: [] },
  {
    name: 'a client secret is not compared on Server, where it is forced',
    spec: server,
    found: { secretRequired: false },
    fields: [],
  },
  {
    name: 'a refresh token is not compared on Server, which has none',
    spec: server,
    found: { refreshTokenValiditySeconds: 1 },
    fields: [],
  },
  {
    name: 'several differences come in a fixed order',
    found: { multiTenant: true, displayName: 'x' },
    fields: ['displayName', 'multiTenant'],
  },
];

describe('differences', () => {
  it.each(rows)('$name', ({ spec, found, fields }) => {
    const wanted = desired(spec);
    expect(differences(wanted.application, registered(found, wanted)).map(({ field }) => field)).toEqual(fields);
  });

  it('show both values as JSON, sets sorted', () => {
    const wanted = desired({ scopes: ['profile', 'openid'] }).application;
    expect(differences(wanted, registered({ scopes: ['openid', 'aliuid'] }, desired({ scopes: ['profile'] })))).toEqual(
      [{ field: 'scopes', desired: '["openid","profile"]', observed: '["aliuid","openid"]' }],
    );
  });
});

describe('what an update sends', () => {
  const wanted = desired({ displayName: 'Store', scopes: ['openid', 'profile'] }).application;

  it('is the fields that differ, each whole', () => {
    expect(changesFor(wanted, differences(wanted, registered({ scopes: wanted.scopes })))).toEqual({
      displayName: 'Store',
    });
  });

  it.each(['scopes', 'requiredScopes'] as const)(
    'is both kinds of scopes where %s differ, since the one resets the other',
    (field) => {
      expect(changesFor(wanted, [{ field, desired: '', observed: '' }])).toEqual({
        scopes: ['openid', 'profile'],
        requiredScopes: ['openid'],
      });
    },
  );
});

describe('the digest of what was sent', () => {
  const recognised = [
    { name: 'the same application', found: {}, same: true },
    { name: 'sets in another order', found: { scopes: ['openid'] }, same: true },
    { name: 'the name in another case', found: { name: 'Team-A.Shop' }, same: true },
    { name: 'what the registry adds', found: { id: 'x', clientID: 'y', createTime: 1 }, same: true },
    { name: 'another display name', found: { displayName: 'Store' }, same: false },
    { name: 'another type', found: { type: 'Native' }, same: false },
    { name: 'another protocol version', found: { protocolVersion: '2.1' }, same: false },
    { name: 'another name', found: { name: 'team-a.shops' }, same: false },
  ] as const;

  it.each(recognised)('tells $name: $same', ({ found, same }) => {
    expect(isWhatWasSent(registered(found), digestOf(desired().application))).toBe(same);
  });

  it('knows a Server application again, to which the registry gave a refresh token', () => {
    const wanted = desired(server);
    expect(
      isWhatWasSent(registered({ refreshTokenValiditySeconds: 86_400 }, wanted), digestOf(wanted.application)),
    ).toBe(true);
  });
});
