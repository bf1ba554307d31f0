/**
 * Accounts on both sites, as a team sees them: the controller's process, the SDK and a server with the IMS API's wire format
 * over a store for each account.
 *
 * @module
 */

import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseRegistryStatus } from '../../src/api/parse.ts';
import { Sensitive } from '../../src/core/sensitive.ts';
import { ownCRDs } from '../controlplane/crds.ts';
import { accessKey } from '../server/requests.ts';
import { type Account, accessKeyVariables, openAccount } from '../support/account.ts';
import { type OwnCluster, ownCluster } from '../support/cluster.ts';
import { startController } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { newTenant, type Tenant, values } from '../support/tenant.ts';

let cluster: OwnCluster;
let team: Tenant;
let china: Account;
let international: Account;
const secretName = 'access-key';

beforeAll(async () => {
  cluster = await ownCluster({ crds: ownCRDs(), controllerManager: false });
  team = await newTenant(cluster);
  china = await openAccount(dirname(cluster.access.kubeconfig), 'china');
  international = await openAccount(dirname(cluster.access.kubeconfig), 'international');
  const { stop } = await startController({ kubeconfig: cluster.access.kubeconfig, env: accessKeyVariables });
  afterAll(stop);
  await configure('international', international, { environment: {} });
});

function configure(name: 'china' | 'international', { endpoint }: Account, credentials: object): Promise<string> {
  const site = name === 'china' ? 'China' : 'International';
  const spec = { applicationNamePrefix: 'test', resyncInterval: '10s', alibabaCloud: { site, endpoint, credentials } };
  const manifest = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata: { name } };
  return cluster.apply(JSON.stringify({ ...manifest, spec: { type: 'AlibabaCloud', ...spec } }));
}

async function readiness(name: string) {
  const path = `/apis/ramify.dev/v1alpha1/oauthregistries/${name}`;
  const { body } = await cluster.request<{ status?: unknown }>('GET', path);
  return parseRegistryStatus(body.status).conditions?.[0];
}

async function putAccessKey(secret: string): Promise<void> {
  const keys = { accessKeyId: accessKey.id, accessKeySecret: secret };
  const metadata = { name: secretName, namespace: 'default' };
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: keys }));
}

const on = (name: string, spec: object = {}) => ({ registryRef: { name }, ...spec });

test('an application is created, updated and deleted with few calls, and its Secret is accepted', async () => {
  const { status } = await team.applyReady('shop', on('international'));
  expect(international.asked()).toEqual(['CreateApplication', 'CreateAppSecret']);
  const given = values((await team.secret('shop')) ?? expect.fail('there is no Secret'));
  expect(await international.store.accepts(status.clientID ?? '', new Sensitive(given['client_secret'] ?? ''))).toBe(
    true,
  );

  await team.applyReady('shop', on('international', { displayName: 'Edited' }));
  expect(international.asked()).toEqual(['GetApplication', 'UpdateApplication']);
  expect(await international.store.get(status.applicationID ?? '')).toMatchObject({ displayName: 'Edited' });

  await team.applyReady('shop', on('international', { displayName: 'Edited', scopes: ['openid', 'aliuid'] }));
  expect(international.asked(), 'and the Secret is written').toEqual(['GetApplication', 'UpdateApplication']);
  expect(values((await team.secret('shop')) ?? expect.fail('there is no Secret'))).toMatchObject({
    client_secret: given['client_secret'],
    scopes: 'aliuid openid',
  });

  await team.delete('oauthapplications', 'shop');
  await team.gone('oauthapplications', 'shop');
  expect(international.asked()).toEqual(['GetApplication', 'DeleteApplication']);
  expect(await international.store.list()).toEqual([]);
});

test('an access key that is not accepted is said, touches nothing, and may be replaced at any time', async () => {
  await configure('china', china, { secretRef: { name: secretName } });
  await eventually(async () => {
    const ready = await readiness('china');
    expect(ready).toMatchObject({
      status: 'False',
      message: expect.stringContaining(`no Secret ${secretName}`) as string,
    });
    return true;
  });
  await putAccessKey('wrong');
  await team.apply('portal', on('china'));
  await eventually(async () => {
    const ready = await readiness('china');
    expect(ready).toMatchObject({
      reason: 'PermissionDenied',
      message: expect.stringContaining('SignatureDoesNotMatch') as string,
    });
    return true;
  }, 30_000);
  await team.reason('portal', 'RegistryNotReady');
  expect(china.asked()).toEqual([]);

  await putAccessKey(accessKey.secret.reveal());
  await team.reason('portal', 'Succeeded', 60_000);
});

test('one namespace has applications on both sites, each with the endpoints of its own', async () => {
  await team.applyReady('here', on('china'));
  await team.applyReady('there', on('international'));
  const issuers = await Promise.all(
    ['here', 'there'].map(async (name) => values((await team.secret(name)) ?? expect.fail(name))),
  );
  expect(issuers).toMatchObject([
    { issuer: 'https://oauth.aliyun.com', authorization_endpoint: 'https://signin.aliyun.com/oauth2/v1/auth' },
    {
      issuer: 'https://oauth.alibabacloud.com',
      authorization_endpoint: 'https://signin.alibabacloud.com/oauth2/v1/auth',
    },
  ]);
});
