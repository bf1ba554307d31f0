/**
 * Rotation as a team asks for it, with kubectl: in the registry store, and in an account behind Alibaba Cloud's SDK, where
 * values are given once.
 */

import { dirname } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import type { StoreRegistry } from '../../src/registry/store/store.ts';
import { accessKey } from '../server/requests.ts';
import { type Account, openAccount } from '../support/account.ts';
import { eventually } from '../support/eventually.ts';
import { type Installation, install } from '../support/installation.ts';
import { type ApplicationObject, newTenant, type Tenant, values } from '../support/tenant.ts';

let installation: Installation;
let team: Tenant;
let account: Account;

beforeAll(async () => {
  installation = await install({}, { controllerManager: false });
  team = await newTenant(installation.cluster);
  account = await openAccount(dirname(installation.cluster.access.kubeconfig), 'cloud', {
    behaviour: { secretsReadable: false },
  });
  const stringData = { accessKeyId: accessKey.id, accessKeySecret: accessKey.secret.reveal() };
  const key = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'access-key', namespace: 'default' }, stringData };
  await installation.cluster.apply(JSON.stringify(key));
  const credentials = { secretRef: { name: 'access-key' } };
  const alibabaCloud = { site: 'International', endpoint: account.endpoint, credentials };
  const spec = { type: 'AlibabaCloud', applicationNamePrefix: 'test', alibabaCloud };
  const metadata = { name: 'cloud' };
  await installation.cluster.apply(
    JSON.stringify({ apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata, spec }),
  );
});

async function served(name: string): Promise<string> {
  const secret = (await team.secret(name)) ?? expect.fail(`there is no Secret ${name}`);
  return values(secret)['client_secret'] ?? '';
}

const roles = ({ status }: ApplicationObject) => (status.clientSecrets ?? []).map(({ role }) => role).join();

const registries = [
  { registry: 'default', within: <T>(look: (store: StoreRegistry) => Promise<T>) => installation.withBackup(look) },
  { registry: 'cloud', within: <T>(look: (store: StoreRegistry) => Promise<T>) => look(account.store) },
];

describe.each(registries)('in the registry $registry', ({ registry, within }) => {
  const accepts = (clientID: string, value: string) => within((store) => store.accepts(clientID, new Sensitive(value)));

  test('a client secret is replaced on request, and the old one works until somebody ends the overlap', async () => {
    const name = `shop-${registry}`;
    const { status } = await team.applyReady(name, { registryRef: { name: registry }, rotation: { overlap: '1h' } });
    const { clientID = '' } = status;
    const first = await served(name);

    await team.kubectl('annotate', 'oapp', name, 'ramify.dev/rotate-requested-at=now');
    await team.kubectl(
      'wait',
      'oapp',
      name,
      // An index would be out of bounds for as long as there is no second one, and kubectl would give up.
      '--for=jsonpath={.status.clientSecrets[?(@.role=="Previous")].role}=Previous',
      '--timeout=60s',
    );
    const second = await served(name);
    expect(second).not.toBe(first);
    expect([await accepts(clientID, first), await accepts(clientID, second)]).toEqual([true, true]);

    await team.kubectl('annotate', 'oapp', name, 'ramify.dev/revoke-previous-requested-at=now');
    await team.until(name, (object) => roles(object) === 'Current');
    expect(await served(name)).toBe(second);
    expect([await accepts(clientID, first), await accepts(clientID, second)]).toEqual([false, true]);
    expect((await team.application(name))?.status).toMatchObject({
      lastHandledRotateAt: 'now',
      lastHandledRevokeAt: 'now',
    });
    await team.told(name, [
      'Normal Succeeded CreateApplication',
      'Normal Succeeded IssueClientSecret',
      'Normal Succeeded DeliverSecret',
    ]);
  });

  test('the next rotation is in the column', async () => {
    const name = `daily-${registry}`;
    await team.applyReady(name, { registryRef: { name: registry }, rotation: { interval: '24h' } });
    const table = await team.kubectl('get', 'oapp', name, '--output=wide', '--no-headers');
    expect(table).toMatch(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\s*$/);
  });
});

test('a value that is given once and lost is replaced, and the lost one works on', async () => {
  const name = 'careless';
  const { status } = await team.applyReady(name, { registryRef: { name: 'cloud' } });
  const first = await served(name);
  account.asked();
  await team.delete('secrets', name);
  // In its first minute a read need not show a value yet: nothing is issued in its place.
  await team.reason(name, 'SecretUnreadable');
  await eventually(async () => (await team.secret(name)) !== undefined, 90_000);
  await team.until(name, (object) => roles(object) === 'Current,Previous');
  expect(await served(name)).not.toBe(first);
  expect(await account.store.accepts(status.clientID ?? '', new Sensitive(first))).toBe(true);
  expect(account.asked().filter((action) => !action.startsWith('Get') && !action.startsWith('List'))).toEqual([
    'CreateAppSecret',
  ]);
});
