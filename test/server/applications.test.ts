/**
 * The actions on applications: requests and answers as the API's documentation shows them.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { myapp, requestID, scopesOf, served, withApplication } from './served.ts';

const anyRequestID = expect.stringMatching(requestID);

const openid = {
  Name: 'openid',
  Description: 'Obtain the OpenID of the user. This is the default permission that you cannot remove.',
  Required: true,
};

describe('CreateApplication', () => {
  test('answers as documented, every default filled in', async () => {
    const { ask } = await served();
    const parameters = { ...myapp, RedirectUris: 'https://www.example.com/cb' };
    expect(await ask('CreateApplication', parameters)).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json;charset=utf-8', 'x-acs-request-id': anyRequestID },
      body: {
        RequestId: anyRequestID,
        Application: {
          AppId: expect.stringMatching(/^\d{19}$/),
          AppName: 'myapp',
          AppType: 'WebApp',
          DisplayName: 'myapp',
          AccountId: '1000000000000001',
          AccessTokenValidity: 3600,
          RefreshTokenValidity: 7776000,
          SecretRequired: true,
          IsMultiTenant: false,
          ProtocolVersion: '2.0',
          CreateDate: '2026-11-22T07:21:37Z',
          UpdateDate: '2026-11-22T07:21:37Z',
          RedirectUris: { RedirectUri: ['https://www.example.com/cb'] },
          DelegatedScope: { PredefinedScopes: { PredefinedScope: [openid] } },
        },
      },
    });
  });

  test.each([
    ['WebApp', 7_776_000, true, false],
    ['NativeApp', 2_592_000, false, true],
    ['ServerApp', 2_592_000, true, true],
  ])('%s has defaults of its own', async (AppType, RefreshTokenValidity, SecretRequired, IsMultiTenant) => {
    const { created } = await withApplication({ ...myapp, AppType });
    expect(created).toMatchObject({ AppType, RefreshTokenValidity, SecretRequired, IsMultiTenant });
  });

  test('takes everything that may be said', async () => {
    const { created } = await withApplication({
      AppName: 'All_of-it.1',
      AppType: 'NativeApp',
      DisplayName: '中文 & more',
      AccessTokenValidity: '900',
      RefreshTokenValidity: '7200',
      PredefinedScopes: 'profile;/acs/mcp-server',
      RequiredScopes: 'profile;aliuid',
      RedirectUris: 'http://localhost:8080/cb?x=1;com.example.app:/cb',
      IsMultiTenant: 'False',
      ProtocolVersion: '2.1',
      SecretRequired: 'true',
    });
    expect(created).toMatchObject({
      AppName: 'All_of-it.1',
      DisplayName: '中文 & more',
      AccessTokenValidity: 900,
      RefreshTokenValidity: 7200,
      IsMultiTenant: false,
      ProtocolVersion: '2.1',
      SecretRequired: true,
      RedirectUris: { RedirectUri: ['http://localhost:8080/cb?x=1', 'com.example.app:/cb'] },
    });
    expect(scopesOf(created)).toEqual(['openid!', 'profile!', '/acs/mcp-server']);
  });

  test('ignores that a Web application asks for no client secret', async () => {
    expect((await withApplication({ ...myapp, SecretRequired: 'false' })).created.SecretRequired).toBe(true);
  });

  test.each([
    [{ AppType: undefined }, 'MissingAppType', 'AppType is mandatory for this action.'],
    [{ AppName: undefined }, 'MissingAppName', 'AppName is mandatory for this action.'],
    [{ DisplayName: undefined }, 'MissingDisplayName', 'DisplayName is mandatory for this action.'],
    [{ AppType: 'webapp' }, 'InvalidParameter.AppType.Format', expect.any(String)],
    [{ AppType: 'constructor' }, 'InvalidParameter.AppType.Format', expect.any(String)],
    [{ AppName: 'a b' }, 'InvalidParameter.AppName.InvalidChars', 'The parameter AppName contains invalid characters.'],
    [{ AppName: 'a'.repeat(65) }, 'InvalidParameter.AppName.Length', expect.any(String)],
    [{ AppName: '' }, 'InvalidParameter.AppName.Length', expect.any(String)],
    [{ DisplayName: 'x'.repeat(25) }, 'InvalidParameter.DisplayName.Length', expect.any(String)],
    [{ AccessTokenValidity: '899' }, 'InvalidParameter.AccessTokenValidity.Range', expect.any(String)],
    [{ AccessTokenValidity: '10801' }, 'InvalidParameter.AccessTokenValidity.Range', expect.any(String)],
    [{ AccessTokenValidity: '1e3' }, 'InvalidParameter.AccessTokenValidity.Format', expect.any(String)],
    [{ RefreshTokenValidity: '7199' }, 'InvalidParameter.RefreshTokenValidity.Range', expect.any(String)],
    [{ RefreshTokenValidity: '31536001' }, 'InvalidParameter.RefreshTokenValidity.Range', expect.any(String)],
    [{ IsMultiTenant: 'yes' }, 'InvalidParameter.IsMultiTenant.Format', expect.any(String)],
    [{ ProtocolVersion: '3.0' }, 'InvalidParameter.ProtocolVersion.Format', expect.any(String)],
    [
      { PredefinedScopes: '/acs/mcp-server' },
      'InvalidParameter',
      expect.stringContaining('needs protocol version 2.1'),
    ],
    [{ RedirectUris: 'https://a.example/ü' }, 'InvalidParameter', expect.stringContaining('redirect URIs')],
  ])('refuses %j', async (changes: object, code, message) => {
    const { ask } = await served();
    const { AppType, AppName, DisplayName, ...rest }: Record<string, string | undefined> = { ...myapp, ...changes };
    const given = Object.entries({ AppType, AppName, DisplayName, ...rest }).filter(([, value]) => value !== undefined);
    const { status, body } = await ask('CreateApplication', Object.fromEntries(given) as Record<string, string>);
    expect({ status, body }).toEqual({
      status: 400,
      body: { RequestId: anyRequestID, HostId: 'ims.example', Code: code, Message: message, Recommend: '' },
    });
    expect((await ask('ListApplications')).body.Applications.Application).toEqual([]);
  });

  test('lets 24 characters be a display name, whatever their bytes', async () => {
    const DisplayName = '𝒳'.repeat(24);
    expect((await withApplication({ ...myapp, DisplayName })).created.DisplayName).toBe(DisplayName);
  });

  test('finds a name taken, without case', async () => {
    const { ask } = await withApplication();
    const answer = await ask('CreateApplication', { ...myapp, AppName: 'MyApp' });
    expect(answer).toMatchObject({ status: 409, body: { Code: 'EntityAlreadyExists.Application' } });
  });
});

describe('GetApplication and ListApplications', () => {
  test('show what was created', async () => {
    const { ask, id, created } = await withApplication();
    expect((await ask('GetApplication', { AppId: id })).body).toEqual({
      RequestId: anyRequestID,
      Application: created,
    });
    const list = { RequestId: anyRequestID, Applications: { Application: [created] } };
    expect((await ask('ListApplications')).body).toEqual(list);
  });

  test('an account without applications has a list all the same', async () => {
    const { ask } = await served();
    expect((await ask('ListApplications')).body.Applications).toEqual({ Application: [] });
  });
});

describe('UpdateApplication', () => {
  const full = {
    ...myapp,
    PredefinedScopes: 'profile;aliuid',
    RequiredScopes: 'profile',
    RedirectUris: 'https://a.example/',
  };
  test('changes what is given, and nothing else', async () => {
    const { ask, id, created } = await withApplication(full);
    const { body } = await ask('UpdateApplication', {
      AppId: id,
      NewDisplayName: 'New',
      NewAccessTokenValidity: '10800',
    });
    expect(body.Application).toEqual({ ...created, DisplayName: 'New', AccessTokenValidity: 10_800 });
    expect((await ask('GetApplication', { AppId: id })).body.Application).toEqual(body.Application);
  });

  test('without anything new changes nothing', async () => {
    const { ask, id, created } = await withApplication(full);
    expect((await ask('UpdateApplication', { AppId: id })).body.Application).toEqual(created);
  });

  test.each([
    [{ NewPredefinedScopes: 'profile' }, ['openid!', 'profile']],
    [{ NewPredefinedScopes: 'aliuid', NewRequiredScopes: 'aliuid' }, ['openid!', 'aliuid!']],
    [{ NewRequiredScopes: 'aliuid' }, ['openid!', 'profile', 'aliuid!']],
    [{ NewRequiredScopes: '/acs/ccc' }, ['openid!', 'profile', 'aliuid']],
    [{ NewPredefinedScopes: '' }, ['openid!']],
  ])('of %j the scopes are %j', async (changes, scopes) => {
    const { ask, id } = await withApplication(full);
    const { body } = await ask('UpdateApplication', { AppId: id, ...changes });
    expect(scopesOf(body.Application)).toEqual(scopes);
  });

  test.each([
    ['clear', 200, []],
    ['ignore', 200, ['https://a.example/']],
    ['refuse', 400, ['https://a.example/']],
  ])('an empty NewRedirectUris can %s', async (emptyRedirectURIs, status, uris) => {
    const { ask, id } = await withApplication(full, { behaviour: { emptyRedirectURIs } });
    expect((await ask('UpdateApplication', { AppId: id, NewRedirectUris: '' })).status).toBe(status);
    expect((await ask('GetApplication', { AppId: id })).body.Application.RedirectUris).toEqual({ RedirectUri: uris });
  });

  test.each([
    ['NativeApp', true],
    ['WebApp', true],
  ])('%s with a client secret: %s', async (AppType, expected) => {
    const { ask, id } = await withApplication({ ...myapp, AppType });
    for (const NewSecretRequired of ['false', 'true']) await ask('UpdateApplication', { AppId: id, NewSecretRequired });
    expect((await ask('GetApplication', { AppId: id })).body.Application.SecretRequired).toBe(expected);
  });

  test('refuses what is out of range, and names the parameter', async () => {
    const { ask, id } = await withApplication();
    const { body } = await ask('UpdateApplication', { AppId: id, NewAccessTokenValidity: '1' });
    expect(body).toMatchObject({ Code: 'InvalidParameter.NewAccessTokenValidity.Range' });
  });
});

describe('DeleteApplication', () => {
  test('takes the client secrets along', async () => {
    const { ask, id } = await withApplication();
    await ask('CreateAppSecret', { AppId: id });
    expect(await ask('DeleteApplication', { AppId: id })).toMatchObject({
      status: 200,
      body: { RequestId: anyRequestID },
    });
    expect((await ask('ListApplications')).body.Applications.Application).toEqual([]);
  });

  test('can be such that nothing may be left of it', async () => {
    const { ask, id } = await withApplication(myapp, { behaviour: { deleteConflicts: true } });
    const code = async () => (await ask('DeleteApplication', { AppId: id })).body.Code;
    const { AppSecretId } = (await ask('CreateAppSecret', { AppId: id })).body.AppSecret;
    await ask('ProvisionApplication', { AppId: id });
    expect(await code()).toBe('DeleteConflict.Application.AppSecret');
    await ask('DeleteAppSecret', { AppId: id, AppSecretId });
    expect(await code()).toBe('DeleteConflict.Application.ProvisionInfo');
    await ask('DeprovisionApplication', { AppId: id });
    expect(await code()).toBeUndefined();
    expect((await ask('ListApplications')).body.Applications.Application).toEqual([]);
  });
});
