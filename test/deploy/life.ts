/**
 * All that a controller does for a team, in one go: so that each of its rights is used, and each guard passed.
 *
 * @module
 */

import { expect } from 'vitest';
import { ownCRDs } from '../controlplane/crds.ts';
import type { Cluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { SecretObject, Tenant } from '../support/tenant.ts';

const foreignKey = { data: { 'foreign.txt': 'a2VlcCBtZQ==' } };

/** A registry `default` whose rules grant the namespace the name `explicit`. */
export async function grantNames({ kubectl }: Cluster, namespace: string): Promise<void> {
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  const spec = { rules: [{ namespaceSelector, applicationNames: ['explicit'] }] };
  await kubectl('patch', 'oauthregistries', 'default', '--type=merge', '--patch', JSON.stringify({ spec }));
  await kubectl('wait', '--for=condition=Ready', 'oauthregistries', 'default', '--timeout=60s');
}

/** A registry of type AlibabaCloud asks for the Secret with its access key, by name: there is none. */
export async function askForAccessKey({ kubectl, apply }: Cluster): Promise<void> {
  const alibabaCloud = { site: 'China', credentials: { secretRef: { name: 'ramify-access-key' } } };
  const spec = { type: 'AlibabaCloud', applicationNamePrefix: 'test', alibabaCloud };
  await apply(
    JSON.stringify({ apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata: { name: 'cloud' }, spec }),
  );
  const said = "jsonpath={.status.conditions[0].message}=the controller's namespace has no Secret ramify-access-key";
  await kubectl('wait', `--for=${said}`, '--timeout=30s', 'oauthregistries/cloud');
}

/** Somebody else writes the Lease until `was` holds: a leader whose renewal comes second looks at it again. */
export async function contendForLease({ request }: Cluster, was: () => Promise<boolean>): Promise<void> {
  const path = '/apis/coordination.k8s.io/v1/namespaces/ramify-system/leases/ramify-controller';
  await eventually(async () => {
    for (let n = 0; n < 100; n += 1) {
      const patch = { metadata: { annotations: { n: `${n}` } } };
      await request('PATCH', path, patch, 'application/merge-patch+json');
    }
    return was();
  }, 60_000);
}

/** The kinds go, and everything of them; returns when they are gone. */
export async function uninstall({ kubectl }: Cluster): Promise<void> {
  const files = ownCRDs().flatMap((folder) => ['--filename', folder]);
  await kubectl('delete', '--timeout=60s', ...files);
}

/** Applications and their Secrets, from first to last; each step fails where the controller lacks a right. */
export async function liveThrough(team: Tenant): Promise<void> {
  await Promise.all([
    becomeAndChange(team),
    repair(team),
    rename(team, 'moved', {}),
    rename(team, 'frozen', { immutable: true }),
    leave(team),
  ]);
}

async function secretOf(team: Tenant, name: string): Promise<SecretObject> {
  const secret = await team.secret(name);
  if (secret === undefined) throw new Error(`there is no Secret ${name}`);
  return secret;
}

/** Created, updated, deleted with its Secret; and the events that tell of it. */
async function becomeAndChange(team: Tenant): Promise<void> {
  await team.applyReady('shop', { applicationName: 'explicit' });
  await team.patch('oauthapplications', 'shop', { spec: { scopes: ['openid', 'profile'] } });
  await eventually(async () =>
    Buffer.from((await secretOf(team, 'shop')).data?.['scopes'] ?? '', 'base64').includes('profile'),
  );
  await team.delete('oauthapplications', 'shop');
  await team.gone('oauthapplications', 'shop');
  await team.gone('secrets', 'shop');
}

/** Deleted, edited and made immutable, a Secret is set right. */
async function repair(team: Tenant): Promise<void> {
  await team.applyReady('repaired');
  const { data } = await secretOf(team, 'repaired');
  // What repeats is an event the first time, and counted the second.
  for (const _time of ['first', 'second']) {
    const { uid } = (await secretOf(team, 'repaired')).metadata;
    await team.delete('secrets', 'repaired');
    await eventually(async () => (await secretOf(team, 'repaired')).metadata.uid !== uid);
  }
  await team.patch('secrets', 'repaired', { data: { client_secret: 'ZWRpdGVk' } });
  await eventually(async () => expect((await secretOf(team, 'repaired')).data).toEqual(data) ?? true);
  await team.patch('secrets', 'repaired', { immutable: true, ...foreignKey });
  await eventually(async () => (await secretOf(team, 'repaired')).immutable === undefined);
  expect((await secretOf(team, 'repaired')).data).toEqual({ ...data, ...foreignKey.data });
}

/** Another name for its Secret: of the old one stays what others put in it. */
async function rename(team: Tenant, name: string, more: object): Promise<void> {
  await team.applyReady(name);
  await team.patch('oauthapplications', name, { spec: { suspend: true } });
  await team.until(name, ({ status }) => status.conditions?.some(({ type }) => type === 'Suspended') === true);
  await team.patch('secrets', name, { ...foreignKey, ...more });
  await team.patch('oauthapplications', name, { spec: { suspend: false, secret: { name: `${name}-after` } } });
  await eventually(async () => expect((await secretOf(team, name)).data).toEqual(foreignKey.data) ?? true);
  const { metadata } = await eventually(async () => isGivenUp(await secretOf(team, name)));
  expect(metadata.ownerReferences).toBeUndefined();
  expect(Object.keys((await secretOf(team, `${name}-after`)).data ?? {})).toContain('client_secret');
}

function isGivenUp(secret: SecretObject): SecretObject | false {
  const { labels, annotations } = secret.metadata;
  return labels === undefined && annotations === undefined && secret;
}

/** Left behind: also while it is being deleted, suspended, when the owner reference still stands on the Secret. */
async function leave(team: Tenant): Promise<void> {
  await team.applyReady('left');
  await team.patch('oauthapplications', 'left', { spec: { suspend: true } });
  await team.until('left', ({ status }) => status.conditions?.some(({ type }) => type === 'Suspended') === true);
  await team.patch('oauthapplications', 'left', { spec: { deletionPolicy: 'Orphan' } });
  expect((await secretOf(team, 'left')).metadata.ownerReferences).toHaveLength(1);
  await team.delete('oauthapplications', 'left');
  await team.gone('oauthapplications', 'left');
  expect((await secretOf(team, 'left')).metadata.ownerReferences).toBeUndefined();
}
