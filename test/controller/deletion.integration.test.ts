/**
 * How a resource goes, and what stays: each policy and each way of deleting, suspended or not, with the garbage collector
 * at work; last of all the CustomResourceDefinition itself.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { ownCRDs } from '../controlplane/crds.ts';
import { eventually } from '../support/eventually.ts';
import { type Installation, install } from '../support/installation.ts';
import { bytes, condition, newTenant, type SecretObject, type Tenant, values } from '../support/tenant.ts';

let installation: Installation;
let team: Tenant;
/** Client IDs of applications that must be there in the end, and of those that must not. */
const kept = new Map<string, string>();
const gone = new Map<string, string>();

beforeAll(async () => {
  installation = await install();
  team = await newTenant(installation.cluster);
});

/** A namespace that is being deleted: it takes its time. */
let going = '';

async function secretOf(name: string, tenant = team): Promise<SecretObject> {
  const secret = await tenant.secret(name);
  if (secret === undefined) throw new Error(`there is no Secret ${name}`);
  return secret;
}

/** The Secret of a resource that is Ready. */
async function given(name: string, spec: Readonly<Record<string, unknown>> = {}, tenant = team): Promise<SecretObject> {
  await tenant.applyReady(name, spec);
  return secretOf(name, tenant);
}

const clientID = (secret: SecretObject) => values(secret)['client_id'] ?? '';
const clientSecret = (secret: SecretObject) => values(secret)['client_secret'] ?? '';

/** Proof that the garbage collector was at work after what happened before: it has taken a Secret of ours. */
async function collected(): Promise<void> {
  const name = `witness-${gone.size}`;
  const secret = await given(name);
  await team.delete('oauthapplications', name);
  await team.gone('secrets', name);
  gone.set(name, clientID(secret));
}

/** The same where there are no OAuthApplications any more. */
async function collectedWithoutUs(): Promise<void> {
  const { request } = installation.cluster;
  const path = `/api/v1/namespaces/${team.namespace}`;
  const owner = await request<SecretObject>('POST', `${path}/configmaps`, { metadata: { name: 'owner' } });
  const { uid } = owner.body.metadata;
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
  await request('POST', `${path}/secrets`, { metadata: { name: 'owned', ownerReferences } });
  await request('DELETE', `${path}/configmaps/owner`);
  await team.gone('secrets', 'owned');
}

describe('deletion', () => {
  test('with Delete takes the application and the Secret', async () => {
    const secret = await given('delete');
    await team.kubectl('delete', 'oapp', 'delete', '--timeout=60s');
    await team.gone('secrets', 'delete');
    gone.set('delete', clientID(secret));
  });

  test('with Orphan leaves both, byte for byte', async () => {
    const secret = await given('orphan', { deletionPolicy: 'Orphan' });
    expect(secret.metadata.ownerReferences).toBeUndefined();
    await team.kubectl('delete', 'oapp', 'orphan', '--timeout=60s');
    await collected();
    expect(await secretOf('orphan')).toEqual(secret);
    kept.set(clientID(secret), clientSecret(secret));
  });

  test.each(['foreground', 'background', 'orphan'])('AT56: with --cascade=%s takes both', async (cascade) => {
    const names = [1, 2, 3, 4, 5, 6].map((n) => `cascade-${cascade}-${n}`);
    const secrets = await Promise.all(names.map((name) => given(name)));
    await team.kubectl('delete', 'oapp', ...names, `--cascade=${cascade}`, '--timeout=60s');
    for (const secret of secrets) {
      await team.gone('secrets', secret.metadata.name);
      gone.set(secret.metadata.name, clientID(secret));
    }
  });

  test('with Orphan and --cascade=foreground leaves both', async () => {
    const secret = await given('foreground-orphan', { deletionPolicy: 'Orphan' });
    await team.kubectl('delete', 'oapp', 'foreground-orphan', '--cascade=foreground', '--timeout=60s');
    await collected();
    expect(bytes(await secretOf('foreground-orphan'))).toEqual(bytes(secret));
    kept.set(clientID(secret), clientSecret(secret));
  });

  test('AT55: takes both while the finalizer of another still holds the resource, and writes nothing more', async () => {
    const secret = await given('held');
    await team.patch('oauthapplications', 'held', {
      metadata: { finalizers: ['ramify.dev/application', 'example.com/mine'] },
    });
    await team.delete('oauthapplications', 'held');
    const left = await team.until('held', ({ metadata }) => metadata.finalizers?.join() === 'example.com/mine');
    await team.gone('secrets', 'held');
    await team.kubectl('annotate', 'oapp', 'held', 'ramify.dev/reconcile-requested-at=now');
    await collected();
    expect(await team.secret('held')).toBeUndefined();
    expect((await team.application('held'))?.status).toEqual(left.status);
    await team.patch('oauthapplications', 'held', { metadata: { finalizers: null } });
    await team.gone('oauthapplications', 'held');
    gone.set('held', clientID(secret));
  });

  test('of the namespace takes all', async () => {
    const tenant = await newTenant(installation.cluster);
    const secrets = [await given('a', {}, tenant), await given('b', { type: 'Native' }, tenant)];
    await installation.cluster.kubectl('delete', 'namespace', tenant.namespace, '--wait=false');
    going = tenant.namespace;
    for (const secret of secrets) {
      await tenant.gone('oauthapplications', secret.metadata.name);
      await tenant.gone('secrets', secret.metadata.name);
      gone.set(`${tenant.namespace} ${secret.metadata.name}`, clientID(secret));
    }
  });

  test('and creation again under the name is another application', async () => {
    const before = await given('again');
    await team.kubectl('delete', 'oapp', 'again', '--timeout=60s');
    await team.applyReady('again');
    const after = await eventually(async () => {
      const secret = await secretOf('again');
      return clientID(secret) !== clientID(before) && secret;
    });
    gone.set('again', clientID(before));
    kept.set(clientID(after), clientSecret(after));
  });
});

describe('a registry that is gone', () => {
  const registry = (name: string) =>
    JSON.stringify({
      apiVersion: 'ramify.dev/v1alpha1',
      kind: 'OAuthRegistry',
      metadata: { name },
      spec: { type: 'Store', applicationNamePrefix: name },
    });

  /** Deletes a registry by force, since it is in use, and waits until the controller knows. */
  async function remove(name: string): Promise<void> {
    const { kubectl } = installation.cluster;
    const changes = () => installation.log().filter((line) => line['registry'] === name && line['changed'] === true);
    const noticed = async (...args: string[]) => {
      const before = changes().length;
      await kubectl(...args);
      await eventually(() => changes().length > before);
    };
    await noticed('delete', 'oreg', name, '--wait=false');
    await noticed('patch', 'oreg', name, '--type=merge', '--patch={"metadata":{"finalizers":null}}');
  }

  test('blocks a deletion, which names the way out: Orphan, also while being deleted', async () => {
    await installation.cluster.apply(registry('lost'));
    const secret = await given('blocked', { registryRef: { name: 'lost' } });
    await remove('lost');
    await team.delete('oauthapplications', 'blocked');
    const blocked = await team.reason('blocked', 'DeletionBlocked');
    expect(condition(blocked, 'Ready')?.message).toMatch(/no OAuthRegistry lost.*spec\.deletionPolicy to Orphan/);
    expect(await secretOf('blocked')).toEqual(secret);
    await team.kubectl('patch', 'oapp', 'blocked', '--type=merge', '--patch={"spec":{"deletionPolicy":"Orphan"}}');
    await team.gone('oauthapplications', 'blocked');
    await collected();
    const left = await secretOf('blocked');
    expect(bytes(left)).toEqual(bytes(secret));
    expect(left.metadata.ownerReferences).toBeUndefined();
    kept.set(clientID(secret), clientSecret(secret));
  });

  test('that comes back lets the deletion go on', async () => {
    await installation.cluster.apply(registry('back'));
    const secret = await given('returned', { registryRef: { name: 'back' } });
    await remove('back');
    await team.delete('oauthapplications', 'returned');
    await team.reason('returned', 'DeletionBlocked');
    await installation.cluster.apply(registry('back'));
    await team.gone('oauthapplications', 'returned');
    gone.set('returned', clientID(secret));
  });
});

describe('a suspended resource', () => {
  test('is left alone until it is resumed', async () => {
    const secret = await given('suspended', { suspend: false });
    await team.patch('oauthapplications', 'suspended', { spec: { suspend: true } });
    await team.until('suspended', (object) => condition(object, 'Suspended')?.status === 'True');
    await team.delete('secrets', 'suspended');
    await team.patch('oauthapplications', 'suspended', { spec: { displayName: 'Meanwhile' } });
    await collected();
    expect(await team.secret('suspended')).toBeUndefined();
    const resting = await team.application('suspended');
    expect(resting?.status.observedGeneration).toBe(1);
    expect(resting && condition(resting, 'Ready')).toMatchObject({ status: 'True', observedGeneration: 1 });
    await team.patch('oauthapplications', 'suspended', { spec: { suspend: false } });
    const resumed = await team.reason('suspended', 'Succeeded');
    expect(condition(resumed, 'Suspended')).toBeUndefined();
    expect((await secretOf('suspended')).data).toEqual(secret.data);
    kept.set(clientID(secret), clientSecret(secret));
  });

  test('from the start has nothing made for it', async () => {
    await team.apply('never', { suspend: true });
    const resting = await team.until('never', (object) => condition(object, 'Suspended')?.status === 'True');
    expect(resting.status).not.toHaveProperty('applicationID');
    expect(resting.status.observedGeneration).toBe(-1);
    expect(resting.metadata.finalizers).toBeUndefined();
    await team.kubectl('delete', 'oapp', 'never', '--timeout=60s');
  });

  test('is deleted all the same', async () => {
    const secret = await given('asleep');
    await team.patch('oauthapplications', 'asleep', { spec: { suspend: true } });
    await team.kubectl('delete', 'oapp', 'asleep', '--timeout=60s');
    await team.gone('secrets', 'asleep');
    gone.set('asleep', clientID(secret));
  });

  test('whose policy became Orphan meanwhile leaves its Secret, even without our label', async () => {
    const secret = await given('changed');
    await team.patch('oauthapplications', 'changed', { spec: { suspend: true, deletionPolicy: 'Orphan' } });
    await team.until('changed', (object) => condition(object, 'Suspended')?.status === 'True');
    await team.patch('secrets', 'changed', { metadata: { labels: null } });
    await team.kubectl('delete', 'oapp', 'changed', '--timeout=60s');
    await collected();
    const left = await secretOf('changed');
    expect(left.data).toEqual(secret.data);
    expect(left.metadata.ownerReferences).toBeUndefined();
    kept.set(clientID(secret), clientSecret(secret));
  });
});

test.each(['ramify.dev/reconcile-requested-at', 'reconcile.fluxcd.io/requestedAt'])(
  '%s asks for a pass',
  async (name) => {
    const resource = name.replace(/[^a-z]+/g, '-').replace(/-+$/, '');
    const secret = await given(resource);
    await team.kubectl('annotate', 'oapp', resource, `${name}=2026-11-22T10:00:00Z`);
    await team.until(resource, ({ status }) => status.lastHandledReconcileAt === '2026-11-22T10:00:00Z');
    kept.set(clientID(secret), clientSecret(secret));
  },
);

describe('in the end', () => {
  test('the namespace is gone', async () => {
    await installation.cluster.kubectl('wait', '--for=delete', `namespace/${going}`, '--timeout=60s');
  });

  test('deletion of the CustomResourceDefinition leaves every Secret and application', async () => {
    const names = ['crd-a', 'crd-b', 'crd-c'];
    const secrets = await Promise.all(names.map((name) => given(name)));
    const { kubectl } = installation.cluster;
    await kubectl('delete', 'crd', 'oauthapplications.ramify.dev', '--timeout=60s');
    await expect(kubectl('get', 'oauthapplications')).rejects.toThrow(/could not find|doesn't have/);
    await collectedWithoutUs();
    for (const secret of secrets) {
      const left = await secretOf(secret.metadata.name);
      expect(bytes(left)).toEqual(bytes(secret));
      expect(left.metadata.ownerReferences).toBeUndefined();
      kept.set(clientID(secret), clientSecret(secret));
    }
  });

  test('and when it is installed again the loop goes on; what was left is taken by nobody', async () => {
    await installation.cluster.kubectl('apply', ...ownCRDs().flatMap((crd) => ['--filename', crd]));
    await installation.cluster.kubectl('wait', '--for=condition=Established', 'crd/oauthapplications.ramify.dev');
    const left = await secretOf('crd-a');
    await eventually(() => team.apply('crd-a').then(() => true));
    await team.reason('crd-a', 'NameConflict');
    expect(await secretOf('crd-a')).toEqual(left);
    const fresh = await given('fresh');
    kept.set(clientID(fresh), clientSecret(fresh));
  });

  test('what was deleted is gone from the registry, and what was left there still works', async () => {
    expect(await installation.stop()).toBe(0);
    await installation.withStore(async (store) => {
      expect((await store.list()).map((application) => application.clientID).toSorted()).toEqual(
        [...kept.keys()].toSorted(),
      );
      for (const [id, value] of kept) expect(await store.accepts(id, new Sensitive(value))).toBe(true);
    });
    expect([...gone.values()].filter((id) => kept.has(id))).toEqual([]);
    expect(gone.size).toBeGreaterThan(8);
  });
});
