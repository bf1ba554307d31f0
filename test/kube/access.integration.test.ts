/**
 * Who may read `/metrics`, as a real API server decides it of real ServiceAccounts' tokens.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { openAccess, type Verdict } from '../../src/kube/access.ts';
import { sharedCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { ManualClock } from './manual-clock.ts';
import { transportTo } from './real.ts';

const cluster = sharedCluster();
let namespace: string;

beforeAll(async () => {
  namespace = await cluster.testNamespace();
});

/** A new ServiceAccount, and a token of it. */
async function newReader() {
  const name = `reader-${randomUUID().slice(0, 8)}`;
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await cluster.request('POST', accounts, { metadata: { name } });
  const spec = { expirationSeconds: 600 };
  const answer = await cluster.request<{ status: { token: string } }>('POST', `${accounts}/${name}/token`, { spec });
  return { name, token: answer.body.status.token };
}

const rbac = '/apis/rbac.authorization.k8s.io/v1';

/** Grants `get` of a path; what is granted ends with the test at the latest. */
async function grant(account: string, path: string) {
  const name = `${namespace}-${account}`;
  const rules = [{ nonResourceURLs: [path], verbs: ['get'] }];
  await cluster.request('POST', `${rbac}/clusterroles`, { metadata: { name }, rules });
  await cluster.request('POST', `${rbac}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', namespace, name: account }],
  });
  const revoke = () => cluster.request('DELETE', `${rbac}/clusterrolebindings/${name}`);
  onTestFinished(async () => {
    await revoke();
    await cluster.request('DELETE', `${rbac}/clusterroles/${name}`);
  });
  return { revoke };
}

async function given() {
  const clock = new ManualClock();
  const errors: unknown[] = [];
  const transport = await transportTo(cluster.access);
  const verdict = openAccess({ transport, path: '/metrics', clock, onError: (error) => void errors.push(error) });
  return { clock, errors, transport, verdict };
}

/** Looks anew each time, as if a minute had passed. */
function becomes(expected: Verdict, token: string, { verdict, clock }: Awaited<ReturnType<typeof given>>) {
  return eventually(async () => {
    await clock.pass(60_000);
    return (await verdict(token)) === expected;
    // The API server remembers tokens, too.
  });
}

test.each(['no-token', 'eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl'])('%s is nobody', async (token) => {
  const { verdict } = await given();
  expect(await verdict(token)).toBe('unauthenticated');
});

test('a token without the right is refused', async () => {
  const { token } = await newReader();
  const { verdict, errors } = await given();
  expect(await verdict(token)).toBe('forbidden');
  expect(errors).toEqual([]);
});

test('a right to another path is none', async () => {
  const { name, token } = await newReader();
  await grant(name, '/metrics/cadvisor');
  const { verdict } = await given();
  expect(await verdict(token)).toBe('forbidden');
});

test('a token with the right is let in until the right is taken away', async () => {
  const { name, token } = await newReader();
  const { revoke } = await grant(name, '/metrics');
  const access = await given();
  await becomes('allowed', token, access);
  await revoke();
  expect(await access.verdict(token)).toBe('allowed');
  await becomes('forbidden', token, access);
});

test('a token of a ServiceAccount that is gone is nobody’s', async () => {
  const { name, token } = await newReader();
  await grant(name, '/metrics');
  const access = await given();
  await becomes('allowed', token, access);
  await cluster.request('DELETE', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`);
  await becomes('unauthenticated', token, access);
});

test('nobody is let in while the API server cannot be asked', async () => {
  const { name, token } = await newReader();
  await grant(name, '/metrics');
  const access = await given();
  await access.transport.close();
  expect(await access.verdict(token)).toBe('unknown');
  expect(access.errors).toHaveLength(1);
});
