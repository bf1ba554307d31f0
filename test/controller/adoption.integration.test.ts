/**
 * What the console made, taken over: the controller's process on a real API server, with a store, and with accounts in the
 * cloud that give client secrets again or do not.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import type { Application, IssuedClientSecret, RegisteredApplication } from '../../src/core/state.ts';
import { openStore } from '../../src/registry/store/open.ts';
import type { StoreRegistry } from '../../src/registry/store/store.ts';
import { ownCRDs } from '../controlplane/crds.ts';
import { type Account, accessKeyVariables, openAccount } from '../support/account.ts';
import { stranger } from '../support/builders.ts';
import { type OwnCluster, ownCluster } from '../support/cluster.ts';
import { startController } from '../support/controller-process.ts';
import { condition, newTenant, type Tenant, values } from '../support/tenant.ts';

interface Made extends RegisteredApplication {
  readonly clientSecrets: readonly IssuedClientSecret[];
}

const asInManifest = { displayName: 'Shop', redirectURIs: ['https://shop.example.com/callback'] };
const rules = [{ applicationNames: ['adopted-*'], adoption: true }, { applicationNames: ['granted'] }];

let cluster: OwnCluster;
let team: Tenant;
let readable: Account;
let sealed: Account;
/** Applications of the store, which was closed before the controller opened it. */
let inStore: Readonly<Record<'derived' | 'granted', Made>>;

beforeAll(async () => {
  cluster = await ownCluster({ crds: ownCRDs() });
  team = await newTenant(cluster);
  const folder = dirname(cluster.access.kubeconfig);
  readable = await openAccount(folder, 'readable');
  sealed = await openAccount(folder, 'sealed', { behaviour: { secretsReadable: false } });
  const store = join(folder, 'store.db');
  inStore = await madeYesterday(store);
  const { stop } = await startController({ kubeconfig: cluster.access.kubeconfig, store, env: accessKeyVariables });
  afterAll(stop);
  await configure('default', { type: 'Store' });
  await configure('readable', inCloud(readable));
  await configure('sealed', inCloud(sealed));
});

async function madeYesterday(path: string): Promise<typeof inStore> {
  const clock = () => Date.now() - 86_400_000;
  const store = await openStore({ path, keyFile: `${path}.key`, clock, random: randomBytes });
  const derived = await inConsole(store, { name: `${team.namespace}.derived` });
  const granted = await inConsole(store, { name: 'granted' });
  await store.close();
  return { derived, granted };
}

/** What a person does in the console: an application as the manifests have it, but for `changes`. */
async function inConsole(store: StoreRegistry, changes: Partial<Application>, clientSecrets = 1): Promise<Made> {
  const made = await store.create({ ...stranger, ...asInManifest, ...changes }, `console ${changes.name}`);
  const issued: IssuedClientSecret[] = [];
  for (let number = 0; number < clientSecrets; number++)
    issued.push(await store.issueClientSecret(made.id, `console ${changes.name} ${number}`));
  return { ...made, clientSecrets: issued };
}

function inCloud({ endpoint }: Account): object {
  const alibabaCloud = { site: 'International', endpoint, credentials: { environment: {} } };
  return { type: 'AlibabaCloud', applicationNamePrefix: 'test', alibabaCloud };
}

function configure(name: string, spec: object): Promise<string> {
  const manifest = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata: { name } };
  return cluster.apply(JSON.stringify({ ...manifest, spec: { resyncInterval: '10s', rules, ...spec } }));
}

async function served(name: string): Promise<Readonly<Record<string, string>>> {
  return values((await team.secret(name)) ?? expect.fail(`there is no Secret ${name}`));
}

const adopting = { adoptionPolicy: 'AdoptOnly' };

describe('with a store', () => {
  test('an application under the derived name: first looked at, then kept as written, and left behind', async () => {
    const { id, clientID, clientSecrets } = inStore.derived;
    const spec = { ...adopting, displayName: 'Derived', scopes: ['openid', 'profile'] };
    await team.apply('derived', { ...spec, driftPolicy: 'Report' });
    const { status } = await team.reason('derived', 'DriftDetected');
    expect(status).toMatchObject({ applicationID: id, clientID, provenance: 'Adopted' });
    expect(status.drift).toEqual([
      { field: 'displayName', desired: '"Derived"', observed: '"Shop"' },
      { field: 'scopes', desired: '["openid","profile"]', observed: '["openid"]' },
    ]);
    expect(await served('derived')).toMatchObject({ client_secret: clientSecrets[0]?.value.reveal() });

    await team.applyReady('derived', spec);
    const told = 'Normal Succeeded UpdateApplication';
    await team.told('derived', ['Normal Succeeded DeliverSecret', 'Warning DriftDetected Reconcile', told]);
    await team.delete('oauthapplications', 'derived');
    await team.gone('oauthapplications', 'derived');
    const left = await team.secret('derived');
    expect(left && values(left)).toMatchObject({ client_id: clientID });
    expect(left?.metadata.ownerReferences ?? []).toEqual([]);

    const again = await team.applyReady('derived', spec);
    expect(again.status, 'the same, with the Secret of its earlier life').toMatchObject({
      clientID,
      provenance: 'Adopted',
    });
    expect(again.status.clientSecrets).toMatchObject([{ id: clientSecrets[0]?.id, provenance: 'Adopted' }]);
  });

  test('AT18, AT19, AT20: no status and no annotation adopts what no rule grants, or deletes it', async () => {
    const { id } = inStore.granted;
    const spec = { applicationName: 'granted', deletionPolicy: 'Delete' };
    await team.apply('thief', spec);
    await team.reason('thief', 'NameConflict');
    const path = `/apis/ramify.dev/v1alpha1/namespaces/${team.namespace}/oauthapplications/thief`;
    const binding = { registry: 'default', applicationName: 'granted', provenance: 'Adopted' };
    const { body: registry } = await cluster.request<{ status: { accountID: string } }>(
      'GET',
      '/apis/ramify.dev/v1alpha1/oauthregistries/default',
    );
    const annotations = { 'ramify.dev/binding': JSON.stringify({ ...binding, accountID: registry.status.accountID }) };
    await team.patch('oauthapplications', 'thief', {
      metadata: { annotations, finalizers: ['ramify.dev/application'] },
      spec: { displayName: 'Stolen' },
    });
    const status = { status: { applicationID: id, provenance: 'Created' } };
    await cluster.request('PATCH', `${path}/status`, status, 'application/merge-patch+json');
    await team.reason('thief', 'NameConflict');
    expect(await team.secret('thief')).toBeUndefined();
    await team.delete('oauthapplications', 'thief');
    await team.gone('oauthapplications', 'thief');
    await team.apply('witness', { applicationName: 'granted' });
    expect(condition(await team.reason('witness', 'NameConflict'), 'Registered')?.message).toContain(id);
  });
});

describe('in the cloud', () => {
  const on = (name: string) => ({ registryRef: { name } });

  test('the client secret is the one of two that the spec names, and the calls are those of a look', async () => {
    const { clientSecrets } = await inConsole(readable.store, { name: 'adopted-two' }, 2);
    const mounted = clientSecrets[0]?.value.reveal() ?? '';
    const metadata = { name: 'by-hand', namespace: team.namespace };
    await cluster.apply(
      JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { secret: mounted } }),
    );
    const adoptionSecretRef = { name: 'by-hand', key: 'secret' };
    await team.applyReady('two', { ...adopting, ...on('readable'), applicationName: 'adopted-two', adoptionSecretRef });
    expect(await served('two')).toMatchObject({ client_secret: mounted });
    expect(readable.asked().toSorted()).toEqual(['GetAppSecret', 'GetAppSecret', 'ListAppSecretIds']);
  });

  test('where no value is given again it is the value of a Secret, else a new one', async () => {
    const [named] = (await inConsole(sealed.store, { name: 'adopted-named' })).clientSecrets;
    const alone = await inConsole(sealed.store, { name: 'adopted-alone' });
    const full = await inConsole(sealed.store, { name: 'adopted-full' }, 2);
    const metadata = { name: 'mounted', namespace: team.namespace };
    const stringData = { secret: named?.value.reveal() };
    await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData }));
    const spec = (applicationName: string) => ({ ...adopting, ...on('sealed'), applicationName });

    const adoptionSecretRef = { name: 'mounted', key: 'secret' };
    const { status } = await team.applyReady('named', { ...spec('adopted-named'), adoptionSecretRef });
    expect(status.clientSecrets).toMatchObject([{ id: named?.id, provenance: 'Adopted' }]);
    expect(await served('named')).toMatchObject({ client_secret: named?.value.reveal() });

    await team.applyReady('alone', spec('adopted-alone'));
    const { client_secret: value = '' } = await served('alone');
    expect(await sealed.store.accepts(alone.clientID, new Sensitive(value))).toBe(true);
    expect(await sealed.store.clientSecrets(alone.id)).toHaveLength(2);

    await team.apply('full', spec('adopted-full'));
    const exhausted = await team.reason('full', 'SecretSlotsExhausted');
    for (const { id } of full.clientSecrets) expect(condition(exhausted, 'SecretReady')?.message).toContain(id);
    expect(await sealed.store.clientSecrets(full.id)).toHaveLength(2);
  });
});
