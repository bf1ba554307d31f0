/**
 * What is held against a status: each planted lie is found, and what was done outside excuses the one who could not know.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import type { Revision } from './history.ts';
import { digestOf, type Entry } from './journaled-store.ts';
import type { ApplicationObject, SecretObject } from './tenant.ts';
import { judge, type Timeline } from './truth.ts';

const metadata = { namespace: 'team-a', name: 'shop', uid: '1', resourceVersion: '1', generation: 1 };
const base64 = (text: string) => Buffer.from(text).toString('base64');

function ready(at: number, changes: { displayName?: string; status?: 'True' | 'Unknown' } = {}) {
  const { displayName = 'Shop', status = 'True' } = changes;
  const told = { reason: 'Succeeded', message: '', lastTransitionTime: '', observedGeneration: 1 };
  const object: ApplicationObject = {
    metadata: { ...metadata, resourceVersion: `${at}` },
    spec: { displayName },
    status: { observedGeneration: 1, applicationID: '4711', conditions: [{ type: 'Ready', status, ...told }] },
  };
  return { type: 'MODIFIED', object, at };
}

function secret(at: number, value: string, type = 'MODIFIED'): Revision<SecretObject> {
  const data = { client_id: base64('4711'), client_secret: base64(value) };
  return { type, object: { metadata: { ...metadata, resourceVersion: `s${at}` }, type: 'Opaque', data }, at };
}

function entry(at: number, value: string, displayName = 'Shop'): Entry {
  const application = { displayName, clientID: '4711', secretRequired: true } as NonNullable<Entry['application']>;
  return { msg: 'journal', at, id: '4711', application, accepted: [digestOf(value)] };
}

const well = { journal: [entry(10, 'a')], secrets: [secret(20, 'a')], applications: [ready(30)] };
const judged = (changes: Partial<Timeline> = {}) => judge({ audit: [], outside: [], ...well, ...changes });

test('what is so is no lie, at the claim and at each change', () => {
  expect(judged()).toEqual({ claims: 1, lies: [] });
  expect(judged({ secrets: [secret(20, 'a'), secret(40, 'a')] })).toEqual({ claims: 2, lies: [] });
  expect(judged({ applications: [ready(5, { status: 'Unknown' }), ready(30)] })).toEqual({ claims: 1, lies: [] });
});

test.each<[string, Partial<Timeline>, string]>([
  ['before there was an application', { journal: [entry(31, 'a')] }, 'Ready without an application'],
  [
    'before the registry held what the spec says',
    { journal: [entry(10, 'a', 'Old')] },
    'Ready, and displayName differs',
  ],
  ['before there was a Secret', { secrets: [] }, 'Ready, and the Secret serves another client'],
  ['of a dead client secret', { secrets: [secret(20, 'b')] }, 'Ready, and the client secret is not accepted'],
  [
    'while the registry was changed',
    { journal: [...well.journal, entry(40, 'a', 'New')] },
    'Ready, and displayName differs',
  ],
  [
    'while the Secret was deleted',
    { secrets: [...well.secrets, secret(40, 'a', 'DELETED')] },
    'Ready, and the Secret serves another client',
  ],
])('Ready %s is a lie', (_, changes, lie) => {
  expect(judged(changes).lies[0]).toMatch(lie);
});

describe('what was done outside', () => {
  const journal = [...well.journal, entry(40, 'a', 'Drifted')];

  test('excuses the revision that was there', () => {
    expect(judged({ journal, outside: [35] })).toEqual({ claims: 1, lies: [] });
  });

  test('and not the next one', () => {
    expect(judged({ journal, outside: [35], applications: [ready(30), ready(50)] }).lies).toEqual([
      'shop at 50: Ready, and displayName differs',
    ]);
  });
});
