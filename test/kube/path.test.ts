/** Where resources live on the API server. */

import { expect, test } from 'vitest';
import { collectionPath, objectPath } from '../../src/kube/path.ts';

const secrets = { group: '', version: 'v1', plural: 'secrets', namespaced: true };
const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', namespaced: true };
const nodes = { group: '', version: 'v1', plural: 'nodes', namespaced: false };

test.each([
  ['the core group', collectionPath(secrets), '/api/v1/secrets'],
  ['a namespace', collectionPath(secrets, 'a'), '/api/v1/namespaces/a/secrets'],
  ['another group', collectionPath(leases), '/apis/coordination.k8s.io/v1/leases'],
  [
    'an object',
    objectPath(leases, { namespace: 'a', name: 'b' }),
    '/apis/coordination.k8s.io/v1/namespaces/a/leases/b',
  ],
  ['a subresource', objectPath(nodes, { name: 'n' }, 'status'), '/api/v1/nodes/n/status'],
  ['a cluster-scoped object with a namespace', objectPath(nodes, { namespace: 'a', name: 'n' }), '/api/v1/nodes/n'],
])('%s has its path', (_, path, expected) => {
  expect(path).toBe(expected);
});

test('no name leads to another path', () => {
  expect(objectPath(secrets, { namespace: 'a/../b', name: '../x?y#z%2e' })).toBe(
    '/api/v1/namespaces/a%2F..%2Fb/secrets/..%2Fx%3Fy%23z%252e',
  );
});
