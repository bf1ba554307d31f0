/** What a pass leaves in the status, tells, and waits for. */

import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../src/core/fingerprint.ts';
import type { Observed } from '../../src/core/observed.ts';
import type { Failure, Pass } from '../../src/core/outcome.ts';
import type { Action } from '../../src/core/plan.ts';
import { doneEvents, report, reportBlockedDeletion, reportRefusal, reportSuspension } from '../../src/core/report.ts';
import { Sensitive } from '../../src/core/sensitive.ts';
import {
  binding,
  desired,
  held,
  issued,
  operation,
  registered,
  registry,
  resource,
  secret,
  settled,
  status,
  t0,
  untouched,
} from '../support/builders.ts';

type Spec = Readonly<Record<string, unknown>>;

function pass({ spec = {}, ...changes }: Partial<Pass> & { readonly spec?: Spec }): Pass {
  return {
    desired: desired(spec),
    registry: registry(),
    known: settled(),
    held: [],
    failure: undefined,
    settled: true,
    ...changes,
  };
}

const marks = { True: '', False: '!', Unknown: '?' } as const;

function reasons({ status: { conditions = [] } }: ReturnType<typeof report>): Record<string, string> {
  return Object.fromEntries(conditions.map((each) => [each.type, `${marks[each.status]}${each.reason}`]));
}

const stop = (reason: Failure['reason'], afterSeconds?: number) => ({
  reason,
  message: `about ${reason}`,
  afterSeconds,
});
const backoff = { kind: 'backoff' };
const after = (seconds: number) => ({ kind: 'after', seconds });
const well = { Accepted: 'Succeeded', Registered: 'Succeeded', SecretReady: 'Succeeded' };

interface Row {
  readonly name: string;
  readonly pass: Parameters<typeof pass>[0];
  readonly reasons: Readonly<Record<string, string>>;
  readonly next: object;
}

const rows: readonly Row[] = [
  {
    name: 'all is well and looked at again at the resync',
    pass: {},
    reasons: { ...well, Ready: 'Succeeded' },
    next: after(120),
  },
  {
    name: 'an update that did not take is not said to be there',
    pass: { known: settled({ application: registered({ displayName: 'x' }) }), settled: false },
    reasons: { ...well, Registered: '?Progressing', Ready: '?Progressing', Reconciling: 'Progressing' },
    next: backoff,
  },
  {
    name: 'a Secret that is not as it should be is not said to be there',
    pass: { known: settled({ secret: undefined }), settled: false },
    reasons: { ...well, SecretReady: '?Progressing', Ready: '?Progressing', Reconciling: 'Progressing' },
    next: backoff,
  },
  {
    name: 'nothing is claimed of an application that is not ours',
    pass: { known: settled({ resource: resource() }), held: [{ ...stop('NameConflict'), actions: [] } as never] },
    reasons: {
      Accepted: 'Succeeded',
      Registered: '!NameConflict',
      SecretReady: '?Progressing',
      Ready: '!NameConflict',
      Stalled: 'NameConflict',
    },
    next: after(120),
  },
  {
    name: 'a failure comes before what is held',
    pass: { failure: stop('Throttled'), held: [{ ...stop('DriftDetected'), actions: [] } as never] },
    reasons: { ...well, Registered: '?Throttled', Ready: '?Throttled', Reconciling: 'Throttled' },
    next: backoff,
  },
  {
    name: 'the sooner of two waits counts',
    pass: { failure: stop('SecretConflict'), held: [{ ...stop('DriftDetected'), actions: [] } as never] },
    reasons: {
      ...well,
      Registered: '!DriftDetected',
      SecretReady: '!SecretConflict',
      Ready: '!DriftDetected',
      Stalled: 'SecretConflict',
    },
    next: after(60),
  },
  {
    name: 'a wait that is known is waited',
    pass: { failure: stop('Throttled', 7) },
    reasons: { ...well, Registered: '?Throttled', Ready: '?Throttled', Reconciling: 'Throttled' },
    next: after(7),
  },
  {
    name: 'another interval of the registry counts',
    pass: { registry: registry({ resyncInterval: 30 }) },
    reasons: { ...well, Ready: 'Succeeded' },
    next: after(30),
  },
];

describe('a report', () => {
  it.each(rows)('$name', ({ pass: changes, reasons: expected, next }) => {
    const reported = report(pass(changes), t0);
    expect(reasons(reported)).toEqual(expected);
    expect(reported.next).toEqual(next);
  });

  it.each(rows)('changes nothing the second time and tells nothing again: $name', ({ pass: changes }) => {
    const first = pass(changes);
    const { status: once } = report(first, t0);
    const known = { ...first.known, resource: { ...first.known.resource, status: once } };
    const { status: twice, events } = report({ ...first, known }, t0 + 5_000);
    if (first.failure === undefined && first.held.length === 0) expect(twice).toEqual(once);
    expect(twice.conditions?.map(({ lastTransitionTime }) => lastTransitionTime)).not.toContain('2026-01-01T00:00:05Z');
    expect(events).toEqual([]);
  });
});

const named = (id: string, fingerprint?: string) => ({
  id,
  role: 'Current' as const,
  createTime: '2026-01-01T00:00:00Z',
  ...(fingerprint !== undefined && { fingerprint }),
});
const fingerprint = fingerprintOf(issued('s1').value);
const recorded = (clientSecrets: ReturnType<typeof named>[]) =>
  resource({ ...held(), status: status({ applicationID: 'app-1', clientSecrets }) });

const secretFacts: readonly {
  name: string;
  spec?: Spec;
  known: Partial<Observed>;
  clientSecrets: object[] | undefined;
}[] = [
  { name: 'is named with the fingerprint of its value', known: {}, clientSecrets: [named('s1', fingerprint)] },
  {
    name: 'keeps its fingerprint where the value was not read',
    known: { value: undefined, resource: recorded([named('s1', 'f')]) },
    clientSecrets: [named('s1', 'f')],
  },
  { name: 'has none where it was never read', known: { value: undefined }, clientSecrets: [named('s1')] },
  {
    name: 'loses the fingerprint of another',
    known: { value: undefined, resource: recorded([named('s0', 'f')]) },
    clientSecrets: [named('s1')],
  },
  {
    name: 'is named until it is deleted, although it is not wanted any more',
    spec: { protocolVersion: '2.1' },
    known: { application: registered({ protocolVersion: '2.1' }) },
    clientSecrets: [named('s1', fingerprint)],
  },
  {
    name: 'is not named once it is gone',
    spec: { protocolVersion: '2.1' },
    known: { application: registered({ protocolVersion: '2.1' }), clientSecrets: [] },
    clientSecrets: undefined,
  },
];

describe('the client secret in the status', () => {
  it.each(secretFacts)('$name', ({ spec, known, clientSecrets }) => {
    const desiredSpec = spec ?? {};
    expect(report(pass({ spec: desiredSpec, known: settled(known) }), t0).status.clientSecrets).toEqual(clientSecrets);
  });
});

describe('the status', () => {
  it('keeps what was proved of an application that is missing now', () => {
    const { resource: found } = settled();
    const known = untouched({ resource: { ...found, status: { ...found.status, clientID: 'client-1' } } });
    expect(report(pass({ known }), t0).status).toMatchObject({
      applicationID: 'app-1',
      clientID: 'client-1',
      secretRef: { name: 'shop' },
    });
  });

  it('closes an intent only when what it is for is done', () => {
    const known = settled({ resource: resource(held(operation())) });
    const undelivered = { ...known, secret: undefined };
    expect(report(pass({ known: undelivered, settled: false }), t0).status.lastOperation).toBeUndefined();
    expect(report(pass({ known, settled: false }), t0).status.lastOperation).toBeDefined();
    expect(report(pass({ known }), t0).status.lastOperation).toEqual({
      id: 'operation-1',
      kind: 'CreateApplication',
      completionTime: '2026-01-01T00:00:00Z',
    });
  });

  it('lists what differs, cut to what the schema takes', () => {
    const known = settled({ application: registered({ redirectURIs: [`https://x.example/${'x'.repeat(5_000)}`] }) });
    expect(report(pass({ known: settled() }), t0).status.drift).toBeUndefined();
    const [drift] = report(pass({ known }), t0).status.drift ?? [];
    expect(drift).toMatchObject({ field: 'redirectURIs', desired: '["https://shop.example/cb"]' });
    expect(drift?.observed).toHaveLength(4_096);
  });

  it('never shows a value', () => {
    const known = settled({ secret: secret({ data: { client_secret: new Sensitive('dmFsdWUtb2YtczE=') } }) });
    expect(JSON.stringify(report(pass({ known }), t0))).not.toMatch(/value-of|dmFsdWU/);
  });
});

describe('events', () => {
  it('tell in one what was done, but for the hold', () => {
    const done: readonly Action[] = [
      { kind: 'HoldDeletion', binding: binding(), operation: undefined },
      { kind: 'IssueClientSecret', operation: 'o', cause: 'none' },
      { kind: 'DeliverSecret', how: 'patch' },
    ];
    expect(doneEvents(done, desired())).toEqual([
      {
        type: 'Normal',
        reason: 'Succeeded',
        action: 'IssueClientSecret',
        note: 'Issued a client secret. Updated Secret shop.',
      },
    ]);
  });

  it('warn once for each condition that came to bear another bad reason', () => {
    const refused = reportRefusal(resource(), stop('InvalidSpec'), 120, t0);
    expect(refused.events).toEqual([
      { type: 'Warning', reason: 'InvalidSpec', action: 'Reconcile', note: 'about InvalidSpec' },
    ]);
    expect(reportRefusal(resource({ status: refused.status }), stop('InvalidSpec'), 120, t0).events).toEqual([]);
    expect(reportRefusal(resource({ status: refused.status }), stop('PolicyViolation'), 120, t0).events).toHaveLength(
      1,
    );
  });
});

const refusals = [
  { reason: 'InvalidSpec', next: { kind: 'terminal' } },
  { reason: 'RegistryNotFound', next: { kind: 'terminal' } },
  { reason: 'RegistryNotReady', next: backoff },
  { reason: 'NameConflict', next: after(120) },
  { reason: 'SecretConflict', next: after(60) },
] as const;

describe('a resource that is not acted on', () => {
  it.each(refusals)('for $reason is looked at again in time', ({ reason, next }) => {
    expect(reportRefusal(resource(), stop(reason), 120, t0).next).toEqual(next);
    expect(reportRefusal(resource(), stop(reason, 7), 120, t0).next).toEqual(after(7));
  });

  it('because it is suspended rests', () => {
    const reported = reportSuspension(resource({ generation: 5 }), t0);
    expect(reported).toMatchObject({ events: [], next: { kind: 'rest' }, status: { observedGeneration: -1 } });
    expect(reasons(reported)).toEqual({ Suspended: 'Succeeded' });
  });

  it('because its deletion is blocked is looked at after what is known, or a backoff', () => {
    expect(reportBlockedDeletion(resource(), 'why', undefined, t0).next).toEqual(backoff);
    expect(reportBlockedDeletion(resource(), 'why', 9, t0)).toMatchObject({
      next: after(9),
      events: [{ type: 'Warning', reason: 'DeletionBlocked', note: 'why' }],
    });
  });
});
