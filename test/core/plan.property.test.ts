/** What holds of every plan, whatever was found. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretStanding } from '../../src/core/delivery.ts';
import { guard } from '../../src/core/guards.ts';
import { type Observed } from '../../src/core/observed.ts';
import { type Action, plan } from '../../src/core/plan.ts';
import { isHeld, openOperationOf } from '../../src/core/resource.ts';
import { applicationStanding } from '../../src/core/standing.ts';
import type { Desired } from '../../src/core/state.ts';
import {
  binding,
  desired,
  foreignSecret,
  held,
  issued,
  operation,
  registered,
  resource,
  secret,
  status,
  t0,
} from '../support/builders.ts';

const specs = [
  {},
  { displayName: 'Store' },
  { protocolVersion: '2.1' },
  { driftPolicy: 'Report' },
  { deletionPolicy: 'Orphan' },
  { secret: { name: 'other' } },
];
const wanted = fc.constantFrom(...specs).map((spec) => desired(spec));

const knownIDs = fc.subarray(['s1', 's2', 's3']);
const intent = fc.record({
  kind: fc.constantFrom('CreateApplication' as const, 'IssueClientSecret' as const),
  startTime: fc.constantFrom(t0, t0 - 10_000, t0 - 60_000, t0 - 86_400_000, t0 + 5_000),
  knownClientSecretIDs: knownIDs,
});
const marks = fc.option(fc.constantFrom(binding(), binding({ accountID: '2' })), { nil: undefined }).chain((bound) =>
  fc.option(intent, { nil: undefined }).map((open) => ({
    ...held(open && operation(open)),
    ...(bound === undefined && { annotations: open ? held(operation(open)).annotations : {} }),
  })),
);
const statuses = fc.constantFrom(
  status(),
  status({ applicationID: 'app-1' }),
  status({ applicationID: 'gone' }),
  status({
    applicationID: 'app-1',
    clientSecrets: [{ id: 's1', role: 'Current', createTime: '' }],
    secretRef: { name: 'shop', resourceVersion: '7' },
  }),
);
const resources = fc
  .tuple(marks, statuses, fc.boolean())
  .map(([mark, found, isFinalized]) =>
    resource({ ...mark, status: found, finalizers: isFinalized ? mark.finalizers : [] }),
  );
const applications = fc.constantFrom(
  undefined,
  registered(),
  registered({ displayName: 'Drifted' }),
  registered({ type: 'Native' }),
  registered({ protocolVersion: '2.1', secretRequired: false }),
  registered({ createTime: 0 }),
);
const clientSecrets = fc.subarray([issued('s1'), issued('s2'), issued('s3', t0 - 86_400_000)], { maxLength: 2 });
const secrets = fc.constantFrom(
  undefined,
  secret(),
  secret({ immutable: true }),
  secret({ labels: {} }),
  foreignSecret(),
  secret({ name: 'other' }),
);

const found: fc.Arbitrary<Observed> = fc
  .record({
    time: fc.constant(t0),
    resource: resources,
    application: applications,
    clientSecrets,
    value: fc.constantFrom(undefined, issued('s1')),
    secret: secrets,
    renamedSecrets: fc.constantFrom([], [secret({ name: 'old' })]),
    provenance: fc.constantFrom('Created' as const, 'Adopted' as const),
    rival: fc.constantFrom(undefined, undefined, 'team-a/older'),
  })
  .map((all) => ({ ...all, clientSecrets: all.application ? all.clientSecrets : [] }));

const attempt = { id: 'operation-2', now: t0 };
const moment = { now: t0, consistencyWindow: 0 };

function every(holds: (actions: readonly Action[], observed: Observed, want: Desired) => void) {
  fc.assert(
    fc.property(wanted, found, (want, observed) => holds(plan(want, observed, attempt), observed, want)),
    { numRuns: 200 },
  );
}

const kinds = (actions: readonly Action[]) => actions.map(({ kind }) => kind);
const makes = new Set(['CreateApplication', 'IssueClientSecret']);

describe('in every plan', () => {
  it('nothing is created or issued before deletion is held and the intent recorded', () => {
    every((actions, { resource: before }) => {
      const hold = actions.find((action) => action.kind === 'HoldDeletion');
      const making = actions.filter(
        (action) => action.kind === 'CreateApplication' || action.kind === 'IssueClientSecret',
      );
      for (const action of making) {
        expect(hold !== undefined || isHeld(before)).toBe(true);
        expect(hold === undefined || actions.indexOf(hold) < actions.indexOf(action)).toBe(true);
        expect((hold?.operation ?? openOperationOf(before))?.id).toBe(action.operation);
      }
    });
  });

  it('no client secret is deleted but the one that was served and those of an open intent', () => {
    every((actions, observed) => {
      const known = openOperationOf(observed.resource)?.knownClientSecretIDs;
      for (const action of actions) {
        if (action.kind !== 'DeleteClientSecret') continue;
        expect(action.id, 'of another day').not.toBe('s3');
        expect(action.id === 's1' || known?.includes(action.id) === false).toBe(true);
      }
    });
  });

  it('the old Secret goes after the new one is written', () => {
    every((actions) => {
      const all = kinds(actions);
      if (all.includes('DeliverSecret') && all.includes('RetireSecret'))
        expect(all.indexOf('DeliverSecret')).toBeLessThan(all.indexOf('RetireSecret'));
    });
  });
});

describe('of every plan the guards', () => {
  it('leave nothing where the application is not ours', () => {
    every((actions, observed, want) => {
      const standing = applicationStanding(want, observed);
      if (standing === 'foreign' || standing === 'uncertain')
        expect(guard(actions, want, observed, moment).allowed).toEqual([]);
    });
  });

  it('leave nothing to create, issue, write or delete where the Secret is not ours', () => {
    every((actions, observed, want) => {
      if (secretStanding(want, observed) !== 'foreign' && observed.rival === undefined) return;
      const allowed = kinds(guard(actions, want, observed, moment).allowed);
      expect(allowed.filter((kind) => kind !== 'HoldDeletion' && kind !== 'UpdateApplication')).toEqual([]);
    });
  });

  it('lose no action: it is allowed or held, but for an intent that carries nothing', () => {
    every((actions, observed, want) => {
      const { allowed, held: back } = guard(actions, want, observed, moment);
      const kept = [...kinds(allowed), ...back.flatMap((each) => kinds(each.actions))];
      const lost = kinds(actions).filter((kind) => !kept.includes(kind));
      expect(lost.filter((kind) => kind !== 'HoldDeletion')).toEqual([]);
      if (lost.length > 0) expect(kinds(allowed).some((kind) => makes.has(kind))).toBe(false);
    });
  });
});
