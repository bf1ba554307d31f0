/**
 * The rules that a recorded history must keep: each planted lie is found.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { type History, lies } from './history.ts';
import { leaks } from './leaks.ts';
import type { ApplicationObject, SecretObject } from './tenant.ts';

const metadata = { namespace: 'team-a', name: 'shop', uid: '1', resourceVersion: '10', generation: 1 };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const data = { client_id: base64('4711'), client_secret: base64('value') };
const secret: SecretObject = { metadata: { ...metadata, uid: '2', resourceVersion: '20' }, type: 'Opaque', data };

type Conditions = NonNullable<ApplicationObject['status']['conditions']>;
type Condition = Conditions[number];

function conditions(changes: Partial<Condition> = {}): Conditions {
  return ['Accepted', 'Registered', 'SecretReady', 'Ready'].map((type) => ({
    type,
    status: 'True',
    reason: 'Succeeded',
    message: 'well',
    lastTransitionTime: '2026-01-01T00:00:00Z',
    observedGeneration: 1,
    ...changes,
  }));
}

const served = {
  secretRef: { name: 'shop', resourceVersion: '20' },
  clientID: '4711',
  clientSecrets: [{ id: 's', role: 'Current' as const, createTime: '2026-01-01T00:00:00Z' }],
};

function application(version: string, status: Partial<ApplicationObject['status']>): ApplicationObject {
  return {
    metadata: { ...metadata, resourceVersion: version },
    spec: {},
    status: { observedGeneration: 1, ...status },
  };
}

function told(applications: readonly ApplicationObject[], secrets: readonly SecretObject[] = [secret]) {
  const revision = <T>(object: T) => ({ type: 'MODIFIED', object, at: 0 });
  const history: History = {
    applications: applications.map(revision),
    secrets: secrets.map(revision),
    caughtUp: () => Promise.resolve(),
  };
  return lies(history).map((lie) => lie.replace(/^.*?: /, ''));
}

const born = application('10', { observedGeneration: -1 });
const ready = application('30', { ...served, conditions: conditions() });
const [accepted, registered, secretReady, isReady] = conditions();
const stalled = { type: 'Stalled', status: 'True' as const };
const unserved = ['Ready, but the Secret was not so'];

describe('a history', () => {
  test('that is true has no lies', () => {
    expect(told([born, ready])).toEqual([]);
  });

  test.each([
    { lie: ['the first revision was taken for observed'], revisions: [ready] },
    { lie: unserved, revisions: [born, ready], secrets: [] },
    { lie: unserved, revisions: [born, { ...ready, metadata: { ...metadata, resourceVersion: '15' } }] },
    { lie: unserved, revisions: [born, { ...ready, status: { ...ready.status, clientID: 'other' } }] },
    { lie: unserved, revisions: [born, { ...ready, status: { ...ready.status, clientSecrets: [] } }] },
    {
      lie: ['Ready, but not Registered,SecretReady'],
      revisions: [born, { ...ready, status: { ...ready.status, conditions: [accepted, isReady] } }],
    },
    {
      lie: ['Ready, but Stalled'],
      revisions: [
        born,
        {
          ...ready,
          status: {
            ...ready.status,
            conditions: [accepted, registered, secretReady, isReady, { ...isReady, ...stalled }],
          },
        },
      ],
    },
    {
      lie: ['passing: '],
      revisions: [born, application('30', { conditions: conditions({ status: 'False', reason: 'InvalidSpec' }) })],
    },
    {
      lie: ['Accepted', 'Registered', 'SecretReady', 'Ready'].map((type) => `${type} gives no true reason (Whatever)`),
      revisions: [born, application('30', { ...served, conditions: conditions({ reason: 'Whatever' }) })],
    },
    {
      lie: ['it was written, and nothing changed'],
      revisions: [born, ready, { ...ready, metadata: { ...metadata, resourceVersion: '40' } }],
    },
    { lie: ['Current, but not done'], revisions: [born, application('30', {})] },
    { lie: ['observedGeneration went back'], revisions: [born, ready, application('40', { observedGeneration: 0 })] },
    {
      lie: ['Accepted', 'Registered', 'SecretReady', 'Ready'].map((type) => `${type} tells a transition that was none`),
      revisions: [
        born,
        ready,
        application('40', { ...served, conditions: conditions({ lastTransitionTime: '2026-01-01T00:00:09Z' }) }),
      ],
    },
  ])('is found out: $lie', ({ lie, revisions, secrets }) => {
    expect(told(revisions as ApplicationObject[], secrets)).toEqual(lie);
  });
});

test('how long a deletion is blocked is counted from when it was', () => {
  const failing = (reason: string, lastTransitionTime: string): Conditions => [
    ...conditions({ status: 'False', reason, lastTransitionTime }).filter(({ type }) => type === 'Ready'),
    ...conditions({ reason })
      .slice(0, 1)
      .map((each) => ({ ...each, type: 'Stalled' as const })),
  ];
  const before = application('30', { conditions: failing('PermissionDenied', '2026-01-01T00:00:00Z') });
  const after = application('40', { conditions: failing('DeletionBlocked', '2026-01-01T00:00:09Z') });
  expect(told([born, before, after])).toEqual([]);
});

describe('a value', () => {
  const value = 'LcTdFJxNxnVt85mJDbMrJ3AG0qKVsk0K5O8efisptLAuvt59a1t1kM5XruHhjZ8y';

  test.each([
    { form: 'as it is', text: `error: ${value}` },
    { form: 'a piece of it', text: `error: …${value.slice(20, 32)}…` },
    { form: 'in base64', text: base64(value) },
    { form: 'in base64, one character in', text: base64(`x${value}`) },
    { form: 'in base64, two characters in', text: base64(`xy${value}`) },
    { form: 'in hexadecimal', text: Buffer.from(value).toString('hex') },
  ])('is found $form', ({ text }) => {
    expect(leaks(text, ['0'.repeat(64), value])).toEqual([1]);
  });

  test('is not found where it is not', () => {
    expect(leaks(`error: …${value.slice(20, 31)}… [redacted]`, [value])).toEqual([]);
  });
});
