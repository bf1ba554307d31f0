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
import { withoutSchema } from '../support/definition.ts';
import { eventually } from '../support/eventually.ts';
import { type ApplicationObject, condition, manifest, newTenant, type Tenant } from '../support/tenant.ts';

/** One in three of what today's schema refuses, as objects that were stored without one. */
const bad = casesOf('schema')
  .filter(
    ({ kind, expectation, spec }) => kind !== 'OAuthRegistry' && expectation === 'reject' && !('$metadata' in spec),
  )
  .filter((_row, n) => n % 3 === 0)
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
  await withoutSchema(cluster, manifest('probe', { displayName: '' }), async () => {
    const answers = await Promise.all(bad.map(({ object }) => cluster.request('POST', collection, object)));
    names = bad.flatMap(({ name }, n) => (answers[n]?.status === 201 ? [name] : []));
  });
  const registry = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata: { name: 'default' } };
  await cluster.apply(JSON.stringify({ ...registry, spec: { type: 'Store', store: {} } }));
  const { kubeconfig } = cluster.access;
  controller = await startController({ kubeconfig, store: join(dirname(kubeconfig), 'store.db') });
  return () => controller.stop();
});

/** What is listed in the tenant's namespace, at a path of an API group. */
async function listed<T>(kind: string): Promise<readonly T[]> {
  const { body } = await cluster.request<{ items: readonly T[] }>('GET', `/apis/${kind}`);
  return body.items;
}

/** Those that today's schema refuses, as they are now. */
async function badOnes(): Promise<readonly ApplicationObject[]> {
  const items = await listed<ApplicationObject>(`ramify.dev/v1alpha1/namespaces/${team.namespace}/oauthapplications`);
  return items.filter(({ metadata }) => names.includes(metadata.name));
}

interface EventObject {
  readonly reason: string;
  readonly regarding: { readonly name: string };
}

/** The resources that an event calls invalid. */
async function toldInvalid(): Promise<ReadonlySet<string>> {
  const items = await listed<EventObject>(`events.k8s.io/v1/namespaces/${team.namespace}/events`);
  return new Set(items.filter(({ reason }) => reason === 'InvalidSpec').map(({ regarding }) => regarding.name));
}

describe('AT45: beside resources that today’s schema refuses', () => {
  test('a good one becomes Ready', async () => {
    expect(names.length).toBeGreaterThan(40);
    await team.applyReady('good');
  });

  test('each says what is wrong with it, by an event at least, and nothing is made for it', async () => {
    await eventually(async () => {
      const told = await toldInvalid();
      expect(names.filter((name) => !told.has(name))).toEqual([]);
      return true;
    });
    const found = await badOnes();
    expect(found.filter(({ status }) => status.applicationID !== undefined)).toEqual([]);
    const unwritten = found.filter((object) => condition(object, 'Ready')?.reason !== 'InvalidSpec');
    // What the API server's own rules fail on, it takes no status for.
    expect(unwritten.length).toBeGreaterThan(0);
    expect(unwritten.length).toBeLessThan(10);
    expect(controller.log().filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('each can be deleted, and the good one still works', async () => {
    await Promise.all(names.map((name) => team.delete('oauthapplications', name)));
    await Promise.all(names.map((name) => team.gone('oauthapplications', name)));
    await team.applyReady('good', { displayName: 'Still good' });
    expect(controller.log().filter(({ level }) => level === 'fatal')).toEqual([]);
  });
});
