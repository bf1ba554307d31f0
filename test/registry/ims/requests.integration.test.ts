/** What goes over the wire, beside what the documentation asks for and what Alibaba's own client sends. */

import Ims, * as models from '@alicloud/ims20190815';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { describe, expect, it } from 'vitest';
import type { Registry } from '../../../src/registry/registry.ts';
import { rpcServer } from '../../support/rpc-server.ts';
import { application, operation } from '../applications.ts';
import { documentedApplication, documentedSecret } from './documented.ts';
import { documented, registryOver } from './surroundings.ts';

const id = documentedApplication.AppId;
const secretID = documentedSecret.AppSecretId;
const sent = application({ name: 'myapp', displayName: "é 中文 +&=%~!'()*/?#" });

interface Row {
  readonly call: (registry: Registry) => Promise<unknown>;
  readonly action: string;
  /** As the documentation names them. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly theirs: (sdk: Ims.default) => Promise<unknown>;
}

const rows: readonly Row[] = [
  {
    call: (registry) => registry.list(),
    action: 'ListApplications',
    parameters: {},
    theirs: (sdk) => sdk.listApplications(),
  },
  {
    call: (registry) => registry.get(id),
    action: 'GetApplication',
    parameters: { AppId: id },
    theirs: (sdk) => sdk.getApplication(new models.GetApplicationRequest({ appId: id })),
  },
  {
    call: (registry) => registry.create(sent, operation()),
    action: 'CreateApplication',
    parameters: {
      AppName: 'myapp',
      AppType: 'WebApp',
      ProtocolVersion: '2.0',
      DisplayName: sent.displayName,
      AccessTokenValidity: '3600',
      RefreshTokenValidity: '2592000',
      RedirectUris: 'https://shop.example/cb;https://www.shop.example/cb',
      PredefinedScopes: 'openid;profile',
      RequiredScopes: 'openid;profile',
      IsMultiTenant: 'false',
    },
    theirs: (sdk) =>
      sdk.createApplication(
        new models.CreateApplicationRequest({
          accessTokenValidity: 3600,
          appName: 'myapp',
          appType: 'WebApp',
          displayName: sent.displayName,
          isMultiTenant: false,
          predefinedScopes: 'openid;profile',
          protocolVersion: '2.0',
          redirectUris: 'https://shop.example/cb;https://www.shop.example/cb',
          refreshTokenValidity: 2592000,
          requiredScopes: 'openid;profile',
        }),
      ),
  },
  {
    call: (registry) =>
      registry.update(id, { displayName: 'New', redirectURIs: [], multiTenant: true }).catch(() => {}),
    action: 'UpdateApplication',
    parameters: { AppId: id, NewDisplayName: 'New', NewRedirectUris: '', NewIsMultiTenant: 'true' },
    theirs: (sdk) =>
      sdk.updateApplication(
        new models.UpdateApplicationRequest({
          appId: id,
          newDisplayName: 'New',
          newRedirectUris: '',
          newIsMultiTenant: true,
        }),
      ),
  },
  {
    call: (registry) => registry.delete(id),
    action: 'DeleteApplication',
    parameters: { AppId: id },
    theirs: (sdk) => sdk.deleteApplication(new models.DeleteApplicationRequest({ appId: id })),
  },
  {
    call: (registry) => registry.clientSecrets(id),
    action: 'ListAppSecretIds',
    parameters: { AppId: id },
    theirs: (sdk) => sdk.listAppSecretIds(new models.ListAppSecretIdsRequest({ appId: id })),
  },
  {
    call: (registry) => registry.readClientSecret(id, secretID),
    action: 'GetAppSecret',
    parameters: { AppId: id, AppSecretId: secretID },
    theirs: (sdk) => sdk.getAppSecret(new models.GetAppSecretRequest({ appId: id, appSecretId: secretID })),
  },
  {
    call: (registry) => registry.issueClientSecret(id, operation()),
    action: 'CreateAppSecret',
    parameters: { AppId: id },
    theirs: (sdk) => sdk.createAppSecret(new models.CreateAppSecretRequest({ appId: id })),
  },
  {
    call: (registry) => registry.deleteClientSecret(id, secretID),
    action: 'DeleteAppSecret',
    parameters: { AppId: id, AppSecretId: secretID },
    theirs: (sdk) => sdk.deleteAppSecret(new models.DeleteAppSecretRequest({ appId: id, appSecretId: secretID })),
  },
];

describe('a request', () => {
  it.each(rows)('for $action is the documented one, and the one that Alibaba’s client sends', async (row) => {
    const { server, registry } = await registryOver();
    await row.call(registry);
    const ours = server.received.find(({ action }) => action === row.action);
    expect(ours?.parameters).toEqual(row.parameters);

    const other = await rpcServer(documented);
    await row.theirs(client(other.host));
    const [theirs] = other.received;
    const { host: _ours, ...headers } = told(ours?.headers);
    const { host: _theirs, ...expected } = told(theirs?.headers);
    expect(headers).toEqual(expected);
    expect(ours).toMatchObject({ method: theirs?.method, body: theirs?.body });
    expect(sorted(ours?.url)).toEqual(sorted(theirs?.url));
  });

  it('is signed, names its version and who asks, and shows no secret', async () => {
    const { server, registry } = await registryOver();
    await registry.list();
    const { headers } = server.received.at(-1) ?? {};
    expect(headers).toMatchObject({
      'x-acs-version': '2019-08-15',
      'x-acs-credentials-provider': 'static_ak',
      'user-agent': expect.stringMatching(/ ramify\/test$/) as string,
      authorization: expect.stringMatching(
        /^ACS3-HMAC-SHA256 Credential=LTAIexample,SignedHeaders=host;x-acs-.*,Signature=[0-9a-f]{64}$/,
      ) as string,
    });
    expect(JSON.stringify(server.received)).not.toContain('secretexample');
  });

  it('is sent with the token of a session', async () => {
    const env = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'STS.example',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secretexample',
      ALIBABA_CLOUD_SECURITY_TOKEN: 'tokenexample',
    };
    const { server, registry } = await registryOver(undefined, { env });
    await registry.list();
    expect(server.received.at(-1)?.headers).toMatchObject({
      'x-acs-accesskey-id': 'STS.example',
      'x-acs-security-token': 'tokenexample',
      'x-acs-credentials-provider': 'static_sts',
    });
  });
});

function client(host: string): Ims.default {
  const keys = { accessKeyId: 'LTAIexample', accessKeySecret: 'secretexample' };
  return new Ims.default(
    new $OpenApiUtil.Config({ ...keys, endpoint: host, protocol: 'http', userAgent: 'ramify/test' }),
  );
}

/** What is the same in two requests for the same thing. */
function told(headers: Readonly<Record<string, unknown>> = {}) {
  const { 'x-acs-date': _date, 'x-acs-signature-nonce': _nonce, authorization: _signature, ...rest } = headers;
  return rest;
}

/** The order of parameters means nothing: the signature sorts them. */
function sorted(url = ''): readonly string[] {
  return url.split(/[?&]/).toSorted();
}
