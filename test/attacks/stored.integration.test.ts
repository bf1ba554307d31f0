/**
 * What was stored before an upgrade that tightened the schema: each on its own says what is wrong, and others are served.
 *
 * @module
 */

import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ownCRDs } from '../controlplane/crds.ts';
import { casesOf, requestOf } from '../corpus/cases.ts';
import { type Cluster, ownCluster } from '../support/cluster.ts';
import { type ControllerProcess, startController } from '../support/controller-process.ts';
import { withoutRules } from '../support/definition.ts';
import { eventually } from '../support/eventually.ts';
import { manifest, newTenant, type Tenant } from '../support/tenant.ts';

/** One in six of what today's schema refuses, as objects that an earlier one may have taken. */
const bad = casesOf('schema')
  .filter(
    ({ kind, expectation, spec }) => kind !== 'OAuthRegistry' && expectation === 'reject' && !('$metadata' in spec),
  )
  .filter((_row, n) => n % 6 === 0)
  .flatMap((row) => {
    const { before, body } = requestOf(row, row.id.toLowerCase());
    return before === undefined && 'object' in body ? [{ name: row.id.toLowerCase(), object: body.object }] : [];
  });

let cluster: Cluster;
let team: Tenant;
let controller: ControllerProcess;
let names: readonly string[] = [];

beforeAll(async () => {
  cluster = await ownCluster({ crds: ownCRDs(), controllerManager: false });
  team = await newTenant(cluster);
  const collection = `/apis/ramify.dev/v1alpha1/namespaces/${team.namespace}/oauthapplications`;
  await withoutRules(cluster, manifest('probe', { displayName: '' }), async () => {
    const answers = await Promise.all(bad.map(({ object }) => cluster.request('POST', collection, object)));
    names = bad.flatMap(({ name }, n) => (answers[n]?.status === 201 ? [name] : []));
  });
  const registry = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata: { name: 'default' } };
  await cluster.apply(JSON.stringify({ ...registry, spec: { type: 'Store', store: {} } }));
  const { kubeconfig } = cluster.access;
  controller = await startController({ kubeconfig, store: join(dirname(kubeconfig), 'store.db') });
  return () => controller.stop();
});

async function reasonOf(name: string): Promise<string> {
  const { status } = (await team.application(name)) ?? expect.fail(`there is no ${name}`);
  return `${name}: ${status.conditions?.find(({ type }) => type === 'Ready')?.reason}`;
}

describe('AT45: beside resources that today’s schema refuses', () => {
  test('a good one becomes Ready', async () => {
    expect(names.length).toBeGreaterThan(40);
    await team.applyReady('good');
  });

  test('each says what is wrong with it, and nothing is made for it', async () => {
    const wanted = names.map((name) => `${name}: InvalidSpec`);
    await eventually(async () => {
      expect(await Promise.all(names.map(reasonOf))).toEqual(wanted);
      return true;
    });
    const made = await Promise.all(names.map(async (name) => (await team.application(name))?.status.applicationID));
    expect(made.filter((id) => id !== undefined)).toEqual([]);
  });

  test('each can be deleted, and the good one still works', async () => {
    await Promise.all(names.map((name) => team.delete('oauthapplications', name)));
    await Promise.all(names.map((name) => team.gone('oauthapplications', name)));
    await team.applyReady('good', { displayName: 'Still good' });
    expect(controller.log().filter(({ level }) => level === 'fatal')).toEqual([]);
  });
});
