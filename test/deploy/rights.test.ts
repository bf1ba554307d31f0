/** Roles and requests, in the words that make them comparable. */

import { describe, expect, test } from 'vitest';
import type { AuditEvent } from '../support/cluster.ts';
import type { Manifest, PolicyRule } from './manifests.ts';
import { grantedTo, usedBy } from './rights.ts';

const role = (kind: string, name: string, rules: readonly PolicyRule[]): Manifest => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name },
  rules,
});

const binding = (kind: string, roleRef: NonNullable<Manifest['roleRef']>, subject: string): Manifest => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name: 'any' },
  roleRef,
  subjects: [{ kind: 'ServiceAccount', name: subject }],
});

describe('what is granted', () => {
  const roles = [
    role('ClusterRole', 'wide', [{ apiGroups: ['', 'apps'], resources: ['a', 'b/status'], verbs: ['get', 'list'] }]),
    role('Role', 'narrow', [{ apiGroups: ['x.io'], resources: ['c'], verbs: ['patch'] }]),
    role('ClusterRole', 'web', [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }]),
  ];

  test('is every verb on every resource of every group of every rule that is bound', () => {
    const bindings = [
      binding('ClusterRoleBinding', { kind: 'ClusterRole', name: 'wide' }, 'us'),
      binding('RoleBinding', { kind: 'Role', name: 'narrow' }, 'us'),
      binding('ClusterRoleBinding', { kind: 'ClusterRole', name: 'web' }, 'us'),
    ];
    expect([...grantedTo('us', [...roles, ...bindings])]).toEqual([
      'get /a',
      'list /a',
      'get /b/status',
      'list /b/status',
      'get apps/a',
      'list apps/a',
      'get apps/b/status',
      'list apps/b/status',
      'patch x.io/c',
      'get /metrics',
    ]);
  });

  test('is nothing that is bound to others, or to nobody', () => {
    const others = binding('RoleBinding', { kind: 'Role', name: 'narrow' }, 'them');
    expect([...grantedTo('us', [...roles, others])]).toEqual([]);
  });

  test('cannot be told of a role that is not there', () => {
    const dangling = binding('RoleBinding', { kind: 'Role', name: 'gone' }, 'us');
    expect(() => grantedTo('us', [...roles, dangling])).toThrow('no Role gone is among them');
  });
});

test.each<[string, Partial<AuditEvent>, string]>([
  ['of a core resource', { verb: 'get', objectRef: { resource: 'secrets', name: 'x' } }, 'get /secrets'],
  ['of a group', { verb: 'list', objectRef: { apiGroup: 'x.io', resource: 'c' } }, 'list x.io/c'],
  [
    'of a subresource',
    { verb: 'patch', objectRef: { apiGroup: 'x.io', resource: 'c', subresource: 'status' } },
    'patch x.io/c/status',
  ],
  ['of no resource', { verb: 'get', requestURI: '/metrics?x=1' }, 'get /metrics'],
])('a request %s takes a right', (_what, event, right) => {
  const request = { requestURI: '', user: { username: '' }, requestReceivedTimestamp: '', verb: '', ...event };
  expect(usedBy(request)).toBe(right);
});
