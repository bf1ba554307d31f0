/** How a resource that is being deleted goes. */

import { describe, expect, it } from 'vitest';
import { absenceDelay, planRemoval, wasEverBound } from '../../src/core/removal.ts';
import { toTimestamp } from '../../src/core/time.ts';
import { foreignSecret, held, operation, registered, resource, secret, status, t0 } from '../support/builders.ts';

const bound = resource(held());
const unowned = secret({ name: 'loose', ownerReferences: [] });

const rows = [
  {
    name: 'without our finalizer nothing is done',
    resource: resource(),
    policy: 'Delete',
    application: registered(),
    secrets: [unowned],
    steps: [],
  },
  {
    name: 'the application goes before the finalizer',
    policy: 'Delete',
    application: registered(),
    secrets: [secret()],
    steps: ['DeleteApplication', 'ReleaseDeletion'],
  },
  {
    name: 'without an application only the finalizer goes',
    policy: 'Delete',
    application: undefined,
    secrets: [],
    steps: ['ReleaseDeletion'],
  },
  {
    name: 'a Secret that the garbage collector would leave goes too',
    policy: 'Delete',
    application: registered(),
    secrets: [unowned, secret()],
    steps: ['DeleteApplication', 'DeleteSecret loose', 'ReleaseDeletion'],
  },
  {
    name: 'a foreign Secret stays',
    policy: 'Delete',
    application: undefined,
    secrets: [foreignSecret()],
    steps: ['ReleaseDeletion'],
  },
  {
    name: 'with Orphan the Secret is disowned before the finalizer goes, and nothing is deleted',
    policy: 'Orphan',
    application: registered(),
    secrets: [secret(), unowned],
    steps: ['DisownSecret shop', 'ReleaseDeletion'],
  },
] as const;

describe('a removal', () => {
  it.each(rows)('$name', ({ steps, ...leaving }) => {
    const actions = planRemoval({ resource: bound, ...leaving });
    expect(
      actions.map((action) => ('secret' in action ? `${action.kind} ${action.secret.name}` : action.kind)),
    ).toEqual(steps);
  });
});

describe('a Secret with our owner reference', () => {
  it.each([
    { name: 'is left to the garbage collector', others: [], steps: ['ReleaseDeletion'] },
    { name: 'that is being collected is left to it', others: ['foregroundDeletion'], steps: ['ReleaseDeletion'] },
    {
      name: 'that the garbage collector is about to let go of goes first',
      others: ['orphan'],
      steps: ['DeleteSecret', 'ReleaseDeletion'],
    },
    {
      name: 'that waits for the finalizer of another goes first',
      others: ['example.com/mine'],
      steps: ['DeleteSecret', 'ReleaseDeletion'],
    },
  ])('$name', ({ others, steps }) => {
    const going = { ...bound, finalizers: [...bound.finalizers, ...others] };
    const leaving = { resource: going, policy: 'Delete', application: undefined, secrets: [secret()] } as const;
    expect(planRemoval(leaving).map(({ kind }) => kind)).toEqual(steps);
  });
});

describe('a resource', () => {
  it.each([
    { name: 'that nobody looked at', found: resource(), bound: false },
    {
      name: 'that only bears our finalizer',
      found: resource({ finalizers: ['ramify.dev/application'] }),
      bound: false,
    },
    { name: 'with an ID in its status', found: resource({ status: status({ applicationID: 'app-1' }) }), bound: true },
    { name: 'with a binding', found: bound, bound: true },
    {
      name: 'with an open intent alone',
      found: resource({ annotations: { 'ramify.dev/operation': JSON.stringify(operation()) } }),
      bound: true,
    },
  ])('$name may have an application: $bound', ({ found, bound: expected }) => {
    expect(wasEverBound(found)).toBe(expected);
  });
});

/** A resource with an intent that began an hour from now, and whose deletion it blocks since then. */
function ahead(since?: number) {
  const said = { type: 'Ready', status: 'False', reason: 'DeletionBlocked', message: '' } as const;
  const conditions = since === undefined ? [] : [{ ...said, lastTransitionTime: toTimestamp(since) }];
  return resource({ ...held(operation({ startTime: t0 + 3_600_000 })), status: status({ conditions }) });
}

describe('absence', () => {
  it.each([
    { name: 'is believed at once without an intent', found: bound, now: t0, delay: 0 },
    { name: 'waits for an attempt to create', found: resource(held(operation())), now: t0 + 1_000, delay: 63_000 },
    { name: 'waits as long where the attempt is still to come', found: ahead(), now: t0, delay: 64_000 },
    { name: 'waits from then on', found: ahead(t0), now: t0 + 60_000, delay: 4_000 },
    { name: 'and not for ever', found: ahead(t0), now: t0 + 64_000, delay: 0 },
    { name: 'waits anew after another jump', found: ahead(t0 + 600_000), now: t0, delay: 64_000 },
    { name: 'is believed after it', found: resource(held(operation())), now: t0 + 64_000, delay: 0 },
    {
      name: 'does not wait for an attempt to issue',
      found: resource(held(operation({ kind: 'IssueClientSecret' }))),
      now: t0,
      delay: 0,
    },
  ])('$name', ({ found, now, delay }) => {
    expect(absenceDelay(found, now, 60_000)).toBe(delay);
  });
});
