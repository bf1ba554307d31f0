/** What is sent, and what of an answer is believed: the documentation's samples, and answers that are not as documented. */

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as codec from '../../../src/registry/ims/codec.ts';
import { application } from '../applications.ts';
import { documentedAnswers, documentedApplication, documentedSecret } from './documented.ts';

describe('CreateApplication', () => {
  it('says what the API would take otherwise, and joins lists with ;', () => {
    expect(codec.creationOf(application({ multiTenant: true, scopes: ['openid', 'profile', 'openid'] }))).toEqual({
      AppName: 'team-a.shop',
      AppType: 'WebApp',
      ProtocolVersion: '2.0',
      DisplayName: 'Shop',
      AccessTokenValidity: '3600',
      RefreshTokenValidity: '2592000',
      RedirectUris: 'https://shop.example/cb;https://www.shop.example/cb',
      PredefinedScopes: 'openid;profile',
      RequiredScopes: 'openid;profile',
      IsMultiTenant: 'true',
    });
  });

  it('says of a Native application whether it has a client secret', () => {
    expect(codec.creationOf(application({ type: 'Native' }))).toMatchObject({
      AppType: 'NativeApp',
      SecretRequired: 'false',
      IsMultiTenant: 'false',
    });
  });

  it('sends no empty list, and no refresh tokens for a Server application', () => {
    const sent = codec.creationOf(
      application({ type: 'Server', redirectURIs: [], refreshTokenValiditySeconds: undefined }),
    );
    expect(sent).toMatchObject({ AppType: 'ServerApp', RedirectUris: undefined, RefreshTokenValidity: undefined });
  });
});

describe('UpdateApplication', () => {
  const sent = (changes: Parameters<typeof codec.changesOf>[0]) =>
    Object.fromEntries(Object.entries(codec.changesOf(changes)).filter(([, value]) => value !== undefined));

  it.each([
    [{}, {}],
    [{ displayName: 'New' }, { NewDisplayName: 'New' }],
    [{ redirectURIs: [] }, { NewRedirectUris: '' }],
    [
      { multiTenant: false, secretRequired: true },
      { NewIsMultiTenant: 'false', NewSecretRequired: 'true' },
    ],
    [
      { scopes: ['openid', '/acs/ccc'], requiredScopes: ['openid'] },
      { NewPredefinedScopes: 'openid;/acs/ccc', NewRequiredScopes: 'openid' },
    ],
    [
      { accessTokenValiditySeconds: 900, refreshTokenValiditySeconds: 7_200 },
      { NewAccessTokenValidity: '900', NewRefreshTokenValidity: '7200' },
    ],
  ])('of %o sends %o', (changes, parameters) => {
    expect(sent(changes)).toEqual(parameters);
  });

  it('sends nothing of what is no setting', () => {
    expect(sent({ name: 'b', type: 'Native', id: '1', protocolVersion: '2.1' } as object)).toEqual({});
  });
});

it.each([{ redirectURIs: ['https://a.example/;b'] }, { scopes: ['openid;profile'] }, { requiredScopes: [''] }])(
  'cannot send %o',
  (settings) => {
    expect(codec.unsendable(settings)).toBeDefined();
  },
);

describe('an application in an answer', () => {
  const answer = (changes: object) => ({ RequestId: '1', Application: { ...documentedApplication, ...changes } });
  const read = (changes: object) => codec.applicationAnswer.safeParse(answer(changes)).data;

  it('is read as documented', () => {
    expect(codec.applicationAnswer.parse(documentedAnswers.GetApplication)).toEqual({
      id: '4724570903440410001',
      clientID: '4724570903440410001',
      createTime: Date.parse('2020-10-23T08:06:57Z'),
      name: 'myapp',
      type: 'Web',
      protocolVersion: '2.0',
      displayName: 'myapp',
      accessTokenValiditySeconds: 3_600,
      refreshTokenValiditySeconds: 7_776_000,
      redirectURIs: ['https://www.example.com/cb'],
      scopes: ['openid'],
      requiredScopes: ['openid'],
      multiTenant: false,
      secretRequired: true,
    });
  });

  it.each([undefined, null, {}, { RedirectUri: [] }, { RedirectUri: null }])(
    'has no redirect URIs by %o',
    (RedirectUris) => {
      expect(read({ RedirectUris })?.redirectURIs).toEqual([]);
    },
  );

  it.each([undefined, {}, { PredefinedScopes: {} }])('has no scopes by %o', (DelegatedScope) => {
    expect(read({ DelegatedScope })).toMatchObject({ scopes: [], requiredScopes: [] });
  });

  it('may have numbers and flags as text', () => {
    expect(read({ AccessTokenValidity: '900', IsMultiTenant: 'true' })).toMatchObject({
      accessTokenValiditySeconds: 900,
      multiTenant: true,
    });
  });

  it('has a client secret unless it is Native, and refresh tokens unless it is a Server', () => {
    expect(read({ AppType: 'NativeApp', SecretRequired: undefined })?.secretRequired).toBe(false);
    expect(read({ AppType: 'WebApp', SecretRequired: undefined })?.secretRequired).toBe(true);
    expect(read({ AppType: 'ServerApp' })).toMatchObject({
      secretRequired: true,
      refreshTokenValiditySeconds: undefined,
    });
  });

  it.each([
    { AppId: Number('4724570903440410001') },
    { AppId: '' },
    { AppId: '47/../1' },
    { AppName: '' },
    { AppType: 'TelepathicApp' },
    { ProtocolVersion: '3.0' },
    { AccessTokenValidity: 1e20 },
    { AccessTokenValidity: '9'.repeat(30) },
    { IsMultiTenant: 'perhaps' },
    { CreateDate: 'yesterday' },
    { RedirectUris: ['https://a.example'] },
    { RedirectUris: { RedirectUri: 'https://a.example' } },
    { DelegatedScope: { PredefinedScopes: { PredefinedScope: ['openid'] } } },
  ])('is not believed with %o', (changes) => {
    expect(read(changes)).toBeUndefined();
  });

  it.each([undefined, null, '', [], {}, { RequestId: '1' }, { Application: documentedApplication }])(
    'is not in %o',
    (body) => {
      expect(codec.applicationAnswer.safeParse(body).success).toBe(false);
    },
  );

  it('is not in a refusal that comes with status 200', () => {
    expect(codec.applicationAnswer.safeParse({ ...answer({}), Code: 'InternalError' }).success).toBe(false);
    expect(codec.doneAnswer.safeParse({ RequestId: '1', Code: 'InternalError' }).success).toBe(false);
    expect(codec.doneAnswer.safeParse({}).success).toBe(false);
    expect(codec.doneAnswer.safeParse({ RequestId: '1' }).success).toBe(true);
  });
});

describe('ListApplications', () => {
  const read = (applications: unknown) =>
    codec.applicationsAnswer.safeParse({ RequestId: '1', Applications: applications }).data;

  it('is read as documented', () => {
    const [listed] = codec.applicationsAnswer.parse(documentedAnswers.ListApplications);
    expect(listed).toMatchObject({ name: 'myapp', application: { type: 'Web' } });
  });

  it('knows of one that is not understood that it is there, and reads the others', () => {
    const Application = [{ ...documentedApplication, AppName: 'odd', AppType: 'TelepathicApp' }, documentedApplication];
    expect(read({ Application })).toMatchObject([
      { name: 'odd', application: undefined },
      { application: { name: 'myapp' } },
    ]);
  });

  it('may be empty', () => {
    for (const empty of [undefined, {}, { Application: [] }]) expect(read(empty)).toEqual([]);
  });

  it('is not believed where one has no name, or an ID that lost its last digits', () => {
    expect(read({ Application: [{ AppId: '1' }] })).toBeUndefined();
    expect(read({ Application: [{ ...documentedApplication, AppId: Number('4724570903440410001') }] })).toBeUndefined();
  });
});

describe('client secrets', () => {
  it('are read as documented', () => {
    const issued = codec.issuedAnswer.parse(documentedAnswers.CreateAppSecret);
    expect(issued).toMatchObject({ of: '4724570903440410001', id: documentedSecret.AppSecretId });
    expect(issued.value?.reveal()).toBe(documentedSecret.AppSecretValue);
    expect(inspect(issued)).not.toContain(documentedSecret.AppSecretValue);
    expect(codec.clientSecretsAnswer.parse(documentedAnswers.ListAppSecretIds)).toEqual([
      { of: '4724570903440410001', id: documentedSecret.AppSecretId, createTime: Date.parse('2020-10-23T08:06:57Z') },
    ]);
  });

  it.each([undefined, null, '', '****', 'a8Xk****************************************************************', 7])(
    'have no value by %o',
    (AppSecretValue) => {
      const answer = { RequestId: '1', AppSecret: { ...documentedSecret, AppSecretValue } };
      expect(codec.issuedAnswer.parse(answer).value).toBeUndefined();
    },
  );

  it('are none by an empty list', () => {
    for (const AppSecrets of [undefined, {}, { AppSecret: [] }])
      expect(codec.clientSecretsAnswer.parse({ RequestId: '1', AppSecrets })).toEqual([]);
  });
});
