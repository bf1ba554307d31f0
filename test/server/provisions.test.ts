/**
 * The actions on provisioning: requests and answers as the API's documentation shows them.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { memoryRegistry } from '../support/memory-registry.ts';
import { now } from './requests.ts';
import { myapp, withApplication } from './served.ts';

const scoped = { ...myapp, PredefinedScopes: 'profile;aliuid' };
const openid = {
  Name: 'openid',
  Description: 'Obtain the OpenID of the user. This is the default permission that you cannot remove.',
};

describe('an application', () => {
  test('is provisioned, shown, listed and deprovisioned', async () => {
    const { ask, id } = await withApplication();
    const info = {
      AccountId: '1000000000000001',
      TenantId: '1000000000000001',
      AppId: id,
      AppName: 'myapp',
      AppPrincipalName: 'myapp@app.1000000000000001.onaliyun.com',
      DisplayName: 'myapp',
      CreateDate: '1795332097000',
      UpdateDate: '1795332097000',
      DelegatedScope: { PredefinedScopes: { PredefinedScope: [openid] } },
    };
    const one = { status: 200, body: { ApplicationProvisionInfo: info } };
    expect(await ask('ProvisionApplication', { AppId: id, Scopes: 'openid' })).toMatchObject(one);
    expect(await ask('GetApplicationProvisionInfo', { AppId: id })).toMatchObject(one);
    const list = (infos: object[]) => ({ ApplicationProvisionInfos: { ApplicationProvisionInfo: infos } });
    expect((await ask('ListApplicationProvisionInfos')).body).toMatchObject(list([info]));
    expect((await ask('ListApplicationProvisionInfos', { SourceType: 'inner' })).body).toMatchObject(list([info]));
    expect((await ask('ListApplicationProvisionInfos', { SourceType: 'external' })).body).toMatchObject(list([]));

    expect((await ask('DeprovisionApplication', { AppId: id })).status).toBe(200);
    expect((await ask('ListApplicationProvisionInfos')).body).toMatchObject(list([]));
    const gone = { status: 404, body: { Code: 'EntityNotExist.ApplicationProvisionInfo' } };
    expect(await ask('GetApplicationProvisionInfo', { AppId: id })).toMatchObject(gone);
    expect(await ask('DeprovisionApplication', { AppId: id })).toMatchObject(gone);
  });

  test.each([
    [{}, ['openid', 'profile', 'aliuid']],
    [{ Scopes: 'aliuid' }, ['openid', 'aliuid']],
    [{ Scopes: 'aliuid;/acs/ccc' }, ['openid', 'aliuid']],
    [{ Scopes: '' }, ['openid']],
  ])('with %j has the scopes %j', async (given, names) => {
    const { ask, id } = await withApplication(scoped);
    const { body } = await ask('ProvisionApplication', { AppId: id, ...given });
    const { PredefinedScope } = body.ApplicationProvisionInfo.DelegatedScope.PredefinedScopes;
    expect(PredefinedScope.map(({ Name }) => Name)).toEqual(names);
  });

  test('that is provisioned again has the new scopes, and is as old as before', async () => {
    let time = now;
    const clock = () => time;
    const { ask, id } = await withApplication(scoped, { clock, registry: memoryRegistry() });
    await ask('ProvisionApplication', { AppId: id });
    time += 1_000;
    await ask('ProvisionApplication', { AppId: id, Scopes: 'aliuid' });
    const { body } = await ask('GetApplicationProvisionInfo', { AppId: id });
    expect(body.ApplicationProvisionInfo).toMatchObject({ CreateDate: String(now), UpdateDate: String(now + 1_000) });
  });

  test.each(['ProvisionApplication', 'DeprovisionApplication', 'GetApplicationProvisionInfo'])(
    'that is not there: %s',
    async (action) => {
      const { ask } = await withApplication();
      expect((await ask(action, { AppId: '1' })).body.Code).toBe('EntityNotExist.Application');
    },
  );
});

test('a source that is none is refused', async () => {
  const { ask } = await withApplication();
  const { body } = await ask('ListApplicationProvisionInfos', { SourceType: 'other' });
  expect(body.Code).toBe('InvalidParameter.SourceType.Format');
});
