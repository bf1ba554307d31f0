/**
 * The API server itself refuses the controller any write on a Secret that is not its own, whatever RBAC grants: each
 * attack, and each of our own writes.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import { ownCRDs } from '../controlplane/crds.ts';
import { type Cluster, clusterAs, ownCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/tenant.ts';
import { applyStrictly, render } from './manifests.ts';
import { accessOf } from './pod.ts';

interface Secret {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly data?: Readonly<Record<string, string>>;
}

const labels = { 'app.kubernetes.io/managed-by': 'ramify', 'ramify.dev/application': 'shop' };
const annotations = { 'ramify.dev/application-uid': '6d4322f5-f3ff-4644-9afc-cba9c324a37d' };
/** The garbage collector looks whether it is there. */
const owner = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthApplication', name: 'shop', uid: '', controller: true };
const ours = { labels, annotations, ownerReferences: [owner] };
const data = { password: 'c2VjcmV0' };
const merge = 'application/merge-patch+json';

/** As the administrator, and as the controller, who may do with Secrets what RBAC can say. */
let admin: Cluster;
let controller: Cluster;
let namespace: string;

beforeAll(async () => {
  admin = await ownCluster({ crds: ownCRDs() });
  namespace = await admin.testNamespace();
  const inNamespace = ['--namespace', namespace];
  await admin.kubectl('create', 'serviceaccount', 'ramify-controller', ...inNamespace);
  await admin.kubectl('create', 'role', 'secrets', '--verb=*', '--resource=secrets', ...inNamespace);
  const account = `--serviceaccount=${namespace}:ramify-controller`;
  await admin.kubectl('create', 'rolebinding', 'secrets', '--role=secrets', account, ...inNamespace);
  await admin.apply(JSON.stringify(manifest('shop')), ...inNamespace);
  owner.uid = await admin.kubectl('get', 'oapp', 'shop', '--output=jsonpath={.metadata.uid}', ...inNamespace);
  controller = clusterAs(await accessOf(admin, 'ramify-controller', namespace));
  const guard = (await render(admin, 'base')).filter(({ apiVersion }) =>
    apiVersion.startsWith('admissionregistration'),
  );
  await applyStrictly(admin, guard);
  // A policy holds some moments after it was created.
  await eventually(async () => (await create(controller, { metadata: { name: 'probe' }, data })).status === 403);
});

const path = (name = '') => `/api/v1/namespaces/${namespace}/secrets/${name}`;
const create = (who: Cluster, secret: object, query = '') => who.request<Secret>('POST', `${path()}${query}`, secret);
const patch = (name: string, body: object, query = '') =>
  controller.request<Secret>('PATCH', `${path(name)}${query}`, body, merge);
const remove = (name: string, query = '') => controller.request('DELETE', `${path(name)}${query}`);

/** What is there before, made by somebody who is not held back. */
async function given(name: string, secret: object, metadata: object = {}): Promise<void> {
  const { status } = await create(admin, { ...secret, metadata: { name, ...metadata } });
  expect(status).toBe(201);
}

/** Metadata of Secrets that are not the controller's; each is asked for when its owner is there. */
const foreign: readonly { what: string; name: string; type?: string; metadata: () => object }[] = [
  { what: 'of a user', name: 'user', metadata: () => ({}) },
  { what: 'with our labels alone', name: 'labelled', metadata: () => ({ labels }) },
  { what: 'of another type, with all our marks', name: 'typed', type: 'example.com/x', metadata: () => ours },
  {
    what: 'that something else than an OAuthApplication controls',
    name: 'controlled',
    metadata: () => ({ labels, ownerReferences: [{ ...owner, apiVersion: 'example.com/v1' }] }),
  },
  {
    what: 'that an OAuthApplication owns without controlling it',
    name: 'owned',
    metadata: () => ({ labels, ownerReferences: [{ ...owner, controller: false }] }),
  },
];

describe.each(foreign)('a Secret $what', ({ name, type = 'Opaque', metadata }) => {
  const claim = { metadata: ours };

  test.each([
    ['changed', {}, ''],
    ['claimed', claim, ''],
    ['read by a patch that changes nothing', {}, '?dryRun=All'],
    ['claimed on trial', claim, '?dryRun=All'],
  ])('is not %s', async (how, body, query) => {
    const own = `${name}-${how.replaceAll(' ', '-')}`;
    await given(own, { type, data }, metadata());
    // A patch that changes nothing at all is a write as well.
    const answer = await patch(own, body, query);
    expect(answer).toMatchObject({ status: 403, body: { message: expect.stringContaining('not its own') } });
    expect(JSON.stringify(answer.body)).not.toContain(data.password);
  });

  test.each(['', '?dryRun=All'])('is not deleted%s', async (query) => {
    const own = `${name}-kept${query === '' ? '' : '-trial'}`;
    await given(own, { type, data }, metadata());
    expect(await remove(own, query)).toMatchObject({ status: 403 });
    expect(await admin.request('GET', path(own))).toMatchObject({ status: 200, body: { data } });
  });
});

test('no collection is deleted in which one Secret is foreign', async () => {
  await given('crowd', { data }, { labels: { crowd: 'yes' } });
  expect(await remove('', '?labelSelector=crowd')).toMatchObject({ status: 403 });
  expect(await admin.request('GET', path('crowd'))).toMatchObject({ status: 200 });
});

describe('nothing is created', () => {
  test.each([
    ['without our marks', { metadata: {} }],
    ['without the UID', { metadata: { labels } }],
    ['without our label', { metadata: { annotations, ownerReferences: [owner] } }],
    [
      'with the label of another manager',
      { metadata: { annotations, labels: { ...labels, 'app.kubernetes.io/managed-by': 'Helm' } } },
    ],
    [
      'that the API server fills with a token',
      {
        type: 'kubernetes.io/service-account-token',
        metadata: { labels, annotations: { ...annotations, 'kubernetes.io/service-account.name': 'default' } },
      },
    ],
    ['that lets nodes in', { type: 'bootstrap.kubernetes.io/token', metadata: { labels, annotations } }],
    ['that Helm reads', { type: 'helm.sh/release.v1', metadata: { labels, annotations } }],
  ])('%s', async (what, secret) => {
    const named = { ...secret, metadata: { ...secret.metadata, name: what.toLowerCase().replaceAll(' ', '-') } };
    expect(await create(controller, named)).toMatchObject({ status: 403 });
    expect(await create(controller, named, '?dryRun=All')).toMatchObject({ status: 403 });
  });
});

describe('our own Secret', () => {
  test('is created, changed and deleted', async () => {
    const created = await create(controller, { metadata: { name: 'own', ...ours }, data });
    expect(created).toMatchObject({ status: 201, body: { data } });
    const { uid: itsUID } = created.body.metadata;
    expect(await patch('own', { metadata: { uid: itsUID }, data: { password: null, more: 'bW9yZQ==' } })).toMatchObject(
      {
        status: 200,
        body: { data: { more: 'bW9yZQ==' } },
      },
    );
    expect(await remove('own')).toMatchObject({ status: 200 });
  });

  test('is left behind without an owner reference', async () => {
    await given('orphan', { data }, ours);
    expect(await patch('orphan', { metadata: { ownerReferences: null } })).toMatchObject({
      status: 200,
      body: { data },
    });
  });

  test('is replaced where it is immutable', async () => {
    await given('frozen', { data, immutable: true }, ours);
    expect(await remove('frozen')).toMatchObject({ status: 200 });
    expect(await create(controller, { metadata: { name: 'frozen', ...ours }, data })).toMatchObject({ status: 201 });
  });

  test.each([
    ['that bears a former UID', { labels, annotations: { 'ramify.dev/application-uid': 'former' } }],
    ['that is controlled by the resource and lost its annotation', { labels, ownerReferences: [owner] }],
    ['that is controlled by the resource and lost its labels', { annotations, ownerReferences: [owner] }],
  ])('is taken back, %s', async (what, metadata) => {
    const name = what.replaceAll(' ', '-').toLowerCase();
    await given(name, { data }, metadata);
    expect(await patch(name, { metadata: ours })).toMatchObject({ status: 200 });
  });

  const unmarked = {
    labels: { 'ramify.dev/application': null, 'app.kubernetes.io/managed-by': null },
    annotations: { 'ramify.dev/application-uid': null },
    ownerReferences: null,
  };

  test('is given up, and what others put in it stays', async () => {
    await given('given-up', { data: { ...data, client_id: 'aWQ=' } }, ours);
    const givenUp = await patch('given-up', { metadata: unmarked, data: { client_id: null } });
    expect(givenUp).toMatchObject({ status: 200, body: { data } });
    expect(await patch('given-up', { data: { client_id: 'aWQ=' } })).toMatchObject({ status: 403 });
  });

  test.each([
    ['another value', { metadata: unmarked, data: { password: 'b3RoZXI=' } }],
    ['a further key', { metadata: unmarked, data: { more: 'bW9yZQ==' } }],
    ['a mark that makes it ours by half', { metadata: { ...unmarked, labels: {} } }],
  ])('is not given up with %s', async (what, body) => {
    const name = `half-${what.replaceAll(' ', '-')}`;
    await given(name, { data }, ours);
    expect(await patch(name, body)).toMatchObject({ status: 403 });
  });
});

test('nobody else is held back', async () => {
  await given('free', { type: 'example.com/x', data });
  expect(await admin.request('PATCH', path('free'), { data: { more: 'bW9yZQ==' } }, merge)).toMatchObject({
    status: 200,
  });
  expect(await admin.request('DELETE', path('free'))).toMatchObject({ status: 200 });
});
