/** What may hold a plan back, and what it lets through. */

import { describe, expect, it } from 'vitest';
import { guard } from '../../src/core/guards.ts';
import type { Observed } from '../../src/core/observed.ts';
import { plan } from '../../src/core/plan.ts';
import { toTimestamp } from '../../src/core/time.ts';
import {
  desired,
  foreignSecret,
  held,
  issued,
  operation,
  registered,
  resource,
  secret,
  settled,
  status,
  t0,
  untouched,
} from '../support/builders.ts';

type Spec = Readonly<Record<string, unknown>>;

interface Row {
  readonly name: string;
  readonly spec?: Spec;
  readonly found: Observed;
  readonly window?: number;
  readonly allowed: readonly string[];
  /** Reason, what is held back, and the seconds after which it may be lifted. */
  readonly held: readonly (readonly [string, readonly string[], number?])[];
}

const facts = {
  applicationID: 'app-1',
  provenance: 'Created' as const,
  secretRef: { name: 'shop', resourceVersion: '7' },
};
const bound = resource({ ...held(), status: status(facts) });
const everything = ['HoldDeletion', 'CreateApplication', 'IssueClientSecret', 'DeliverSecret'];
const creation = ['CreateApplication', 'IssueClientSecret', 'DeliverSecret'];

function missing(secondsAgo?: number): Observed {
  const seen = {
    type: 'Registered',
    status: 'False' as const,
    reason: 'ApplicationMissing',
    message: '',
    lastTransitionTime: toTimestamp(t0 - (secondsAgo ?? 0) * 1_000),
  };
  const conditions = secondsAgo === undefined ? [] : [seen];
  return settled({
    resource: resource({ ...held(), status: { observedGeneration: 1, ...facts, conditions } }),
    application: undefined,
    clientSecrets: [],
    value: undefined,
  });
}

const rows: readonly Row[] = [
  { name: 'a new resource meets no obstacle', found: untouched(), allowed: everything, held: [] },
  {
    name: 'a foreign application stops everything',
    found: untouched({ application: registered() }),
    allowed: [],
    held: [['NameConflict', everything]],
  },
  {
    name: 'an uncertain application stops everything',
    found: untouched({
      resource: resource(held(operation({ startTime: t0 - 20_000 }))),
      application: registered({ displayName: 'x' }),
    }),
    allowed: [],
    held: [['CreationUncertain', everything]],
  },
  {
    name: 'a foreign Secret stops everything before a create, and no intent is recorded for nothing',
    found: untouched({ secret: foreignSecret() }),
    allowed: [],
    held: [['SecretConflict', creation]],
  },
  {
    name: 'a rival that comes first does so too',
    found: untouched({ rival: 'team-a/older' }),
    allowed: [],
    held: [['SecretConflict', creation]],
  },
  {
    name: 'a foreign Secret does not keep an application from being updated and held',
    found: settled({
      resource: { ...named('s1'), finalizers: [] },
      application: registered({ displayName: 'x' }),
      secret: foreignSecret(),
    }),
    allowed: ['HoldDeletion', 'UpdateApplication'],
    held: [['SecretConflict', ['DeliverSecret']]],
  },
  {
    name: 'a foreign Secret keeps the old one where it is',
    spec: { secret: { name: 'other' } },
    found: settled({ secret: foreignSecret({ name: 'other' }), renamedSecrets: [secret()] }),
    allowed: [],
    held: [['SecretConflict', ['DeliverSecret', 'RetireSecret']]],
  },
  {
    name: 'an application that is gone is not created again at the first look',
    found: missing(),
    allowed: [],
    held: [['ApplicationMissing', creation, 1]],
  },
  {
    name: 'nor at a second look that comes too early',
    found: missing(0),
    allowed: [],
    held: [['ApplicationMissing', creation, 1]],
  },
  { name: 'but at a second look a second later', found: missing(1), allowed: everything, held: [] },
  {
    name: 'but only after the consistency window',
    found: missing(20),
    window: 60_000,
    allowed: [],
    held: [['ApplicationMissing', creation, 40]],
  },
  {
    name: 'and is looked for anew where the clock was set back since',
    found: missing(-3_600),
    window: 60_000,
    allowed: [],
    held: [['ApplicationMissing', creation, 60]],
  },
  { name: 'and after it', found: missing(60), window: 60_000, allowed: everything, held: [] },
  {
    name: 'and never where drift is only reported',
    spec: { driftPolicy: 'Report' },
    found: missing(600),
    allowed: [],
    held: [['ApplicationMissing', creation]],
  },
  {
    name: 'an application that is gone keeps a renamed Secret where it is',
    spec: { secret: { name: 'other' } },
    found: { ...missing(), secret: undefined, renamedSecrets: [secret()] },
    allowed: [],
    held: [['ApplicationMissing', [...creation, 'RetireSecret'], 1]],
  },
  {
    name: 'drift is left alone where it is only reported, and the Secret is delivered',
    spec: { driftPolicy: 'Report' },
    found: settled({ application: registered({ displayName: 'x' }), secret: undefined, resource: named('s1') }),
    allowed: ['DeliverSecret'],
    held: [['DriftDetected', ['UpdateApplication']]],
  },
  {
    name: 'two client secrets of others leave no slot',
    found: settled({ clientSecrets: [issued('a'), issued('b')], value: undefined }),
    allowed: [],
    held: [['SecretSlotsExhausted', ['IssueClientSecret', 'DeliverSecret']]],
  },
  {
    name: 'one client secret of others leaves one',
    found: settled({ clientSecrets: [issued('a')], value: undefined }),
    allowed: ['HoldDeletion', 'IssueClientSecret', 'DeliverSecret'],
    held: [],
  },
  {
    name: 'two client secrets of others are no obstacle to an application that has none of its own',
    spec: { type: 'Native' },
    found: settled({ clientSecrets: [issued('a'), issued('b')], secret: undefined }, desired({ type: 'Native' })),
    allowed: ['DeliverSecret'],
    held: [],
  },
  {
    name: 'a value that cannot be read again is another, where a slot is free',
    found: settled({ secret: undefined, value: undefined, unreadable: ['s1'], resource: named('s1') }),
    allowed: ['HoldDeletion', 'IssueClientSecret', 'DeliverSecret'],
    held: [],
  },
  {
    name: 'a value that cannot be read again is missing, where a client secret of others leaves no slot',
    found: settled({
      secret: undefined,
      value: undefined,
      unreadable: ['s1'],
      clientSecrets: [issued('s1'), issued('theirs')],
      resource: named('s1'),
    }),
    allowed: [],
    held: [['SecretSlotsExhausted', ['IssueClientSecret', 'DeliverSecret']]],
  },
  {
    name: 'a value that need not be read does not keep an old Secret from going',
    found: settled({
      resource: bound,
      secret: metadata(),
      value: undefined,
      renamedSecrets: [secret({ name: 'old' })],
    }),
    allowed: ['RetireSecret'],
    held: [],
  },
];

function named(id: string) {
  return resource({
    ...held(),
    status: status({ ...facts, clientSecrets: [{ id, role: 'Current', createTime: '' }] }),
  });
}

function metadata() {
  const { type: _type, immutable: _immutable, data: _data, ...rest } = secret();
  return rest;
}

describe('guard', () => {
  it.each(rows)('$name', ({ spec, found, window = 0, allowed, held: expected }) => {
    const wanted = desired(spec);
    const actions = plan(wanted, found, { id: 'operation-2', now: t0 });
    const guarded = guard(actions, wanted, found, { now: t0, consistencyWindow: window });
    expect(guarded.allowed.map(({ kind }) => kind)).toEqual(allowed);
    expect(
      guarded.held.map(({ reason, actions: kept, afterSeconds }) => [
        reason,
        kept.map(({ kind }) => kind),
        afterSeconds,
      ]),
    ).toEqual(expected.map(([reason, kinds, seconds]) => [reason, kinds, seconds]));
    expect(guarded.held.every(({ message }) => message.length > 20)).toBe(true);
  });

  it('records no intent for what it holds back', () => {
    const found = settled({
      resource: resource({ status: status(facts) }),
      clientSecrets: [],
      value: undefined,
      secret: foreignSecret(),
    });
    const actions = plan(desired(), found, { id: 'operation-2', now: t0 });
    const { allowed } = guard(actions, desired(), found, { now: t0, consistencyWindow: 0 });
    expect(allowed).toMatchObject([{ kind: 'HoldDeletion', operation: undefined }]);
  });
});
