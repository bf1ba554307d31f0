/**
 * Whatever happens to a resource, its status never says what is not so: at every revision by itself and as kstatus reads it,
 * and at every rest against the registry and the Secret. At rest nothing is written.
 *
 * @module
 */

import { beforeAll, expect, test } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { count } from '../support/calls.ts';
import { eventually } from '../support/eventually.ts';
import { type History, lies, recordHistory } from '../support/history.ts';
import { type Installation, install } from '../support/installation.ts';
import { condition, newTenant, type Tenant, values } from '../support/tenant.ts';

/** Milliseconds for all of a life on a machine that is busy with other tests. */
const patience = 240_000;
const within = 60_000;

let installation: Installation;
let history: History;
let team: Tenant;

beforeAll(async () => {
  installation = await install({ resyncInterval: '10s' });
  history = recordHistory(installation.cluster);
  team = await newTenant(installation.cluster);
});

/** Waits until it is Ready; the registry must then hold what the spec says, and accept what the Secret serves. */
async function isTrulyReady(name: string): Promise<string> {
  const { spec, status } = await team.reason(name, 'Succeeded', within);
  const secret = await team.secret(status.secretRef?.name ?? name);
  const { client_id: clientID = '', client_secret: value = '' } = secret ? values(secret) : {};
  await installation.withBackup(async (store) => {
    expect(await store.get(status.applicationID ?? '')).toMatchObject({ displayName: spec['displayName'], clientID });
    expect(await store.accepts(clientID, new Sensitive(value))).toBe(true);
  });
  return clientID;
}

const edit = (name: string, spec: object) => team.patch('oauthapplications', name, { spec });

test('through a life of edits, losses, outside changes and suspension', { timeout: patience }, async () => {
  await team.apply('shop', { registryRef: { name: 'nowhere' } });
  await team.reason('shop', 'RegistryNotFound', within);
  await team.delete('oauthapplications', 'shop');
  await team.gone('oauthapplications', 'shop');
  await team.apply('shop');
  const clientID = await isTrulyReady('shop');
  for (const change of [
    { displayName: 'Store' },
    { scopes: ['openid', 'profile'] },
    { redirectURIs: ['https://a.example.com/'] },
    { accessTokenValiditySeconds: 900 },
    { secret: { name: 'other' } },
  ]) {
    await edit('shop', change);
    await isTrulyReady('shop');
  }
  await team.patch('secrets', 'other', { data: { client_secret: 'eA==' } });
  await eventually(async () => (await team.secret('other'))?.data?.['client_secret'] !== 'eA==', within);
  await isTrulyReady('shop');
  await edit('shop', { suspend: true, displayName: 'Later' });
  await team.until('shop', (object) => condition(object, 'Suspended') !== undefined, within);
  await edit('shop', { suspend: false });
  expect(await isTrulyReady('shop')).toBe(clientID);

  await installation.stop();
  await installation.withStore((store) => store.update(clientID, { displayName: 'Drifted' }));
  await installation.start();
  await installation.passes(new Set([`${team.namespace}/shop`]), within);
  expect(await isTrulyReady('shop')).toBe(clientID);
  await edit('shop', { deletionPolicy: 'Orphan' });
  await isTrulyReady('shop');
  await team.delete('oauthapplications', 'shop');
  await team.gone('oauthapplications', 'shop');

  await history.caughtUp();
  expect(history.applications.length).toBeGreaterThan(10);
  expect(lies(history)).toEqual([]);
});

test('and at rest nothing is written over three resyncs', { timeout: patience }, async () => {
  await team.apply('calm');
  await isTrulyReady('calm');
  const resync = () => installation.passes(new Set([`${team.namespace}/calm`]), within);
  await resync();
  const counting = await count(installation.cluster);
  for (let round = 0; round < 3; round += 1) await resync();
  const { writes } = await counting.calls();
  expect(writes.filter((call) => !call.includes('oauthregistries'))).toEqual([]);
});
