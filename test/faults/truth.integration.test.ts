/**
 * Whatever happens to a resource, its status never says what is not so: at every revision by itself, as kstatus reads it, and
 * against the registry and the Secret for as long as it is what people see. At rest nothing is written.
 *
 * @module
 */

import { beforeAll, expect, test } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { count } from '../support/calls.ts';
import type { LogLine } from '../support/controller-process.ts';
import { withoutRules } from '../support/definition.ts';
import { eventually } from '../support/eventually.ts';
import { type History, lies, recordHistory } from '../support/history.ts';
import { type Installation, install } from '../support/installation.ts';
import { type Entry, journaled } from '../support/journaled-store.ts';
import { condition, manifest, newTenant, type Tenant, values } from '../support/tenant.ts';
import { judge } from '../support/truth.ts';

/** Milliseconds for all of a life on a machine that is busy with other tests. */
const patience = 240_000;
const within = 60_000;

let installation: Installation;
let history: History;
let team: Tenant;

/** What the test wrote into the store itself; the rest is in the controller's output. */
const written: Entry[] = [];
const outside: number[] = [];

/** Does what the controller cannot know of before it looks. */
async function fromOutside(work: () => Promise<unknown>): Promise<void> {
  outside.push(Date.now());
  await work();
}

beforeAll(async () => {
  const preload = new URL('../support/journal.ts', import.meta.url).href;
  const options = { preload, auditLog: 'RequestResponse', controllerManager: false } as const;
  installation = await install({ resyncInterval: '10s' }, options);
  history = await recordHistory(installation.cluster);
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

/** What the store held when, oldest first. */
function journal(): readonly Entry[] {
  const isEntry = (line: LogLine): line is LogLine & Entry => line.msg === 'journal';
  return [...written, ...installation.log().filter(isEntry)].toSorted((a, b) => a.at - b.at);
}

/** Of all revisions until now; that a resource went must be among them. */
async function isTrue(gone: string): Promise<void> {
  const last = () => history.applications.findLast(({ object }) => object.metadata.name === gone);
  await eventually(() => last()?.type === 'DELETED');
  await history.caughtUp();
  expect(lies(history)).toEqual([]);
  const audit = await installation.cluster.auditEvents(() => true);
  const verdict = judge({ ...history, audit, journal: journal(), outside });
  expect(verdict.lies).toEqual([]);
  expect(verdict.claims).toBeGreaterThan(8);
}

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
  await fromOutside(() => team.patch('secrets', 'other', { data: { client_secret: 'eA==' } }));
  await eventually(async () => (await team.secret('other'))?.data?.['client_secret'] !== 'eA==', within);
  await isTrulyReady('shop');
  await edit('shop', { suspend: true, displayName: 'Later' });
  await team.until('shop', (object) => condition(object, 'Suspended') !== undefined, within);
  await edit('shop', { suspend: false });
  expect(await isTrulyReady('shop')).toBe(clientID);

  await installation.stop();
  await installation.withStore((store) =>
    fromOutside(() => journaled(store, (entry) => written.push(entry)).update(clientID, { displayName: 'Drifted' })),
  );
  await installation.start();
  await installation.passes(new Set([`${team.namespace}/shop`]), within);
  expect(await isTrulyReady('shop')).toBe(clientID);

  const invalid = { displayName: '<Shop>' };
  await withoutRules(installation.cluster, manifest('probe', invalid), () => edit('shop', invalid));
  await team.reason('shop', 'InvalidSpec');
  await edit('shop', { displayName: 'Shop' });
  await isTrulyReady('shop');
  await edit('shop', { deletionPolicy: 'Orphan' });
  await isTrulyReady('shop');
  await team.delete('oauthapplications', 'shop');
  await team.gone('oauthapplications', 'shop');
  await isTrue('shop');
});

test('while its registry is going', { timeout: patience }, async () => {
  const { cluster } = installation;
  const metadata = { name: 'leaving' };
  const spec = { type: 'Store', store: {} };
  await cluster.apply(JSON.stringify({ apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata, spec }));
  await team.apply('guest', { registryRef: metadata });
  const clientID = await isTrulyReady('guest');
  await cluster.kubectl('delete', 'oreg', 'leaving', '--wait=false');
  await edit('guest', { displayName: 'Guest' });
  expect(await isTrulyReady('guest')).toBe(clientID);
  await team.delete('oauthapplications', 'guest');
  await team.gone('oauthapplications', 'guest');
  await cluster.kubectl('wait', '--for=delete', 'oreg/leaving', '--timeout=60s');
  await isTrue('guest');
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
