/** What the bare client writes, beside what the controller wrote. */

import { expect, test } from 'vitest';
import type { ApplicationObject } from './application.ts';
import type { Client } from './client.ts';
import { type EventObject, requestAll, type SecretObject, templatesFrom, writeAll } from './limit.ts';

const sample: ApplicationObject = {
  metadata: {
    namespace: 'samples',
    name: 'first',
    uid: '11111111-1111',
    resourceVersion: '30',
    generation: 1,
    finalizers: ['ramify.dev/application'],
    annotations: { 'ramify.dev/binding': '{"applicationName":"samples.first"}' },
  },
  status: { observedGeneration: 1, clientID: '42', secretRef: { name: 'first', resourceVersion: '29' } },
};

const secret: SecretObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'Opaque',
  metadata: {
    name: 'first',
    uid: '22222222-2222',
    resourceVersion: '29',
    annotations: { 'ramify.dev/application-uid': '11111111-1111' },
    ownerReferences: [{ name: 'first', uid: '11111111-1111' }],
  },
  data: { client_id: 'NDI=' },
};

const event: EventObject & { readonly note: string; readonly regarding: object } = {
  metadata: { generateName: 'first-', name: 'first-x7k2p', namespace: 'samples', resourceVersion: '31' },
  note: 'Created application samples.first.',
  regarding: { name: 'first', namespace: 'samples', uid: '11111111-1111' },
};

const created: ApplicationObject = {
  metadata: { namespace: 'team', name: 'second', uid: '33333333-3333', resourceVersion: '50', generation: 1 },
};

/** Keeps what is sent, and answers with ever newer versions; there is nothing to read. */
function scriptedClient() {
  const sent: { method: string; path: string; body: unknown }[] = [];
  const send = async (method: string, path: string, body?: object | string): Promise<never> => {
    sent.push({ method, path, body: typeof body === 'string' ? JSON.parse(body) : body });
    if (method === 'GET') throw new Error('there is no such object');
    return { metadata: { resourceVersion: String(50 + sent.length) } } as never;
  };
  const client: Pick<Client, 'send'> = { send };
  return { client, sent };
}

test('the bare client writes for another application what the controller wrote for the sample', async () => {
  const { client, sent } = scriptedClient();
  await writeAll(client, templatesFrom(sample, secret, event), created);
  const path = '/apis/ramify.dev/v1alpha1/namespaces/team/oauthapplications/second';
  expect(sent).toEqual([
    {
      method: 'PATCH',
      path,
      body: {
        metadata: {
          uid: '33333333-3333',
          resourceVersion: '50',
          finalizers: ['ramify.dev/application'],
          annotations: { 'ramify.dev/binding': '{"applicationName":"team.second"}' },
        },
      },
    },
    {
      method: 'POST',
      path: '/api/v1/namespaces/team/secrets',
      body: {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'Opaque',
        metadata: {
          namespace: 'team',
          name: 'second',
          annotations: { 'ramify.dev/application-uid': '33333333-3333' },
          ownerReferences: [{ name: 'second', uid: '33333333-3333' }],
        },
        data: { client_id: 'NDI=' },
      },
    },
    {
      method: 'PATCH',
      path: `${path}/status`,
      body: {
        metadata: { uid: '33333333-3333', resourceVersion: '51' },
        status: expect.objectContaining({
          observedGeneration: 1,
          clientID: '42',
          secretRef: { name: 'second', resourceVersion: '52' },
          drift: null,
        }),
      },
    },
  ]);
});

test('all that the controller asks: whether the Secret’s name is free, its writes, and its Event', async () => {
  const { client, sent } = scriptedClient();
  await requestAll(client, templatesFrom(sample, secret, event), created);
  expect(sent.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /api/v1/namespaces/team/secrets/second',
    'PATCH /apis/ramify.dev/v1alpha1/namespaces/team/oauthapplications/second',
    'POST /api/v1/namespaces/team/secrets',
    'PATCH /apis/ramify.dev/v1alpha1/namespaces/team/oauthapplications/second/status',
    'POST /apis/events.k8s.io/v1/namespaces/team/events',
  ]);
  expect(sent.at(-1)?.body).toEqual({
    metadata: { generateName: 'second-', namespace: 'team' },
    note: 'Created application team.second.',
    regarding: { name: 'second', namespace: 'team', uid: '33333333-3333' },
  });
});
