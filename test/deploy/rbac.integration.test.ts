/**
 * What the controller is granted is what it uses, no more and no less, in both modes: its roles against the audit log of
 * a whole life under its ServiceAccount's token.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import { ownCRDs } from '../controlplane/crds.ts';
import { type AuditEvent, type Cluster, ownCluster } from '../support/cluster.ts';
import { tenantOf } from '../support/tenant.ts';
import { contendForLease, grantNames, liveThrough, uninstall } from './life.ts';
import { applyStrictly, type Manifest, render } from './manifests.ts';
import { accessOf, startPod, username } from './pod.ts';
import { grantedTo, usedBy } from './rights.ts';

describe.each(['base', 'overlays/namespaced'])('%s', (overlay) => {
  let cluster: Cluster;
  let manifests: readonly Manifest[];
  let requests: readonly AuditEvent[];

  beforeAll(async () => {
    const mine = () => cluster.auditEvents(({ user }) => user.username === username);
    cluster = await ownCluster({ crds: ownCRDs(), auditLog: 'Metadata' });
    for (const name of ['team-a', 'team-b']) await cluster.kubectl('create', 'namespace', name);
    manifests = await render(cluster, overlay);
    await applyStrictly(cluster, manifests);
    const controller = await startPod(manifests, await accessOf(cluster));
    await grantNames(cluster, 'team-a');
    await liveThrough(tenantOf(cluster, 'team-a'));
    await tenantOf(cluster, 'team-b').applyReady('neighbour');
    await contendForLease(cluster, async () =>
      (await mine()).some((event) => usedBy(event) === 'get coordination.k8s.io/leases'),
    );
    await uninstall(cluster);
    expect(await controller.stop()).toBe(0);
    requests = await mine();
  }, 240_000);

  test('the kinds go while the controller runs, and what was delivered stays', async () => {
    expect(await tenantOf(cluster, 'team-b').secret('neighbour')).toBeDefined();
  });

  test('nothing was refused', () => {
    const refused = requests.filter(({ responseStatus }) => responseStatus?.code === 403);
    expect(refused.map((event) => `${usedBy(event)} ${event.objectRef?.name}`)).toEqual([]);
  });

  test('each right that is granted was used, and each that was used is granted', () => {
    const used = new Set(requests.map(usedBy));
    expect([...used].toSorted()).toEqual([...grantedTo('ramify-controller', manifests)].toSorted());
  });
});
