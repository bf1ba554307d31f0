/** Whose application it is, and what an attempt proves. */

import { describe, expect, it } from 'vitest';
import type { Observed } from '../../src/core/observed.ts';
import { applicationStanding, attemptRemaining, boundStanding, isFresh } from '../../src/core/standing.ts';
import { binding, desired, held, operation, registered, resource, settled, status, t0 } from '../support/builders.ts';

const known = status({ applicationID: 'app-1' });
const second = 1_000;

const standings: readonly { name: string; found: Partial<Observed>; standing: string }[] = [
  { name: 'nothing under the name is absent', found: { application: undefined }, standing: 'absent' },
  {
    name: 'the one whose ID is in the status is ours',
    found: { resource: resource({ status: known }) },
    standing: 'ours',
  },
  { name: 'the one that the annotation binds is ours', found: { resource: resource(held()) }, standing: 'ours' },
  { name: 'without any mark it is foreign', found: { resource: resource() }, standing: 'foreign' },
  {
    name: 'the recorded ID under another name proves nothing',
    found: { resource: resource({ status: known }), application: registered({ name: 'team-b.bank' }) },
    standing: 'foreign',
  },
  {
    name: 'the name counts in any case',
    found: { resource: resource({ status: known }), application: registered({ name: 'Team-A.Shop' }) },
    standing: 'ours',
  },
  {
    name: 'a binding to another registry proves nothing',
    found: { resource: resource(held(undefined, binding({ registry: 'other' }))) },
    standing: 'foreign',
  },
  {
    name: 'a binding to another account proves nothing',
    found: { resource: resource(held(undefined, binding({ accountID: '2' }))) },
    standing: 'foreign',
  },
  {
    name: 'a binding to another name proves nothing',
    found: { resource: resource(held(undefined, binding({ applicationName: 'team-b.bank' }))) },
    standing: 'foreign',
  },
  {
    name: 'what our attempt sent, and made in its time, is ours',
    found: { resource: resource(held(operation())) },
    standing: 'ours',
  },
  {
    name: 'what appeared during our attempt and is not what we sent is uncertain',
    found: { resource: resource(held(operation())), application: registered({ displayName: 'Store' }) },
    standing: 'uncertain',
  },
  {
    name: 'an attempt that recorded nothing sent proves nothing',
    found: { resource: resource(held(operation({ sent: undefined }))) },
    standing: 'uncertain',
  },
  {
    name: 'what was there before our attempt is foreign',
    found: { resource: resource(held(operation())), application: registered({ createTime: t0 - 31 * second }) },
    standing: 'foreign',
  },
  {
    name: 'what a slow clock dates before our attempt is ours',
    found: { resource: resource(held(operation())), application: registered({ createTime: t0 - 30 * second }) },
    standing: 'ours',
  },
  {
    name: 'what was applied late is ours',
    found: { resource: resource(held(operation())), application: registered({ createTime: t0 + 94 * second }) },
    standing: 'ours',
  },
  {
    name: 'what came after anything late is foreign',
    found: { resource: resource(held(operation())), application: registered({ createTime: t0 + 95 * second }) },
    standing: 'foreign',
  },
  {
    name: 'what is older than the resource is not of its making, whatever its intent says',
    found: {
      resource: resource({ ...held(operation({ startTime: t0 })), creationTime: t0 + 20 * second }),
      application: registered({ createTime: t0 - 15 * second }),
    },
    standing: 'foreign',
  },
  {
    name: 'with an attempt to issue open, the binding decides',
    found: {
      resource: resource(held(operation({ kind: 'IssueClientSecret' }))),
      application: registered({ createTime: 0 }),
    },
    standing: 'ours',
  },
];

describe('the application under the effective name', () => {
  it.each(standings)('$name', ({ found, standing }) => {
    expect(applicationStanding(desired(), settled(found))).toBe(standing);
  });

  it.each([{ type: 'Native' as const }, { protocolVersion: '2.1' as const }])(
    'is foreign with %j, but goes with its resource all the same',
    (changes) => {
      const found = settled({ application: registered(changes) });
      expect(applicationStanding(desired(), found)).toBe('foreign');
      expect(boundStanding(binding(), found)).toBe('ours');
    },
  );
});

const attempts = [
  { name: 'begun now is fresh and may be applied late', age: 0, fresh: true, remaining: 64_000 },
  { name: 'begun 15 s ago is not fresh any more', age: 15_000, fresh: false, remaining: 49_000 },
  { name: 'begun a moment sooner is', age: 14_999, fresh: true, remaining: 49_001 },
  { name: 'begun long ago is over', age: 64_000, fresh: false, remaining: 0 },
  { name: 'begun in the future is not fresh', age: -1, fresh: false, remaining: 64_001 },
];

describe('an attempt', () => {
  it.each(attempts)('$name', ({ age, fresh, remaining }) => {
    expect(isFresh(operation(), t0 + age)).toBe(fresh);
    expect(attemptRemaining(operation(), t0 + age, 60_000)).toBe(remaining);
  });
});
