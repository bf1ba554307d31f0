/**
 * Two clusters, each with a control plane and a controller of its own, that share one account in the cloud: with prefixes of
 * their own they do not meet; with one prefix the second sees that the first was there.
 *
 * @module
 */

import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRegistryStatus } from '../../src/api/parse.ts';
import { Sensitive } from '../../src/core/sensitive.ts';
import { ownCRDs } from '../controlplane/crds.ts';
import { type Account, accessKeyVariables, openAccount } from '../support/account.ts';
import { type OwnCluster, ownCluster } from '../support/cluster.ts';
import { startController } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { type Tenant, tenantOf, values } from '../support/tenant.ts';

/** A cluster with two OAuthRegistries of the account, and a namespace that there is in every cluster. */
interface Site {
  readonly cluster: OwnCluster;
  readonly team: Tenant;
}

const namespace = 'team-a';
const shared = { registryRef: { name: 'shared' } };

let account: Account;
let first: Site;
let second: Site;

beforeAll(async () => {
  const clusters = await Promise.all([1, 2].map(() => ownCluster({ crds: ownCRDs(), controllerManager: false })));
  const [one, two] = clusters.map((cluster) => ({ cluster, team: tenantOf(cluster, namespace) }));
  first = one ?? expect.fail('there is no cluster');
  second = two ?? expect.fail('there is one cluster alone');
  account = await openAccount(dirname(first.cluster.access.kubeconfig), 'account');
  await Promise.all([settle(first, 'one'), settle(second, 'two')]);
});

async function settle({ cluster }: Site, prefix: string): Promise<void> {
  await cluster.kubectl('create', 'namespace', namespace);
  await configure(cluster, 'default', prefix);
  await configure(cluster, 'shared', 'shared');
  const { kubeconfig } = cluster.access;
  const { stop } = await startController({ kubeconfig, env: accessKeyVariables });
  afterAll(stop);
}

function configure(cluster: OwnCluster, name: string, applicationNamePrefix: string): Promise<string> {
  const alibabaCloud = { site: 'International', endpoint: account.endpoint, credentials: { environment: {} } };
  const rateLimit = { callsPerSecond: 100, burst: 100 };
  const spec = { type: 'AlibabaCloud', applicationNamePrefix, resyncInterval: '10s', rateLimit, alibabaCloud };
  const manifest = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata: { name }, spec };
  return cluster.apply(JSON.stringify(manifest));
}

async function unclaimed({ cluster }: Site, name: string) {
  const { body } = await cluster.request<{ status?: unknown }>(
    'GET',
    `/apis/ramify.dev/v1alpha1/oauthregistries/${name}`,
  );
  return parseRegistryStatus(body.status).unclaimed;
}

/** Until each of the four OAuthRegistries has listed the account twice: drift and what nobody claims would be seen. */
async function accountIsCompared(): Promise<void> {
  const before = account.lists();
  await eventually(() => account.lists() >= before + 8);
}

const names = async () => (await account.store.list()).map(({ name }) => name).toSorted();

async function isAccepted({ team }: Site, name: string): Promise<boolean> {
  const secret = (await team.secret(name)) ?? expect.fail(`there is no Secret ${name}`);
  const { client_id: id = '', client_secret: value = '' } = values(secret);
  return account.store.accepts(id, new Sensitive(value));
}

describe('with prefixes of their own', () => {
  test('the same manifest is two applications, and neither cluster touches or misses the other’s', async () => {
    await Promise.all([first, second].map(({ team }) => team.applyReady('shop')));
    await first.team.applyReady('shop', { displayName: 'Renamed' });
    expect(await names()).toEqual(['one_team-a.shop', 'two_team-a.shop']);
    const objects = () => Promise.all([first, second].map(({ team }) => team.application('shop')));
    const before = await objects();
    account.asked();
    await accountIsCompared();
    expect(account.asked()).toEqual([]);
    expect(await objects()).toEqual(before);
    for (const site of [first, second]) {
      expect(await isAccepted(site, 'shop')).toBe(true);
      expect(await unclaimed(site, 'default')).toEqual({ count: 0, names: [] });
    }
  });

  test('a deletion in one leaves the other’s application', async () => {
    await first.team.delete('oauthapplications', 'shop');
    await first.team.gone('oauthapplications', 'shop');
    expect(await names()).toEqual(['two_team-a.shop']);
    expect(await isAccepted(second, 'shop')).toBe(true);
  });
});

describe('with one prefix', () => {
  test('AT23: the second is told NameConflict, and nothing of the first is touched', async () => {
    await first.team.applyReady('till', shared);
    const before = [await first.team.application('till'), await first.team.secret('till')];
    account.asked();
    await second.team.apply('till', { ...shared, displayName: 'Mine' });
    const { status, metadata } = await second.team.reason('till', 'NameConflict');
    await accountIsCompared();
    expect(status.clientID).toBeUndefined();
    expect(metadata.finalizers).toBeUndefined();
    expect(await second.team.secret('till')).toBeUndefined();
    expect(account.asked()).toEqual([]);
    expect([await first.team.application('till'), await first.team.secret('till')]).toEqual(before);
    expect(await isAccepted(first, 'till')).toBe(true);
  });

  test('AT23: a deletion in the second leaves the first’s application, whatever was forged', async () => {
    const { applicationID, accountID } = (await first.team.application('till'))?.status ?? {};
    const forged = { registry: 'shared', accountID, applicationName: 'other_team-a.till', provenance: 'Created' };
    const annotations = { 'ramify.dev/binding': JSON.stringify(forged) };
    await second.team.patch('oauthapplications', 'till', { metadata: { annotations } });
    await second.team.delete('oauthapplications', 'till');
    await second.team.gone('oauthapplications', 'till');
    expect((await account.store.list()).map(({ id }) => id)).toContain(applicationID);
    expect(await isAccepted(first, 'till')).toBe(true);
  });

  test('what only the other cluster has is reported as unclaimed, and stays', async () => {
    await eventually(async () => (await unclaimed(second, 'shared'))?.names.join() === 'shared_team-a.till');
    expect(await unclaimed(first, 'shared')).toEqual({ count: 0, names: [] });
    expect(await isAccepted(first, 'till')).toBe(true);
  });

  test('the second takes over once the first has let the name go', async () => {
    await second.team.apply('till', shared);
    await second.team.reason('till', 'NameConflict');
    await first.team.delete('oauthapplications', 'till');
    await first.team.gone('oauthapplications', 'till');
    await second.team.reason('till', 'Succeeded', 60_000);
    expect(await isAccepted(second, 'till')).toBe(true);
    expect(await names()).toEqual(['shared_team-a.till', 'two_team-a.shop']);
  });
});
