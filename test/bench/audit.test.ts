/** What is counted of the audit log. */

import { expect, test } from 'vitest';
import type { AuditEvent } from '../support/cluster.ts';
import { countCalls } from './audit.ts';

function event(verb: string, resource: string, userAgent = 'ramify'): AuditEvent {
  const user = { username: 'admin' };
  return { verb, requestURI: '/', user, userAgent, objectRef: { resource }, requestReceivedTimestamp: '' };
}

test('calls are counted by what they are for', () => {
  const calls = countCalls([
    event('patch', 'oauthapplications'),
    event('create', 'secrets'),
    event('delete', 'secrets'),
    event('get', 'secrets'),
    event('create', 'events'),
    event('patch', 'oauthregistries'),
  ]);
  expect(calls).toEqual({ writes: 3, reads: 1, events: 1, others: 1 });
});

test('what begins a watch is not counted, and neither are the election and other clients', () => {
  const calls = countCalls([
    event('list', 'secrets'),
    event('watch', 'secrets'),
    event('update', 'leases', 'ramify/election'),
    event('create', 'oauthapplications', 'ramify-bench'),
    event('create', 'oauthapplications', 'kubectl/v1.36.2'),
  ]);
  expect(calls).toEqual({ writes: 0, reads: 0, events: 0, others: 0 });
});
