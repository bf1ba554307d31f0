/**
 * The CRDs at a real API server: what kubectl shows, and what the server fills in, refuses and lets through.
 *
 * @module
 */

import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { sharedCluster } from '../support/cluster.ts';

interface Resource {
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly spec: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
}

const cluster = sharedCluster();
let namespace = '';
let path = '';

beforeAll(async () => {
  namespace = await cluster.testNamespace();
  path = `/apis/ramify.dev/v1alpha1/namespaces/${namespace}/oauthapplications`;
});

function create(name: string, spec: object) {
  const object = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthApplication', metadata: { name }, spec };
  return cluster.request<Resource>('POST', path, object);
}

const server = { type: 'Server', displayName: 'Sync' };

describe('kubectl', () => {
  test('explains a field like documentation', async () => {
    const text = await cluster.kubectl('explain', 'oauthapplication.spec.redirectURIs');
    expect(text).toContain('FIELD: redirectURIs <[]string>');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('at least one for Web and Native, optional on Server');
    expect(text).toContain('May change.');
  });

  test('shows the columns, wide ones when asked', async () => {
    await create('columns', server);
    const table = await cluster.kubectl('get', 'oapp', '--namespace', namespace);
    expect(table.split('\n')[0]?.split(/\s{2,}/)).toEqual(['NAME', 'READY', 'CLIENT ID', 'TYPE', 'SECRET', 'AGE']);
    const wide = await cluster.kubectl('get', 'oauthapp', '--namespace', namespace, '--output', 'wide');
    expect(wide.split('\n')[0]).toMatch(/REASON +REGISTRY +NEXT ROTATION/);
    expect(await cluster.kubectl('get', 'ramify', '--namespace', namespace)).toContain(
      'oauthapplication.ramify.dev/columns',
    );
  });

  test('chooses by type and by registry', async () => {
    await create('chosen', { ...server, registryRef: { name: 'other' } });
    const chosen = (selector: string) =>
      cluster.kubectl('get', 'oapp', '--namespace', namespace, '--field-selector', selector, '--output', 'name');
    expect(await chosen('spec.registryRef.name=other')).toBe('oauthapplication.ramify.dev/chosen\n');
    expect(await chosen('spec.type=Web')).toBe('');
  });

  test('applies all samples in one go', async () => {
    const samples = fileURLToPath(new URL('../../deploy/samples', import.meta.url));
    const answer = await cluster.kubectl('apply', '--namespace', namespace, '--dry-run=server', '--filename', samples);
    expect(answer.trim().split('\n')).toHaveLength(5);
  });

  test('tells every broken rule in a sentence', async () => {
    const manifest = JSON.stringify({
      apiVersion: 'ramify.dev/v1alpha1',
      kind: 'OAuthApplication',
      metadata: { name: 'broken', namespace },
      spec: {
        type: 'Web',
        displayName: 'a<b',
        redirectURIs: ['http://a.example/'],
        scopes: ['A'],
        secretRequired: false,
      },
    });
    const refusal = await cluster.apply(manifest, '--dry-run=server').catch(String);
    expect(refusal).toContain('spec.displayName: Invalid value: "a<b": must be visible characters');
    expect(refusal).toContain('spec.redirectURIs[0]: Invalid value: "http://a.example/": must be https');
    expect(refusal).toContain('spec.scopes[0]: Invalid value: "A": must be a name such as openid');
    expect(refusal).toContain('spec.secretRequired: Invalid value: Server and Web on 2.0 always have a client secret');
  });
});

describe('status', () => {
  test('says from the first moment that nobody has looked yet, whatever the creator claims', async () => {
    const object = {
      apiVersion: 'ramify.dev/v1alpha1',
      kind: 'OAuthApplication',
      metadata: { name: 'fresh' },
      spec: server,
    };
    const { body } = await cluster.request<Resource>('POST', path, { ...object, status: { clientID: 'forged' } });
    expect(body.status).toEqual({ observedGeneration: -1 });
  });

  test('is written without a new generation, and does not touch spec', async () => {
    await create('written', server);
    const change = { spec: { displayName: 'Other' }, status: { observedGeneration: 1, clientID: '1' } };
    const { body } = await cluster.request<Resource>(
      'PATCH',
      `${path}/written/status`,
      change,
      'application/merge-patch+json',
    );
    expect(body).toMatchObject({
      metadata: { generation: 1 },
      spec: { displayName: 'Sync' },
      status: { observedGeneration: 1, clientID: '1' },
    });
  });

  test('holds one condition of each type', async () => {
    await create('conditions', server);
    const condition = {
      type: 'Ready',
      status: 'True',
      reason: 'Succeeded',
      message: '',
      lastTransitionTime: '2026-01-31T10:00:00Z',
    };
    const write = (conditions: unknown[]) =>
      cluster.request('PATCH', `${path}/conditions/status`, { status: { conditions } }, 'application/merge-patch+json');
    expect(await write([condition])).toMatchObject({ status: 200 });
    expect(await write([condition, condition])).toMatchObject({ status: 422 });
    expect(await write([{ ...condition, status: 'Maybe' }])).toMatchObject({ status: 422 });
  });
});

test('a resource without a spec is refused', async () => {
  const object = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthApplication', metadata: { name: 'empty' } };
  expect(await cluster.request('POST', path, object)).toMatchObject({
    status: 422,
    body: { details: { causes: expect.arrayContaining([expect.objectContaining({ field: 'spec' })]) } },
  });
});

test('deletionPolicy may change while the resource is being deleted', async () => {
  await create('going', server);
  const patch = (change: object) =>
    cluster.request<Resource>('PATCH', `${path}/going`, change, 'application/merge-patch+json');
  await patch({ metadata: { finalizers: ['ramify.dev/application'] } });
  await cluster.request('DELETE', `${path}/going`);
  expect(await patch({ spec: { deletionPolicy: 'Orphan' } })).toMatchObject({
    status: 200,
    body: { spec: { deletionPolicy: 'Orphan' } },
  });
  expect(await patch({ metadata: { finalizers: null } })).toMatchObject({ status: 200 });
});
