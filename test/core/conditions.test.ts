/** What claims become in the status. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meaningOf, type Reason } from '../../src/api/conditions.ts';
import { parseApplicationStatus } from '../../src/api/parse.ts';
import {
  blockedConditions,
  type Claim,
  conditionsFrom,
  readyCondition,
  suspendedConditions,
  type Verdicts,
} from '../../src/core/conditions.ts';
import { t0 } from '../support/builders.ts';

const claim = (reason: Reason, afterSeconds?: number): Claim => ({ reason, message: `about ${reason}`, afterSeconds });
const good = claim('Succeeded');
const all = { Accepted: good, Registered: good, SecretReady: good };

const marks = { True: '', False: '!', Unknown: '?' } as const;

function told(conditions: ReturnType<typeof conditionsFrom>): Record<string, string> {
  return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${marks[status]}${reason}`]));
}

const rows: readonly { name: string; claims: Verdicts; conditions: Record<string, string> }[] = [
  {
    name: 'all is well: Ready, and nothing passing',
    claims: all,
    conditions: { Accepted: 'Succeeded', Registered: 'Succeeded', SecretReady: 'Succeeded', Ready: 'Succeeded' },
  },
  {
    name: 'what is not claimed is Unknown, and on its way',
    claims: {},
    conditions: {
      Accepted: '?Progressing',
      Registered: '?Progressing',
      SecretReady: '?Progressing',
      Ready: '?Progressing',
      Reconciling: 'Progressing',
    },
  },
  {
    name: 'one False makes Ready False, with its reason',
    claims: { ...all, Registered: claim('NameConflict') },
    conditions: {
      Accepted: 'Succeeded',
      Registered: '!NameConflict',
      SecretReady: 'Succeeded',
      Ready: '!NameConflict',
      Stalled: 'NameConflict',
    },
  },
  {
    name: 'one Unknown makes Ready Unknown',
    claims: { ...all, Registered: claim('Throttled') },
    conditions: {
      Accepted: 'Succeeded',
      Registered: '?Throttled',
      SecretReady: 'Succeeded',
      Ready: '?Throttled',
      Reconciling: 'Throttled',
    },
  },
  {
    name: 'False comes before Unknown',
    claims: { ...all, Registered: claim('Throttled'), SecretReady: claim('SecretRefused') },
    conditions: {
      Accepted: 'Succeeded',
      Registered: '?Throttled',
      SecretReady: '!SecretRefused',
      Ready: '!SecretRefused',
      Reconciling: 'SecretRefused',
    },
  },
  {
    name: 'the first False counts',
    claims: { Accepted: claim('InvalidSpec'), Registered: claim('NameConflict'), SecretReady: claim('SecretConflict') },
    conditions: {
      Accepted: '!InvalidSpec',
      Registered: '!NameConflict',
      SecretReady: '!SecretConflict',
      Ready: '!InvalidSpec',
      Stalled: 'InvalidSpec',
    },
  },
  {
    name: 'a reason comes before mere waiting',
    claims: { Accepted: good, SecretReady: claim('Throttled') },
    conditions: {
      Accepted: 'Succeeded',
      Registered: '?Progressing',
      SecretReady: '?Throttled',
      Ready: '?Throttled',
      Reconciling: 'Throttled',
    },
  },
  {
    name: 'what time alone may change is no stall',
    claims: { ...all, Registered: claim('ApplicationMissing', 1) },
    conditions: {
      Accepted: 'Succeeded',
      Registered: '!ApplicationMissing',
      SecretReady: 'Succeeded',
      Ready: '!ApplicationMissing',
      Reconciling: 'ApplicationMissing',
    },
  },
];

describe('conditions', () => {
  it.each(rows)('$name', ({ claims, conditions }) => {
    expect(told(conditionsFrom(claims, [], 3, t0))).toEqual(conditions);
  });

  it('carry the generation, the message and the time of their transition', () => {
    expect(conditionsFrom({ Accepted: good }, [], 3, t0)[0]).toEqual({
      type: 'Accepted',
      status: 'True',
      reason: 'Succeeded',
      message: 'about Succeeded',
      lastTransitionTime: '2026-01-01T00:00:00Z',
      observedGeneration: 3,
    });
  });

  it('keep the time of a status that stays, also under another reason', () => {
    const before = conditionsFrom({ ...all, Registered: claim('NameConflict') }, [], 1, t0);
    const after = conditionsFrom({ ...all, Registered: claim('DriftDetected') }, before, 1, t0 + 5_000);
    const times = Object.fromEntries(
      after.map(({ type, lastTransitionTime }) => [type, lastTransitionTime.slice(17, 19)]),
    );
    expect(times).toEqual({ Accepted: '00', Registered: '00', SecretReady: '00', Ready: '00', Reconciling: '05' });
  });
});

const reasons = [
  'Succeeded',
  'Progressing',
  'InvalidSpec',
  'RegistryNotReady',
  'NameConflict',
  'CreationUncertain',
  'DriftDetected',
  'SecretConflict',
  'SecretRefused',
  'DeletionBlocked',
] as const;
const anyClaim = fc.option(
  fc.record({
    reason: fc.constantFrom(...reasons),
    message: fc.constant('m'),
    afterSeconds: fc.option(fc.nat(), { nil: undefined }),
  }),
  { nil: undefined },
);
const anyClaims = fc
  .record({ Accepted: anyClaim, Registered: anyClaim, SecretReady: anyClaim })
  .map((claims) => Object.fromEntries(Object.entries(claims).filter(([, each]) => each !== undefined)) as Verdicts);

describe('for any claims', () => {
  it('Ready is False if one is False, else Unknown if one is Unknown, else True', () => {
    fc.assert(
      fc.property(anyClaims, (claims) => {
        const statuses = (['Accepted', 'Registered', 'SecretReady'] as const).map((type) => {
          const reason = claims[type]?.reason;
          return reason === undefined ? 'Unknown' : (meaningOf(reason).status ?? 'Unknown');
        });
        const expected = statuses.includes('False') ? 'False' : statuses.includes('Unknown') ? 'Unknown' : 'True';
        const conditions = conditionsFrom(claims, [], 1, t0);
        expect(conditions.find(({ type }) => type === 'Ready')?.status).toBe(expected);
        const passing = conditions.filter(({ type }) => type === 'Reconciling' || type === 'Stalled');
        expect(passing.map(({ status }) => status)).toEqual(expected === 'True' ? [] : ['True']);
      }),
    );
  });

  it('the same claims again change nothing, whenever', () => {
    fc.assert(
      fc.property(anyClaims, fc.nat(), (claims, later) => {
        const once = conditionsFrom(claims, [], 1, t0);
        expect(conditionsFrom(claims, once, 1, t0 + later)).toEqual(once);
      }),
    );
  });

  it('there is one condition of each type', () => {
    fc.assert(
      fc.property(anyClaims, anyClaims, (before, after) => {
        const types = conditionsFrom(after, conditionsFrom(before, [], 1, t0), 2, t0).map(({ type }) => type);
        expect(types).toEqual([...new Set(types)]);
      }),
    );
  });
});

describe('conditions beside a plan', () => {
  const before = conditionsFrom(all, [], 1, t0);

  it('of a blocked deletion keep what was proved', () => {
    const blocked = blockedConditions(claim('DeletionBlocked'), before, 2, t0 + 1_000);
    expect(told(blocked)).toEqual({
      Accepted: 'Succeeded',
      Registered: 'Succeeded',
      SecretReady: 'Succeeded',
      Ready: '!DeletionBlocked',
      Reconciling: 'DeletionBlocked',
    });
    expect(blockedConditions(claim('DeletionBlocked'), blocked, 2, t0 + 9_000)).toEqual(blocked);
  });

  it('of a suspended resource keep what was proved, and forget what was on its way', () => {
    const waiting = conditionsFrom({ ...all, Registered: claim('Throttled') }, [], 1, t0);
    const suspended = suspendedConditions(waiting, 2, t0);
    expect(told(suspended)).toEqual({
      Accepted: 'Succeeded',
      Registered: '?Throttled',
      SecretReady: 'Succeeded',
      Ready: '?Throttled',
      Suspended: 'Succeeded',
    });
    expect(suspendedConditions(suspended, 2, t0 + 9_000)).toEqual(suspended);
  });

  it.each([
    { reason: 'Succeeded', status: 'True' },
    { reason: 'InvalidSpec', status: 'False' },
    { reason: 'RegistryUnavailable', status: 'False' },
  ] as const)('of a registry are $status for $reason', ({ reason, status }) => {
    expect(readyCondition(claim(reason), [], 4, t0)).toMatchObject({
      type: 'Ready',
      status,
      reason,
      observedGeneration: 4,
    });
  });
});

describe('a condition', () => {
  it('begins to count anew when the application is missing, whatever was wrong before', () => {
    const at = (reason: Reason, before: ReturnType<typeof conditionsFrom>, now: number) =>
      conditionsFrom({ ...all, Registered: claim(reason) }, before, 1, now);
    const timeOf = (conditions: ReturnType<typeof conditionsFrom>) =>
      conditions.find(({ type }) => type === 'Registered')?.lastTransitionTime;
    const drifted = at('DriftDetected', [], t0);
    const missing = at('ApplicationMissing', drifted, t0 + 60_000);
    expect(timeOf(missing)).toBe('2026-01-01T00:01:00Z');
    expect(timeOf(at('ApplicationMissing', missing, t0 + 120_000))).toBe('2026-01-01T00:01:00Z');
    expect(timeOf(at('DriftDetected', missing, t0 + 120_000))).toBe('2026-01-01T00:01:00Z');
  });

  it('is not lost by a long message, nor does it end in half a character', () => {
    const message = 'x'.repeat(4_094) + '\u{1F511}'.repeat(40_000);
    const conditions = conditionsFrom({ ...all, SecretReady: { reason: 'SecretRefused', message } }, [], 1, t0);
    const kept = conditions.find(({ type }) => type === 'SecretReady')?.message ?? '';
    expect(kept.length).toBeLessThanOrEqual(4_096);
    expect(kept.endsWith('…')).toBe(true);
    expect(kept.isWellFormed()).toBe(true);
    expect(parseApplicationStatus({ observedGeneration: 1, conditions }).conditions).toEqual(conditions);
  });
});
