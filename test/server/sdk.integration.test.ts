/**
 * The official SDK's own client, with no code of ours on its side, works with a server over a store.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import IMS, * as ims from '@alicloud/ims20190815';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import STS from '@alicloud/sts20150401';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { StoreRegistry } from '../../src/registry/store/store.ts';
import { openServer, type ServerOptions } from '../../src/server/server.ts';
import { opened } from '../registry/store/fixtures.ts';
import { accessKey } from './requests.ts';

let store: StoreRegistry;
let config: Record<string, string>;
let client: IMS.default;

beforeEach(async () => {
  ({ store, config, client } = await running());
});

async function running(options: Partial<ServerOptions> = {}) {
  const registry = await opened();
  const log = { error: (fields: object) => expect.fail(JSON.stringify(fields)) };
  const clock = Date.now;
  const server = await openServer({ registry, accessKeys: [accessKey], clock, newID: randomUUID, log, ...options });
  const { port, close } = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(close);
  const secrets = { accessKeyId: accessKey.id, accessKeySecret: accessKey.secret.reveal() };
  const to = { ...secrets, endpoint: `127.0.0.1:${port}`, protocol: 'http' };
  return { store: registry, config: to, client: clientOf(to) };
}

function clientOf(to: Record<string, string>): IMS.default {
  return new IMS.default(new $OpenApiUtil.Config(to));
}

const unusual = {
  appName: 'a.b_c-1',
  appType: 'WebApp',
  displayName: "é 中文 +&=%~!'()*/?#",
  redirectUris: 'https://a.example/cb?x=1&y=2;http://localhost:8080/x',
  predefinedScopes: 'openid;/acs/ccc',
};

async function create(changes = {}): Promise<string> {
  const { body } = await client.createApplication(new ims.CreateApplicationRequest({ ...unusual, ...changes }));
  return body?.application?.appId ?? expect.fail('there is no application in the answer');
}

test('an application is created, read, listed, updated and deleted', async () => {
  const appId = await create();
  const expected = { appId, appName: unusual.appName, displayName: unusual.displayName, secretRequired: true };
  const { body: got } = await client.getApplication(new ims.GetApplicationRequest({ appId }));
  expect(got?.application).toMatchObject({
    ...expected,
    accountId: (await store.account()).accountID,
    redirectUris: { redirectUri: unusual.redirectUris.split(';') },
    delegatedScope: {
      predefinedScopes: { predefinedScope: [{ name: 'openid', required: true }, { name: '/acs/ccc' }] },
    },
  });
  expect((await client.listApplications()).body?.applications?.application).toMatchObject([expected]);

  const changes = { appId, newDisplayName: 'New', newRedirectUris: '', newIsMultiTenant: true };
  const { body: updated } = await client.updateApplication(new ims.UpdateApplicationRequest(changes));
  expect(updated?.application).toMatchObject({
    displayName: 'New',
    redirectUris: { redirectUri: [] },
    isMultiTenant: true,
  });
  expect(await store.get(appId)).toMatchObject({ displayName: 'New', redirectURIs: [], multiTenant: true });

  await client.deleteApplication(new ims.DeleteApplicationRequest({ appId }));
  expect((await client.listApplications()).body?.applications?.application).toEqual([]);
});

test('a client secret is rotated: a second one is made, and the first deleted', async () => {
  const appId = await create();
  const issue = async () => (await client.createAppSecret(new ims.CreateAppSecretRequest({ appId }))).body?.appSecret;
  const listed = async () =>
    (await client.listAppSecretIds(new ims.ListAppSecretIdsRequest({ appId }))).body?.appSecrets?.appSecret;
  const first = await issue();
  const second = await issue();
  expect((await listed())?.map(({ appSecretId }) => appSecretId)).toEqual([first?.appSecretId, second?.appSecretId]);
  await expect(issue()).rejects.toMatchObject({ code: 'LimitExceeded.Application.AppSecret', statusCode: 409 });
  await client.deleteAppSecret(new ims.DeleteAppSecretRequest({ appId, appSecretId: first?.appSecretId }));
  expect(await listed()).toMatchObject([{ appId, appSecretId: second?.appSecretId }]);
  const again = new ims.GetAppSecretRequest({ appId, appSecretId: second?.appSecretId });
  expect((await client.getAppSecret(again)).body?.appSecret).toEqual(second);
  expect((await store.readClientSecret(appId, second?.appSecretId ?? ''))?.value.reveal()).toBe(second?.appSecretValue);
});

test('predefined scopes are listed', async () => {
  const { body } = await client.listPredefinedScopes(new ims.ListPredefinedScopesRequest({ appType: 'ServerApp' }));
  expect(body?.predefinedScopes?.predefinedScope?.map(({ name }) => name)).toContain('/acs/scim');
});

test('STS says whose account it is', async () => {
  const { accountID } = await store.account();
  const { body } = await new STS.default(new $OpenApiUtil.Config(config)).getCallerIdentity();
  expect(body).toMatchObject({ accountId: accountID, identityType: 'Account', arn: `acs:ram::${accountID}:root` });
});

describe('errors arrive as the SDK knows them', () => {
  test('a client error with its code and request ID', async () => {
    const call = client.getApplication(new ims.GetApplicationRequest({ appId: '1' }));
    await expect(call).rejects.toMatchObject({
      name: 'ClientError',
      code: 'EntityNotExist.Application',
      statusCode: 404,
      requestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
      description: 'undefined',
    });
  });

  test('a wrong secret', async () => {
    const call = clientOf({ ...config, accessKeySecret: 'other' }).listApplications();
    await expect(call).rejects.toMatchObject({ code: 'SignatureDoesNotMatch', statusCode: 400 });
  });

  test('a token of STS that the key was not lent with', async () => {
    const call = clientOf({ ...config, securityToken: 'token' }).listApplications();
    await expect(call).rejects.toMatchObject({ code: 'InvalidSecurityToken.MismatchWithAccessKey' });
  });

  test('throttling, and when to come again', async () => {
    const slow = await running({ behaviour: { callsPerSecond: 0.5 } });
    await slow.client.listApplications();
    await expect(slow.client.listApplications()).rejects.toMatchObject({
      name: 'ThrottlingError',
      code: 'Throttling.User',
      retryAfter: expect.toSatisfy((wait: number) => wait > 0 && wait <= 2_000),
    });
  });
});
