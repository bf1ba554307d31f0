/**
 * OAuthRegistries on a real API server: rules that come and go, namespaces that are labelled, a registry in use.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import { parseRegistryStatus } from '../../src/api/parse.ts';
import { registered } from '../support/builders.ts';
import { eventually } from '../support/eventually.ts';
import { type Installation, install, issuerURL } from '../support/installation.ts';
import { condition, newTenant, type Tenant } from '../support/tenant.ts';

let installation: Installation;
let team: Tenant;
let other: Tenant;

const prefix = { applicationNamePrefix: 'test' };
const gold = { matchLabels: { tier: 'gold' } };

beforeAll(async () => {
  installation = await install(prefix);
  team = await newTenant(installation.cluster);
  other = await newTenant(installation.cluster);
});

function configure(spec: object, name = 'default'): Promise<string> {
  const manifest = {
    apiVersion: 'ramify.dev/v1alpha1',
    kind: 'OAuthRegistry',
    metadata: { name },
    spec: { type: 'Store', store: { issuerURL }, ...prefix, ...spec },
  };
  return installation.cluster.apply(JSON.stringify(manifest));
}

async function registry(name = 'default') {
  const path = `/apis/ramify.dev/v1alpha1/oauthregistries/${name}`;
  const { status, body } = await installation.cluster.request<{ status?: unknown }>('GET', path);
  return status === 404 ? undefined : parseRegistryStatus(body.status);
}

function label(tenant: Tenant, tier: string): Promise<string> {
  return tenant.kubectl('label', 'namespace', tenant.namespace, `tier=${tier}`, '--overwrite');
}

/** Passes over the resource since the log had so many lines. */
function passesOver(tenant: Tenant, name: string, since: number): number {
  const lines = installation.log().slice(since);
  return lines.filter(({ msg, application }) => msg === 'reconciled' && application === `${tenant.namespace}/${name}`)
    .length;
}

/** Whatever was woken before a resource came is passed over before that is Ready. */
async function allWokenArePassed(name: string): Promise<void> {
  await other.applyReady(name);
}

describe('rules', () => {
  test('grant an explicit name as soon as they are there, and take it away without touching anything', async () => {
    await team.apply('storefront', { applicationName: 'storefront' });
    const refused = await team.reason('storefront', 'PolicyViolation');
    expect(refused.metadata.finalizers).toBeUndefined();
    expect(refused.status).not.toHaveProperty('applicationID');
    await configure({ rules: [{ applicationNames: ['store*'] }] });
    const { status } = await team.reason('storefront', 'Succeeded');
    expect(status).toMatchObject({ applicationName: 'storefront', provenance: 'Created' });
    const secret = await team.secret('storefront');

    await configure({ rules: [] });
    const lost = await team.reason('storefront', 'PolicyViolation');
    expect(lost.status).toMatchObject({ clientID: status.clientID });
    expect(await team.secret('storefront')).toEqual(secret);
  });

  test('let a second resource wait for the name until the first is gone', async () => {
    await configure({ rules: [{ applicationNames: ['*'] }] });
    const first = await team.applyReady('first', { applicationName: 'shared' });
    await other.apply('second', { applicationName: 'SHARED' });
    const waiting = await other.reason('second', 'NameConflict');
    expect(condition(waiting, 'Registered')?.message).toContain('held by one of another namespace');
    await team.delete('oauthapplications', 'first');
    const second = await other.reason('second', 'Succeeded');
    expect(second.status.clientID).not.toBe(first.status.clientID);
  });

  test('allow a namespace so many applications; the next has its turn when one goes', async () => {
    const small = await newTenant(installation.cluster);
    await label(small, 'small');
    await configure({ rules: [{ namespaceSelector: { matchLabels: { tier: 'small' } }, maxApplications: 1 }] });
    await small.applyReady('one');
    await small.apply('two');
    const refused = await small.reason('two', 'PolicyViolation');
    expect(condition(refused, 'Accepted')?.message).toContain('1 applications');
    await small.delete('oauthapplications', 'one');
    await small.reason('two', 'Succeeded');
  });

  test('wake those that they concern, and no others', async () => {
    await configure({});
    await label(team, 'gold');
    await team.applyReady('concerned');
    await other.applyReady('bystander');
    await allWokenArePassed('before');
    const since = installation.log().length;
    await configure({ rules: [{ namespaceSelector: gold, multiTenant: true }] });
    await eventually(() => passesOver(team, 'concerned', since) > 0);
    await allWokenArePassed('after-rules');
    expect(passesOver(other, 'bystander', since)).toBe(0);
    expect(passesOver(team, 'concerned', since)).toBe(1);
  });
});

describe('the labels of a namespace', () => {
  test('grant and take away, and wake its resources alone', async () => {
    await configure({ rules: [{ namespaceSelector: gold, multiTenant: true }] });
    await label(team, 'lead');
    await team.apply('labelled', { multiTenant: true });
    await team.reason('labelled', 'PolicyViolation');
    await allWokenArePassed('before-labels');
    const since = installation.log().length;
    await label(team, 'gold');
    await team.reason('labelled', 'Succeeded');
    await allWokenArePassed('after-labels');
    expect(passesOver(other, 'bystander', since)).toBe(0);
    await label(team, 'lead');
    await team.reason('labelled', 'PolicyViolation');
  });

  test('keep a namespace out that the registry is not for', async () => {
    await configure({ namespaceSelector: gold }, 'golden');
    await other.apply('outsider', { registryRef: { name: 'golden' } });
    const refused = await other.reason('outsider', 'NamespaceNotAllowed');
    expect(refused.metadata.finalizers).toBeUndefined();
    await label(other, 'gold');
    await other.reason('outsider', 'Succeeded');
  });
});

describe('a registry', () => {
  test('in use is not deleted, serves what is bound in it, and goes with the last', async () => {
    await configure({}, 'leaving');
    const registryRef = { name: 'leaving' };
    await team.applyReady('bound', { registryRef });
    await installation.cluster.kubectl('delete', 'oreg', 'leaving', '--wait=false');
    const said = async () => (await registry('leaving'))?.conditions?.[0];
    await eventually(async () => (await said())?.reason === 'DeletionBlocked');
    expect((await said())?.message).toContain(`${team.namespace}/bound`);

    await team.apply('late', { registryRef });
    await team.until('late', (object) => condition(object, 'Registered')?.reason === 'RegistryNotReady');
    expect((await team.application('late'))?.metadata.finalizers).toBeUndefined();
    await team.applyReady('bound', { registryRef, displayName: 'Renamed' });

    await team.delete('oauthapplications', 'bound');
    await team.gone('oauthapplications', 'bound');
    await eventually(async () => (await registry('leaving')) === undefined);
    await team.reason('late', 'RegistryNotFound');
  });

  test('that nobody uses goes at once', async () => {
    await configure({}, 'idle');
    await eventually(async () => (await registry('idle'))?.conditions?.[0]?.status === 'True');
    await installation.cluster.kubectl('delete', 'oreg', 'idle', '--timeout=60s');
  });

  test('counts the names that no resource claims, and deletes none', async () => {
    await installation.stop();
    const { id: _id, clientID: _clientID, createTime: _createTime, ...application } = registered();
    const stray = { ...application, name: 'test_nowhere.lost' };
    await installation.withStore((store) => store.create(stray, 'd5f0b1c4-7f3e-4a35-9a54-0a4ed1a3f7cf'));
    await installation.start();
    await eventually(async () => ((await registry())?.unclaimed?.count ?? 0) > 0);
    expect((await registry())?.unclaimed).toEqual({ count: 1, names: [stray.name] });
    await installation.stop();
    expect(await installation.withStore((store) => store.find(stray.name))).toBeDefined();
  });
});
