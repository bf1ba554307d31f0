/** What roles give away: to those who get ours with the cluster's own, and to the controller. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Manifest, PolicyRule } from '../deploy/manifests.ts';

const deploy = new URL('../../deploy/', import.meta.url);

/** Every role of the installation, with all components. */
const roles = readdirSync(deploy, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) =>
    parseAllDocuments(readFileSync(new URL(file, deploy), 'utf8')).map((each): Manifest => each.toJS()),
  )
  .filter((each) => each?.kind === 'ClusterRole' || each?.kind === 'Role');

const rulesOf = (chosen: readonly Manifest[]): readonly PolicyRule[] => chosen.flatMap(({ rules = [] }) => rules);

describe('AT53: by aggregation to view, edit and admin', () => {
  const aggregated = (to: string) =>
    rulesOf(
      roles.filter(
        ({ metadata: { labels = {} } }) => labels[`rbac.authorization.k8s.io/aggregate-to-${to}`] === 'true',
      ),
    );

  it.each(['view', 'edit', 'admin'])('%s gains our one kind of a namespace, without status or finalizers', (to) => {
    expect(aggregated(to).length).toBeGreaterThan(0);
    for (const { apiGroups, resources, verbs } of aggregated(to)) {
      expect({ apiGroups, resources }).toEqual({ apiGroups: ['ramify.dev'], resources: ['oauthapplications'] });
      expect(verbs).not.toContain('*');
    }
  });

  it('view reads and no more', () => {
    expect(aggregated('view').flatMap(({ verbs }) => verbs)).toEqual(['get', 'list', 'watch']);
  });
});

describe('AT54: what a tenant creates to be read by the controller', () => {
  const reads = ['get', 'list', 'watch', '*'];
  const read = rulesOf(roles.filter(({ metadata: { name } }) => name.startsWith('ramify-controller'))).filter(
    ({ verbs }) => verbs.some((verb) => reads.includes(verb)),
  );

  it.each(['events', 'configmaps', 'endpoints', '*'])('%s are not', (resource) => {
    expect(read.filter(({ resources = [] }) => resources.includes(resource))).toEqual([]);
  });

  it('a Lease is one, by its name, in the controller’s own namespace', () => {
    const [lease, ...more] = read.filter(({ resources = [] }) => resources.includes('leases'));
    expect(more).toEqual([]);
    expect(lease).toMatchObject({ resourceNames: ['ramify-controller'] });
  });
});
