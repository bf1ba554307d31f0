/** Which steps lead from what was found to what is wanted. */

import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/core/differences.ts';
import type { Observed } from '../../src/core/observed.ts';
import { type Action, isReadBack, plan } from '../../src/core/plan.ts';
import {
  binding,
  desired,
  held,
  issued,
  operation,
  registered,
  resource,
  secret,
  settled,
  status,
  t0,
  uid,
  untouched,
} from '../support/builders.ts';

const attempt = { id: 'operation-2', now: t0 };
const bound = status({
  applicationID: 'app-1',
  provenance: 'Created',
  secretRef: { name: 'shop', resourceVersion: '7' },
});
const serving = status({ ...bound, clientSecrets: [{ id: 's1', role: 'Current', createTime: '' }] });
const web21 = { protocolVersion: '2.1' };

interface Row {
  readonly name: string;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly found: Observed;
  readonly steps: readonly string[];
}

const stale = {
  ...held(operation({ startTime: t0 - 60_000, kind: 'IssueClientSecret', knownClientSecretIDs: [] })),
  status: bound,
};
const open = { ...held(operation({ kind: 'IssueClientSecret' })), status: bound };

const rows: readonly Row[] = [
  {
    name: 'a new resource is held, registered, given a client secret and a Secret',
    found: untouched(),
    steps: ['HoldDeletion', 'CreateApplication', 'IssueClientSecret', 'DeliverSecret create'],
  },
  {
    name: 'an application without a client secret is given none',
    spec: web21,
    found: untouched(),
    steps: ['HoldDeletion', 'CreateApplication', 'DeliverSecret create'],
  },
  { name: 'a settled resource needs nothing', found: settled(), steps: [] },
  {
    name: 'a finalizer that was stripped is held again',
    found: settled({ resource: resource({ ...held(), finalizers: [], status: bound }) }),
    steps: ['HoldDeletion'],
  },
  {
    name: 'a binding that was stripped is recorded again',
    found: settled({ resource: resource({ ...held(), annotations: {}, status: bound }) }),
    steps: ['HoldDeletion'],
  },
  {
    name: 'a binding that was forged is recorded again',
    found: settled({ resource: resource({ ...held(undefined, binding({ accountID: '2' })), status: bound }) }),
    steps: ['HoldDeletion'],
  },
  {
    name: 'a field that differs is updated',
    found: settled({ application: registered({ displayName: 'x' }) }),
    steps: ['UpdateApplication'],
  },
  {
    name: 'a Secret that is gone is written again',
    found: settled({ secret: undefined, resource: resource({ ...held(), status: serving }) }),
    steps: ['DeliverSecret create'],
  },
  {
    name: 'a Secret that differs is patched',
    found: settled({ secret: secret({ ownerReferences: [] }) }),
    steps: ['DeliverSecret patch'],
  },
  {
    name: 'an immutable Secret is replaced',
    found: settled({ secret: secret({ immutable: true }) }),
    steps: ['DeliverSecret replace'],
  },
  {
    name: 'a renamed Secret is written before the old one goes',
    spec: { secret: { name: 'other' } },
    found: settled({ secret: undefined, renamedSecrets: [secret()] }),
    steps: ['DeliverSecret create', 'RetireSecret'],
  },
  {
    name: 'a client secret that is gone is issued again, with an intent of its own',
    found: settled({ clientSecrets: [], value: undefined }),
    steps: ['HoldDeletion', 'IssueClientSecret', 'DeliverSecret patch'],
  },
  {
    name: 'a lost client secret whose value can be read is delivered',
    found: settled({ resource: resource(open), secret: undefined, clientSecrets: [issued('s2')], value: issued('s2') }),
    steps: ['DeliverSecret create'],
  },
  {
    name: 'a lost client secret whose value is gone is deleted first, while its intent still tells it apart',
    found: settled({
      resource: resource(stale),
      secret: undefined,
      clientSecrets: [issued('s2')],
      value: undefined,
      unreadable: ['s2'],
    }),
    steps: ['DeleteClientSecret s2', 'HoldDeletion', 'IssueClientSecret', 'DeliverSecret create'],
  },
  {
    name: 'of two lost client secrets the newest is delivered',
    found: settled({
      resource: resource(open),
      secret: undefined,
      clientSecrets: [issued('s2'), issued('s3', t0 + 1)],
      value: issued('s3', t0 + 1),
    }),
    steps: ['DeleteClientSecret s2', 'DeliverSecret create'],
  },
  {
    name: 'a lost client secret beside the current one is deleted',
    found: settled({ resource: resource(open), clientSecrets: [issued('s1'), issued('s2')] }),
    steps: ['DeleteClientSecret s2'],
  },
  {
    name: 'a client secret that is not wanted any more has its overlap after the Secret lets go of it',
    spec: web21,
    found: settled({ application: registered({ protocolVersion: '2.1' }) }),
    steps: ['DeliverSecret patch'],
  },
  {
    name: 'a client secret of somebody else stays',
    found: settled({ clientSecrets: [issued('s1'), issued('theirs')] }),
    steps: [],
  },
];

function step(action: Action): string {
  if (action.kind === 'DeliverSecret') return `${action.kind} ${action.how}`;
  return action.kind === 'DeleteClientSecret' ? `${action.kind} ${action.id}` : action.kind;
}

describe('plan', () => {
  it.each(rows)('$name', ({ spec, found, steps }) => {
    expect(plan(desired(spec), found, attempt).map(step)).toEqual(steps);
  });

  it('sends what differs and no more', () => {
    const [update] = plan(desired(), settled({ application: registered({ displayName: 'x' }) }), attempt);
    expect(update).toMatchObject({
      kind: 'UpdateApplication',
      changes: { displayName: 'Shop' },
      differences: [{ field: 'displayName' }],
    });
  });

  it('is the same for the same arguments', () => {
    expect(plan(desired(), untouched(), attempt)).toEqual(plan(desired(), untouched(), attempt));
  });
});

const create = {
  id: 'operation-2',
  uid,
  kind: 'CreateApplication',
  startTime: t0,
  knownClientSecretIDs: [],
  sent: digestOf(desired().application),
};

const intents: readonly { name: string; found: Observed; now?: number; intent: object | undefined }[] = [
  { name: 'of a create says what is sent', found: untouched(), intent: create },
  {
    name: 'of an issue names the client secrets that are there',
    found: settled({
      resource: resource({ ...held(), status: bound }),
      secret: undefined,
      clientSecrets: [issued('theirs')],
      value: undefined,
    }),
    intent: {
      id: 'operation-2',
      uid,
      kind: 'IssueClientSecret',
      startTime: t0,
      knownClientSecretIDs: ['theirs'],
      sent: undefined,
    },
  },
  {
    name: 'that is fresh carries one more attempt',
    found: untouched({ resource: resource(held(operation())) }),
    intent: undefined,
  },
  {
    name: 'that is stale is renewed',
    found: untouched({ resource: resource(held(operation({ startTime: t0 - 15_000 }))) }),
    intent: create,
  },
  {
    name: 'of another content is renewed',
    found: untouched({ resource: resource(held(operation({ sent: 'another' }))) }),
    intent: create,
  },
  {
    name: 'of a create carries the issue that follows it',
    found: settled({ resource: resource(held(operation())), secret: undefined, clientSecrets: [], value: undefined }),
    intent: undefined,
  },
];

describe('the intent', () => {
  it.each(intents)('$name', ({ found, intent }) => {
    const hold = plan(desired(), found, attempt).find(({ kind }) => kind === 'HoldDeletion');
    expect(hold).toEqual(intent && { kind: 'HoldDeletion', binding: binding(), operation: intent });
  });

  it('to create is over before an application that only it proves is changed', () => {
    const found = settled({ resource: resource(held(operation())) });
    const [hold, update] = plan(desired({ displayName: 'Store' }), found, attempt);
    expect(hold).toMatchObject({ kind: 'HoldDeletion', operation: { ...operation(), kind: 'IssueClientSecret' } });
    expect(update?.kind).toBe('UpdateApplication');
  });

  it('is the one whose ID the calls bear', () => {
    const reused = plan(desired(), untouched({ resource: resource(held(operation())) }), attempt);
    expect(reused.slice(0, 2)).toMatchObject([
      { kind: 'CreateApplication', operation: 'operation-1' },
      { kind: 'IssueClientSecret', operation: 'operation-1' },
    ]);
    const fresh = plan(desired(), untouched(), attempt);
    expect(fresh.slice(1, 3)).toMatchObject([{ operation: 'operation-2' }, { operation: 'operation-2' }]);
  });
});

describe('a client secret that is to be revoked', () => {
  const revocation: Action = { kind: 'DeleteClientSecret', id: 's0', why: 'revoked' };
  const { type: _type, immutable: _immutable, data: _data, ...metadata } = secret();
  it.each([
    { name: 'goes once the Secret was read and holds another', found: settled(), isReadBack: true },
    { name: 'stays where the Secret was not read', found: settled({ secret: metadata }), isReadBack: false },
    {
      name: 'stays where the Secret holds something else',
      found: settled({ secret: secret({ data: {} }) }),
      isReadBack: false,
    },
    { name: 'stays where there is no Secret', found: settled({ secret: undefined }), isReadBack: false },
  ])('$name', ({ found, isReadBack: expected }) => {
    expect(isReadBack(revocation, desired(), found)).toBe(expected);
    expect(isReadBack({ ...revocation, why: 'discarded' }, desired(), found)).toBe(true);
  });
});

it('an intent whose client secret was delivered carries no other', () => {
  const answered = operation({ kind: 'IssueClientSecret', knownClientSecretIDs: ['s0'] });
  const found = settled({
    resource: resource({ ...held(answered), status: bound }),
    value: undefined,
    unreadable: ['s1'],
  });
  const issue = plan(desired(), found, attempt).find(({ kind }) => kind === 'IssueClientSecret');
  expect(issue).toMatchObject({ operation: attempt.id, cause: 'lost' });
});
