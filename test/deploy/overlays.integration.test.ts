/**
 * Each overlay, as kubectl renders it, is taken whole by a real API server; and what it makes is hardened.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { ownCRDs } from '../controlplane/crds.ts';
import { type Cluster, ownCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import {
  applyStrictly,
  deploymentOf,
  type Manifest,
  only,
  overlays,
  type PolicyRule,
  render,
  renderOwn,
} from './manifests.ts';
import { operatorCRDs } from './prometheus-operator.ts';

const monitoringCRDs = operatorCRDs();
/** Overlays that the API server knows each kind of. */
const applicable = overlays.filter((overlay) => monitoringCRDs !== undefined || overlay !== 'overlays/production');

let cluster: Cluster;
const rendered = new Map<string, readonly Manifest[]>();

beforeAll(async () => {
  cluster = await ownCluster({ crds: [...ownCRDs(), ...(monitoringCRDs ?? [])] });
  for (const overlay of overlays) rendered.set(overlay, await render(cluster, overlay));
  const namespaces = ['ramify-system', 'team-a', 'team-b'];
  for (const name of namespaces) await cluster.kubectl('create', 'namespace', name);
});

const teamRoles = ['view', 'edit', 'admin'] as const;

async function rulesOf(role: string): Promise<readonly PolicyRule[]> {
  const { body } = await cluster.request<Manifest>('GET', `/apis/rbac.authorization.k8s.io/v1/clusterroles/${role}`);
  return body.rules ?? [];
}

const of = (overlay: string) => rendered.get(overlay) ?? [];

describe.each(applicable)('%s', (overlay) => {
  test('is taken by the API server, which knows each field', async () => {
    await applyStrictly(cluster, of(overlay), '--dry-run=server');
    const output = await applyStrictly(cluster, of(overlay));
    expect(output.trim().split('\n')).toHaveLength(of(overlay).length);
    expect(await applyStrictly(cluster, of(overlay), '--dry-run=server')).not.toContain('created');
  });

  test('runs a Pod that Pod Security takes as restricted', async () => {
    await applyStrictly(cluster, of(overlay));
    const { metadata, spec } = deploymentOf(of(overlay)).spec.template;
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'pod' }, spec };
    const path = '/api/v1/namespaces/ramify-system/pods?dryRun=All&fieldValidation=Strict';
    expect(await cluster.request('POST', path, pod)).toMatchObject({ status: 201 });
    const root = { ...spec, securityContext: { ...spec.securityContext, runAsNonRoot: false } };
    expect(await cluster.request('POST', path, { ...pod, spec: root })).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('violates PodSecurity "restricted') },
    });
  });

  test('goes beyond what restricted asks for', () => {
    const { automountServiceAccountToken, containers, volumes } = deploymentOf(of(overlay)).spec.template.spec;
    expect(automountServiceAccountToken).toBe(false);
    for (const { securityContext, resources } of containers) {
      expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
      expect(resources).toMatchObject({ requests: { memory: '128Mi' }, limits: { memory: '512Mi' } });
    }
    const tokens = volumes.flatMap(({ projected }) => projected?.sources ?? []);
    expect(tokens).toContainEqual({ serviceAccountToken: { expirationSeconds: 3600, path: 'token' } });
    expect(only(of(overlay), 'ServiceAccount')).toMatchObject({ automountServiceAccountToken: false });
  });

  test('grants no right on what would make it more than it is', () => {
    const rules = of(overlay).flatMap(({ rules: each = [] }) => each);
    const names = rules.flatMap(({ resources = [], verbs }) => [...resources, ...verbs]);
    for (const name of ['*', 'pods', 'pods/exec', 'serviceaccounts/token', 'roles', 'escalate', 'bind', 'impersonate'])
      expect(names).not.toContain(name);
  });

  test('has the version of this checkout as image', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const [container] = deploymentOf(of(overlay)).spec.template.spec.containers;
    expect(container.image).toBe(`ramify:${version}`);
  });
});

describe('teams', () => {
  const [apiGroups, resources] = [['ramify.dev'], ['oauthapplications']];
  const reading = { apiGroups, resources, verbs: ['get', 'list', 'watch'] };
  const writing = { apiGroups, resources, verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] };
  const gains: Readonly<Record<(typeof teamRoles)[number], readonly PolicyRule[]>> = {
    view: [reading],
    edit: [reading, writing],
    admin: [reading, writing],
  };

  test.each(teamRoles)('gain with the role %s what is theirs, and nothing else', async (role) => {
    if (!cluster.access.controllerManager) return; // it adds the roles up
    await applyStrictly(cluster, of('base'));
    const gained = async () => {
      const own = await Promise.all(teamRoles.map((each) => rulesOf(`system:aggregate-to-${each}`)));
      const known = new Set(own.flat().map((rule) => JSON.stringify(rule)));
      return (await rulesOf(role)).filter((rule) => !known.has(JSON.stringify(rule)));
    };
    await eventually(async () => (await gained()).length >= gains[role].length);
    expect(new Set(await gained())).toEqual(new Set(gains[role]));
  });
});

test('in the namespaced mode no right on Secrets or applications reaches beyond the namespaces that are named', () => {
  const wide = of('overlays/namespaced').filter(({ kind }) => kind === 'ClusterRoleBinding');
  const bound = new Set(wide.map(({ roleRef }) => roleRef?.name));
  expect(bound).toEqual(new Set(['ramify-controller', 'ramify-controller-namespaces']));
  const { rules } = only(of('overlays/namespaced'), 'ClusterRole', 'ramify-controller-namespaces');
  expect(rules).toEqual([
    {
      apiGroups: [''],
      resources: ['namespaces'],
      resourceNames: ['ramify-system', 'team-a', 'team-b'],
      verbs: ['get', 'list', 'watch'],
    },
  ]);
});

test('an overlay of one’s own can move it to another namespace, and give it another image', async () => {
  const moved = await renderOwn(cluster, (to) => ({
    resources: [to('base')],
    namespace: 'elsewhere',
    images: [{ name: 'ramify', newName: 'registry.example.com/ramify', newTag: 'x' }],
  }));
  expect(JSON.stringify(moved)).not.toContain('ramify-system');
  const [container] = deploymentOf(moved).spec.template.spec.containers;
  expect(container.image).toBe('registry.example.com/ramify:x');
});
