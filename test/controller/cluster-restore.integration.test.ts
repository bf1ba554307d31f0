/**
 * A cluster that is gone, and what a backup brings back of it in another: resources and Secrets without status, owners and
 * UIDs, in either order. The same clients, the same client secrets.
 *
 * @module
 */

import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { ownCRDs } from '../controlplane/crds.ts';
import { type Account, accessKeyVariables, openAccount } from '../support/account.ts';
import { type OwnCluster, ownCluster } from '../support/cluster.ts';
import { startController } from '../support/controller-process.ts';
import { type Tenant, tenantOf, values } from '../support/tenant.ts';

const namespace = 'team-a';

/** Of each the registry gives values again, or never. */
const sites = ['readable', 'withheld'] as const;
const orders = ['secrets first', 'resources first'] as const;
const policies = ['Delete', 'Orphan'] as const;
const cases = sites.flatMap((site) => orders.flatMap((order) => policies.map((policy) => ({ site, order, policy }))));
type Case = (typeof cases)[number];

const nameOf = ({ site, order, policy }: Case) => `${site}-${order.replace(' ', '-')}-${policy}`.toLowerCase();

interface Objects {
  readonly items: readonly { readonly metadata: Readonly<Record<string, unknown>>; readonly status?: unknown }[];
}

let accounts: Readonly<Record<(typeof sites)[number], Account>>;
let cluster: OwnCluster;
let team: Tenant;
const backups = new Map<string, { readonly resource: string; readonly secret: string }>();
const before = new Map<string, Readonly<Record<string, string>>>();

beforeAll(async () => {
  const [lost, fresh] = await Promise.all(
    [1, 2].map((n) => ownCluster({ crds: ownCRDs(), controllerManager: n === 2 })),
  );
  cluster = fresh ?? expect.fail('there is no cluster');
  const folder = dirname(cluster.access.kubeconfig);
  accounts = {
    readable: await openAccount(folder, 'readable'),
    withheld: await openAccount(folder, 'withheld', { behaviour: { secretsReadable: false } }),
  };
  await live(lost ?? expect.fail('there is no cluster'));
  team = await prepared(cluster);
  await controllerOf(cluster);
});

/** The life of the first cluster: everything is Ready, and backed up. */
async function live(first: OwnCluster): Promise<void> {
  const tenant = await prepared(first);
  const { stop } = await controllerOf(first);
  for (const each of cases) {
    const name = nameOf(each);
    await tenant.applyReady(name, { registryRef: { name: each.site }, deletionPolicy: each.policy });
    before.set(name, await served(tenant, name));
    const resource = await exported(first, 'oauthapplication', name);
    backups.set(name, { resource, secret: await exported(first, 'secret', name) });
  }
  await stop();
}

/** A cluster with the namespace and the OAuthRegistries, and no controller. */
async function prepared(one: OwnCluster): Promise<Tenant> {
  await one.kubectl('create', 'namespace', namespace);
  for (const name of sites) {
    const { endpoint } = accounts[name];
    const alibabaCloud = { site: 'International', endpoint, credentials: { environment: {} } };
    const rateLimit = { callsPerSecond: 100, burst: 100 };
    const spec = { type: 'AlibabaCloud', applicationNamePrefix: 'lost', rateLimit, alibabaCloud };
    const manifest = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata: { name }, spec };
    await one.apply(JSON.stringify(manifest));
  }
  return tenantOf(one, namespace);
}

async function controllerOf({ access: { kubeconfig } }: OwnCluster) {
  const controller = await startController({ kubeconfig, env: accessKeyVariables });
  afterAll(controller.stop);
  return controller;
}

const served = async (tenant: Tenant, name: string) =>
  values((await tenant.secret(name)) ?? expect.fail(`there is no Secret ${name}`));

/** As backup tools keep an object: what the API server made up, owners and status are not in it. */
async function exported(one: OwnCluster, kind: string, name: string): Promise<string> {
  const text = await one.kubectl('get', kind, name, '--namespace', namespace, '--output', 'json');
  const { metadata, status: _status, ...object } = JSON.parse(text) as Objects['items'][number];
  const { name: itself, labels, annotations, finalizers } = metadata;
  return JSON.stringify({ ...object, metadata: { name: itself, namespace, labels, annotations, finalizers } });
}

/** A resource that comes first is looked at before its Secret comes. */
async function restore(name: string, objects: readonly string[]): Promise<void> {
  for (const object of objects) {
    await cluster.apply(object, '--server-side', '--force-conflicts');
    if (object.includes('"OAuthApplication"')) await team.until(name, ({ status }) => status.conditions !== undefined);
  }
}

describe('in a new cluster', () => {
  beforeAll(async () => {
    for (const { asked } of Object.values(accounts)) asked();
  });

  test.each(cases)('$site, $order, $policy: the same client with the same client secret', async (each) => {
    const name = nameOf(each);
    const { resource, secret } = backups.get(name) ?? expect.fail('there is no backup');
    await restore(name, each.order === 'secrets first' ? [secret, resource] : [resource, secret]);
    const { metadata, status } = await team.reason(name, 'Succeeded');
    expect(status.provenance).toBe('Created');
    expect(await served(team, name)).toEqual(before.get(name));
    const { ownerReferences } = (await team.secret(name))?.metadata ?? {};
    expect(ownerReferences?.map(({ uid }) => uid)).toEqual(each.policy === 'Delete' ? [metadata.uid] : undefined);
  });

  test('nothing was created, issued or deleted for it, and every client secret is accepted', async () => {
    for (const site of sites) {
      expect(accounts[site].asked().filter((action) => !/^(Get|List)/.test(action))).toEqual([]);
      expect(await accounts[site].store.list()).toHaveLength(orders.length * policies.length);
    }
    for (const each of cases) {
      const { client_id: id = '', client_secret: value = '' } = await served(team, nameOf(each));
      expect(await accounts[each.site].store.accepts(id, new Sensitive(value))).toBe(true);
    }
  });
});
