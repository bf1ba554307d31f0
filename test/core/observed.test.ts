/** Whose application it is, and which client secret is whose. */

import { describe, expect, it } from 'vitest';
import {
  accountForClientSecrets,
  applicationStanding,
  attemptRemaining,
  boundStanding,
  isFresh,
  type Observed,
  servedClientSecret,
} from '../../src/core/observed.ts';
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
  settled,
  status,
  t0,
} from '../support/builders.ts';

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

const listed = (...ids: readonly string[]) => ids.map((id) => ({ id, createTime: t0 }));
const issuing = resource(held(operation({ kind: 'IssueClientSecret', knownClientSecretIDs: ['s1'] })));

const accounts: readonly {
  name: string;
  found: Partial<Observed>;
  current: string | undefined;
  lost: readonly string[];
}[] = [
  { name: 'the one that the Secret names is current', found: {}, current: 's1', lost: [] },
  {
    name: 'the one that the status names is current where there is no Secret',
    found: {
      secret: undefined,
      resource: resource({
        ...held(),
        status: status({ clientSecrets: [{ id: 's1', role: 'Current', createTime: '' }] }),
      }),
    },
    current: 's1',
    lost: [],
  },
  {
    name: 'the Secret comes before the status, which was written before it',
    found: {
      clientSecrets: listed('s0', 's1'),
      resource: resource({
        ...held(),
        status: status({ clientSecrets: [{ id: 's0', role: 'Current', createTime: '' }] }),
      }),
    },
    current: 's1',
    lost: [],
  },
  {
    name: 'the one that a Secret under a former name serves is current',
    found: { secret: undefined, renamedSecrets: [secret({ name: 'old' })] },
    current: 's1',
    lost: [],
  },
  { name: 'one that is not live is not current', found: { clientSecrets: listed('s2') }, current: undefined, lost: [] },
  {
    name: 'what a foreign Secret names is not current',
    found: { secret: foreignSecret({ annotations: { 'ramify.dev/client-secret-id': 's1' } }) },
    current: undefined,
    lost: [],
  },
  {
    name: 'without an open intent none is lost',
    found: { clientSecrets: listed('s1', 's2') },
    current: 's1',
    lost: [],
  },
  {
    name: 'one that the open intent did not know is lost',
    found: { clientSecrets: listed('s1', 's2'), resource: issuing },
    current: 's1',
    lost: ['s2'],
  },
  {
    name: 'one that it knew is not',
    found: { clientSecrets: listed('s1'), secret: undefined, resource: issuing },
    current: undefined,
    lost: [],
  },
  {
    name: 'one that was issued before it is not',
    found: { clientSecrets: [issued('s2', t0 - 31 * second)], secret: undefined, resource: issuing },
    current: undefined,
    lost: [],
  },
  {
    name: 'the newest lost one comes last',
    found: { clientSecrets: [issued('s3', t0 + second), issued('s2')], secret: undefined, resource: issuing },
    current: undefined,
    lost: ['s2', 's3'],
  },
];

describe('of the client secrets', () => {
  it.each(accounts)('$name', ({ found, current, lost }) => {
    const account = accountForClientSecrets(settled(found));
    expect(account.current?.id).toBe(current);
    expect(account.lost.map(({ id }) => id)).toEqual(lost);
  });

  it('the current one is served, else the newest lost one, else the one that was just issued', () => {
    const none = { secret: undefined, value: undefined };
    expect(servedClientSecret(desired(), settled())?.id).toBe('s1');
    expect(
      servedClientSecret(desired(), settled({ ...none, resource: issuing, clientSecrets: listed('s2', 's3') }))?.id,
    ).toBe('s3');
    const skewed = { ...none, resource: issuing, clientSecrets: [issued('s2', 0)], value: issued('s2', 0) };
    expect(servedClientSecret(desired(), settled(skewed))?.id).toBe('s2');
    expect(servedClientSecret(desired(), settled({ ...none, clientSecrets: listed('s9') }))).toBeUndefined();
  });

  it('none is served where none is wanted', () => {
    expect(servedClientSecret(desired({ protocolVersion: '2.1' }), settled())).toBeUndefined();
  });
});
