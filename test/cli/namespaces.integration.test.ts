/** A controller for some namespaces, under a ServiceAccount that has rights in no others. */

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ownCRDs } from '../controlplane/crds.ts';
import { type Cluster, ownCluster } from '../support/cluster.ts';
import { startController } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { newTenant, type Tenant } from '../support/tenant.ts';

const rbac = 'rbac.authorization.k8s.io';
const user = 'system:serviceaccount:default:ramify';
const reads = ['get', 'list', 'watch'];

let cluster: Cluster;
let teams: readonly [Tenant, Tenant];
let stranger: Tenant;
let kubeconfig: string;

/** Rights of the ServiceAccount: in a namespace, or in the whole cluster. */
async function grant(rules: readonly object[], namespace?: string): Promise<void> {
  const metadata = { name: 'ramify', ...(namespace !== undefined && { namespace }) };
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const role = { apiVersion: `${rbac}/v1`, kind, metadata, rules };
  const binding = {
    apiVersion: `${rbac}/v1`,
    kind: `${kind}Binding`,
    metadata,
    roleRef: { apiGroup: rbac, kind, name: 'ramify' },
    subjects: [{ kind: 'ServiceAccount', name: 'ramify', namespace: 'default' }],
  };
  for (const object of [role, binding]) await cluster.apply(JSON.stringify(object));
}

function rule(group: string, resources: readonly string[], verbs: readonly string[], resourceNames?: string[]) {
  return { apiGroups: [group], resources, verbs, ...(resourceNames && { resourceNames }) };
}

/** Namespaces by name, what is in them by Roles. */
async function grantRights(): Promise<void> {
  const names = teams.map(({ namespace }) => namespace);
  await grant([
    rule('ramify.dev', ['oauthregistries', 'oauthregistries/status'], [...reads, 'patch']),
    rule('', ['namespaces'], reads, names),
    rule('apiextensions.k8s.io', ['customresourcedefinitions'], ['get'], ['oauthapplications.ramify.dev']),
  ]);
  const inside = [
    rule('ramify.dev', ['oauthapplications', 'oauthapplications/status'], [...reads, 'patch']),
    rule('', ['secrets'], [...reads, 'create', 'patch', 'delete']),
    rule('events.k8s.io', ['events'], ['create']),
  ];
  for (const namespace of names) await grant(inside, namespace);
}

/** The kubeconfig of the ServiceAccount, beside the administrator's. */
async function serviceAccount(): Promise<string> {
  await cluster.kubectl('create', 'serviceaccount', 'ramify');
  const token = (await cluster.kubectl('create', 'token', 'ramify')).trim();
  const { url, tls } = cluster.access;
  const path = join(dirname(cluster.access.kubeconfig), 'ramify.kubeconfig');
  const name = 'ramify';
  const text = JSON.stringify({
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': btoa(tls.ca ?? '') } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

beforeAll(async () => {
  cluster = await ownCluster({ crds: ownCRDs(), auditLog: 'Metadata' });
  const spec = { type: 'Store', applicationNamePrefix: 'eu' };
  const metadata = { name: 'default' };
  await cluster.apply(JSON.stringify({ apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata, spec }));
  teams = [await newTenant(cluster), await newTenant(cluster)];
  stranger = await newTenant(cluster);
  kubeconfig = await serviceAccount();
  await grantRights();
  const flags = teams.flatMap(({ namespace }) => ['--namespaces', namespace]);
  const controller = await startController({ kubeconfig, store: join(dirname(kubeconfig), 'store.db'), flags });
  return async () => void (await controller.stop());
});

describe('a controller for two namespaces of three', () => {
  test('works in each, and in no other', async () => {
    await stranger.apply('shop');
    for (const team of teams) {
      await team.applyReady('shop');
      expect((await team.secret('shop'))?.data).toHaveProperty('client_secret');
    }
    expect((await stranger.application('shop'))?.status).toEqual({ observedGeneration: -1 });
    expect(await stranger.secret('shop')).toBeUndefined();
  });

  test('repairs and deletes there too', async () => {
    const [team] = teams;
    await team.applyReady('till');
    await team.delete('secrets', 'till');
    await eventually(async () => (await team.secret('till')) !== undefined);
    await team.delete('oauthapplications', 'till');
    await team.gone('oauthapplications', 'till');
    await team.gone('secrets', 'till');
  });

  test('sees the labels of its namespaces change', async () => {
    const [team] = teams;
    await team.applyReady('labelled');
    const open = { matchExpressions: [{ key: 'closed', operator: 'DoesNotExist' }] };
    const patch = JSON.stringify({ spec: { namespaceSelector: open } });
    await cluster.kubectl('patch', 'oauthregistry', 'default', '--type=merge', '-p', patch);
    await cluster.kubectl('label', 'namespace', team.namespace, 'closed=yes');
    await team.reason('labelled', 'NamespaceNotAllowed');
  });

  test('asks for nothing else, and for nothing that it may not have', async () => {
    const asked = await cluster.auditEvents((event) => event.user.username === user);
    expect(asked.filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([]);
    const places = asked.map(({ objectRef }) => `${objectRef?.resource} ${objectRef?.namespace ?? ''}`);
    const inside = (namespace: string) =>
      ['oauthapplications', 'secrets', 'events', 'namespaces'].map((resource) => `${resource} ${namespace}`);
    const outside = ['namespaces ', 'oauthregistries ', 'customresourcedefinitions '];
    const allowed = [...teams.flatMap(({ namespace }) => inside(namespace)), ...outside];
    expect(places.filter((place) => !allowed.includes(place))).toEqual([]);
  });
});
