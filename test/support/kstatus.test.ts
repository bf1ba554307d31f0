/**
 * Our reading of kstatus, row by row of its documentation.
 *
 * @module
 */

import { expect, test } from 'vitest';
import type { Condition } from '../../src/api/application.ts';
import { kstatus } from './kstatus.ts';
import type { ApplicationObject } from './tenant.ts';

const metadata = { namespace: 'team-a', name: 'shop', uid: '1', resourceVersion: '10', generation: 2 };

function told(type: string, status: Condition['status']): Condition {
  const said = { reason: 'Progressing', message: 'm', lastTransitionTime: '2026-01-01T00:00:00Z' };
  return { type, status, observedGeneration: 2, ...said };
}

const ready = told('Ready', 'True');

test.each<[string, ApplicationObject['status'], Partial<ApplicationObject['metadata']>?]>([
  ['Current', { observedGeneration: 2, conditions: [ready] }],
  ['Current', { observedGeneration: 2 }],
  ['InProgress', { observedGeneration: 1, conditions: [ready] }],
  ['InProgress', { observedGeneration: -1 }],
  ['InProgress', { observedGeneration: 2, conditions: [told('Ready', 'False')] }],
  ['InProgress', { observedGeneration: 2, conditions: [told('Ready', 'Unknown')] }],
  ['InProgress', { observedGeneration: 2, conditions: [ready, told('Reconciling', 'True')] }],
  ['Failed', { observedGeneration: 2, conditions: [ready, told('Stalled', 'True')] }],
  ['InProgress', { observedGeneration: 1, conditions: [told('Stalled', 'True')] }],
  ['Terminating', { observedGeneration: 2, conditions: [ready] }, { deletionTimestamp: '2026-01-01T00:00:00Z' }],
])('%s: %j', (expected, status, changes = {}) => {
  expect(kstatus({ metadata: { ...metadata, ...changes }, spec: {}, status })).toBe(expected);
});
