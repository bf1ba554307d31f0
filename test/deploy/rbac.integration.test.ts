/**
 * What the controller is granted is what it uses, no more and no less, in both modes: its roles against the audit log of
 * a whole life under its ServiceAccount's token.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import { ownCRDs } from '../controlplane/crds.ts';
import { type AuditEvent, type Cluster, ownCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { tenantOf } from '../support/tenant.ts';
import { askForAccessKey, contendForLease, grantNames, liveThrough, uninstall } from './life.ts';
import { applyStrictly, type Manifest, renderOwn } from './manifests.ts';
import { expressionsIn, metricsIn, scraped } from './monitoring.ts';
import { accessOf, startPod, username } from './pod.ts';
import { grantedTo, usedBy } from './rights.ts';

/** An event that repeats is counted a minute after the first: that is waited for in one mode. */
const afterAMinute = 'patch events.k8s.io/events';

describe.concurrent.each([
  { overlay: 'overlays/production', components: [], waits: true },
  { overlay: 'overlays/namespaced', components: ['components/access-key'], waits: false },
])('$overlay', ({ overlay, components, waits }) => {
  let cluster: Cluster;
  let manifests: readonly Manifest[];
  let requests: readonly AuditEvent[];
  let scrape: string | undefined;

  beforeAll(async () => {
    const mine = () => cluster.auditEvents(({ user }) => user.username === username);
    cluster = await ownCluster({ crds: ownCRDs(), auditLog: 'Metadata' });
    for (const name of ['team-a', 'team-b']) await cluster.kubectl('create', 'namespace', name);
    manifests = await renderOwn(cluster, (to) => ({ resources: [to(overlay)], components: components.map(to) }));
    const known = manifests.filter(({ apiVersion }) => !apiVersion.startsWith('monitoring.coreos.com/'));
    await applyStrictly(cluster, known);
    const controller = await startPod(manifests, await accessOf(cluster));
    await grantNames(cluster, 'team-a');
    await liveThrough(tenantOf(cluster, 'team-a'));
    await askForAccessKey(cluster);
    await tenantOf(cluster, 'team-b').applyReady('neighbour');
    const isUsed = async (right: string) => (await mine()).some((event) => usedBy(event) === right);
    await contendForLease(cluster, () => isUsed('get coordination.k8s.io/leases'));
    if (waits) await eventually(() => isUsed(afterAMinute));
    scrape = await scraped(cluster, controller);
    await uninstall(cluster);
    expect(await controller.stop()).toBe(0);
    requests = await mine();
  }, 300_000);

  test('the kinds go while the controller runs, and what was delivered stays', async () => {
    expect(await tenantOf(cluster, 'team-b').secret('neighbour')).toBeDefined();
  });

  test('nothing was refused', () => {
    const refused = requests.filter(({ responseStatus }) => responseStatus?.code === 403);
    expect(refused.map((event) => `${usedBy(event)} ${event.objectRef?.name}`)).toEqual([]);
  });

  test('the metrics that alerts and the dashboard speak of are served', () => {
    const { alerts, panels } = expressionsIn(manifests);
    const served = new Set(scrape?.match(/(?<=^# TYPE )[a-z_]+/gm));
    const named = [...alerts, ...panels].flatMap(metricsIn);
    expect(named.filter((name) => !served.has(name))).toEqual([]);
    expect(scrape === undefined).toBe(named.length === 0);
  });

  test('each right that is granted was used, and each that was used is granted', () => {
    const used = new Set([...requests.map(usedBy), ...(waits ? [] : [afterAMinute])]);
    expect([...used].toSorted()).toEqual([...grantedTo('ramify-controller', manifests)].toSorted());
  });
});
