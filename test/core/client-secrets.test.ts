/** Which client secret is whose. */

import { describe, expect, it } from 'vitest';
import { accountForClientSecrets } from '../../src/core/client-secrets.ts';
import { type Observed } from '../../src/core/observed.ts';
import {
  desired,
  foreignSecret,
  held,
  issued,
  operation,
  resource,
  secret,
  settled,
  status,
  t0,
} from '../support/builders.ts';

const second = 1_000;

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
    const account = accountForClientSecrets(desired(), settled(found));
    expect(account.current?.id).toBe(current);
    expect(account.lost.map(({ id }) => id)).toEqual(lost);
  });
});
