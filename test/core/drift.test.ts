/** What counts as setting right, when it stops, and what is shown of drift. */

import { describe, expect, it } from 'vitest';
import type { Condition } from '../../src/api/application.ts';
import { contestedAbsence, driftFacts, isCorrection, isDriftLeft, uncorrectedDrift } from '../../src/core/drift.ts';
import type { Action } from '../../src/core/plan.ts';
import { toTimestamp } from '../../src/core/time.ts';
import { desired, registered, resource, settled, status, t0 } from '../support/builders.ts';

const update: Action = { kind: 'UpdateApplication', changes: {}, differences: [] };
const create: Action = { kind: 'CreateApplication', application: desired().application, operation: 'o' };
const hour = 3_600_000;

const corrections = [
  { action: update, changes: { observedGeneration: 1 }, is: true },
  { action: update, changes: { observedGeneration: 0 }, is: false },
  { action: create, changes: { applicationID: 'app-1' }, is: true },
  { action: create, changes: {}, is: false },
  { action: { kind: 'DeliverSecret', how: 'patch' } as const, changes: { observedGeneration: 1 }, is: false },
];

function told(since: number, observedGeneration = 1) {
  const conditions: Condition[] = [
    {
      type: 'Registered',
      status: 'False',
      reason: 'DriftContested',
      message: '',
      lastTransitionTime: toTimestamp(since),
      observedGeneration,
    },
  ];
  return resource({ status: status({ applicationID: 'app-1', conditions }) });
}

const drifted = registered({ displayName: 'Drifted', scopes: ['openid', 'profile'] });
const moment = { now: t0, consistencyWindow: 0 };

const stops = [
  { name: 'five corrections are no contest', found: { corrections: 5 }, stops: false },
  { name: 'six are', found: { corrections: 6 }, stops: true },
  { name: 'what was told counts for an hour', found: { resource: told(t0 - hour + 1_000) }, stops: true },
  { name: 'and no longer', found: { resource: told(t0 - hour) }, stops: false },
  { name: 'nor under another spec', found: { resource: told(t0, 0) }, stops: false },
  { name: 'nor for ever by a clock that was set back', found: { resource: told(t0 + 10 * hour) }, stops: true },
];

describe('drift', () => {
  it.each(corrections)('$action.kind with $changes is a correction: $is', ({ action, changes, is }) => {
    expect(isCorrection(action, resource({ status: status(changes) }))).toBe(is);
  });

  it.each(stops)('$name', ({ found, stops: expected }) => {
    const there = settled({ application: drifted, ...found });
    const verdict = uncorrectedDrift(desired(), there, moment);
    expect(verdict?.reason).toBe(expected ? 'DriftContested' : undefined);
    if (verdict) expect(verdict.message).toContain('displayName, scopes of the application team-a.shop changed');
    expect(isDriftLeft([update], desired(), there, moment)).toBe(expected);

    const gone = { resource: told(0), ...found, application: undefined };
    expect(contestedAbsence(desired(), settled(gone), moment)?.reason).toBe(expected ? 'DriftContested' : undefined);
  });

  it('that is left is not all, where something else is to do', () => {
    const report = desired({ driftPolicy: 'Report' });
    expect(isDriftLeft([update], report, settled(), moment)).toBe(true);
    expect(isDriftLeft([update, { kind: 'DeliverSecret', how: 'patch' }], report, settled(), moment)).toBe(false);
    expect(isDriftLeft([], report, settled(), moment)).toBe(true);
  });

  it('is shown by field, each character of it', () => {
    const found = settled({
      application: registered({ displayName: 'Shop\u202egnp\u0007\u{e0041}', redirectURIs: [] }),
    });
    expect(driftFacts(desired(), found)).toEqual([
      { field: 'displayName', desired: '"Shop"', observed: '"Shop\\u202egnp\\u0007\\udb40\\udc41"' },
      { field: 'redirectURIs', desired: '["https://shop.example/cb"]', observed: '[]' },
    ]);
    expect(driftFacts(desired(), settled())).toBeUndefined();
  });
});
