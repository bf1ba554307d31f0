/** What is to become of the client secrets of an application: the table of the module, row by row. */

import { describe, expect, it } from 'vitest';
import type { Observed } from '../../src/core/observed.ts';
import { type Rotation, rotationOf } from '../../src/core/rotation.ts';
import { secretMarks } from '../../src/core/secret.ts';
import { desired, held, issued, operation, resource, secret, settled, status, t0 } from '../support/builders.ts';

const hour = 3_600_000;
const rotate = 'ramify.dev/rotate-requested-at';
const revoke = 'ramify.dev/revoke-previous-requested-at';
const rotation = { interval: '100h', overlap: '10h' };

type Status = NonNullable<Parameters<typeof status>[0]>;

const bound = { applicationID: 'app-1', provenance: 'Created' as const };
const entry = (id: string, role: 'Current' | 'Previous') => ({ id, role, createTime: '2026-01-01T00:00:00Z' });
const alone = { ...bound, clientSecrets: [entry('s1', 'Current')] };
const at = (hours: number) => new Date(t0 + hours * hour).toISOString().replace('.000', '');
const overlapping = (until: number) => ({
  ...bound,
  clientSecrets: [entry('s2', 'Current'), { ...entry('s1', 'Previous'), revokeAfter: at(until) }],
});

/** Found `hours` after the first client secret was issued; `found` is what differs from a resource at rest. */
function observed(
  hours: number,
  {
    recorded = alone,
    asked = {},
    open,
    ...found
  }: Partial<Observed> & {
    readonly recorded?: Status;
    readonly asked?: Readonly<Record<string, string>>;
    readonly open?: ReturnType<typeof operation>;
  } = {},
): Observed {
  const { finalizers, annotations } = held(open);
  return settled({
    resource: resource({ finalizers, annotations: { ...annotations, ...asked }, status: status(recorded) }),
    time: t0 + hours * hour,
    ...found,
  });
}

const both = { clientSecrets: [issued('s1'), issued('s2', t0 + hour)], secret: marked('s2') };
const attempt = operation({ kind: 'IssueClientSecret', startTime: t0 + 100 * hour, knownClientSecretIDs: ['s1'] });
const successor = issued('s2', t0 + 100 * hour);

const skewed = {
  ...both,
  recorded: { ...overlapping(11), lastOperation: { id: 'operation-1', kind: '', completionTime: at(1) } },
  open: { ...attempt, startTime: t0 + 2 * hour },
};

function marked(id: string, previous?: { readonly id: string; readonly until: number }) {
  const { annotations } = secret();
  return secret({
    annotations: {
      ...annotations,
      [secretMarks.clientSecretID]: id,
      ...(previous && { [secretMarks.previousID]: previous.id, [secretMarks.revokeAfter]: at(previous.until) }),
    },
  });
}

interface Row {
  readonly name: string;
  readonly spec?: object;
  readonly found: Observed;
  readonly served: string | undefined;
  readonly previous?: string;
  readonly issue?: Rotation['issue'];
  readonly discarded?: readonly string[];
  readonly revoked?: readonly string[];
  readonly obstacle?: string;
}

const rows: readonly Row[] = [
  { name: 'one that is young is served, and nothing is due', found: observed(89), served: 's1' },
  { name: 'one is issued when the interval is over', found: observed(100), served: 's1', issue: 'interval' },
  { name: 'and never without one', spec: {}, found: observed(10_000), served: 's1' },
  {
    name: 'one is issued when somebody asks for it, with no interval at all',
    spec: {},
    found: observed(1, { asked: { [rotate]: '1' } }),
    served: 's1',
    issue: 'request',
  },
  {
    name: 'a request that was handled asks for nothing',
    found: observed(1, { asked: { [rotate]: '1' }, recorded: { ...alone, lastHandledRotateAt: '1' } }),
    served: 's1',
  },
  {
    name: 'what the attempt issued is served, and the one before named beside it',
    found: observed(100, { open: attempt, clientSecrets: [issued('s1'), successor], value: successor }),
    served: 's2',
    previous: 's1',
  },
  {
    name: 'what the attempt issued and nobody can read goes, and another is issued',
    found: observed(100, { open: attempt, clientSecrets: [issued('s1'), successor], unreadable: ['s2'] }),
    served: 's1',
    issue: 'interval',
    discarded: ['s2'],
  },
  {
    name: 'what the attempt issued goes where it is not wanted any more',
    spec: {},
    found: observed(100, { open: attempt, clientSecrets: [issued('s1'), successor] }),
    served: 's1',
    discarded: ['s2'],
  },
  {
    name: 'what is delivered is not due again, though the status does not know it yet',
    found: observed(100, {
      open: { ...attempt, request: '1' },
      asked: { [rotate]: '1' },
      clientSecrets: [issued('s1'), successor],
      secret: marked('s2', { id: 's1', until: 110 }),
    }),
    served: 's2',
    previous: 's1',
  },
  {
    name: 'in an overlap nothing is issued, whatever is due or asked for',
    found: observed(200, { ...both, recorded: overlapping(201), asked: { [rotate]: '1' } }),
    served: 's2',
    previous: 's1',
  },
  {
    name: 'when an overlap is over, the previous one is revoked, and what waited waits for that',
    found: observed(201, { ...both, recorded: overlapping(201), asked: { [rotate]: '1' } }),
    served: 's2',
    revoked: ['s1'],
  },
  {
    name: 'an overlap is over when somebody asks for that',
    found: observed(3, { ...both, recorded: overlapping(11), asked: { [revoke]: '1' } }),
    served: 's2',
    revoked: ['s1'],
  },
  {
    name: 'what was asked for in an overlap is due after it',
    found: observed(12, {
      clientSecrets: [issued('s2', t0 + hour)],
      secret: marked('s2'),
      recorded: { ...overlapping(11), nextRotationTime: at(11) },
    }),
    served: 's2',
    issue: 'request',
  },
  {
    name: 'a client secret of somebody else leaves no slot: the rotation waits, and that is told',
    found: observed(100, { clientSecrets: [issued('s1'), issued('theirs')] }),
    served: 's1',
    obstacle: 'SecretSlotsExhausted',
  },
  {
    name: 'with a client secret of somebody else alone one is issued',
    found: observed(0, { clientSecrets: [issued('theirs')], value: undefined }),
    served: undefined,
    issue: 'none',
  },
  {
    name: 'with two of them none can be',
    found: observed(0, { clientSecrets: [issued('a'), issued('b')], value: undefined }),
    served: undefined,
    issue: 'none',
    obstacle: 'SecretSlotsExhausted',
  },
  {
    name: 'what the status named as current, and the Secret does not any more, has an overlap',
    found: observed(2, { ...both }),
    served: 's2',
    previous: 's1',
  },
  {
    name: 'where the current one is gone, the previous one stays, and one is issued',
    found: observed(2, { clientSecrets: [issued('s1')], recorded: overlapping(11), secret: marked('s2') }),
    served: undefined,
    previous: 's1',
    issue: 'none',
  },
  {
    name: 'a value that is lost is replaced',
    found: observed(2, { unreadable: ['s1'], value: undefined }),
    served: 's1',
    issue: 'lost',
  },
  {
    name: 'and in an overlap the previous one goes for it',
    found: observed(30, {
      clientSecrets: [issued('s1'), issued('s2', t0 + 20 * hour)],
      secret: marked('s2'),
      unreadable: ['s2'],
      recorded: overlapping(31),
    }),
    served: 's2',
    issue: 'lost',
    discarded: ['s1'],
  },
  {
    name: 'but not where one went already within this overlap',
    found: observed(3, { ...both, unreadable: ['s2'], recorded: overlapping(11) }),
    served: 's2',
    previous: 's1',
    issue: 'lost',
    obstacle: 'SecretSlotsExhausted',
  },
  {
    name: 'one that is not wanted any more becomes the previous one',
    spec: { protocolVersion: '2.1' },
    found: observed(2),
    served: undefined,
    previous: 's1',
  },
  {
    name: 'and of two the older goes',
    spec: { protocolVersion: '2.1' },
    found: observed(3, { ...both, recorded: overlapping(11) }),
    served: undefined,
    previous: 's2',
    discarded: ['s1'],
  },
  {
    name: 'what came with an adopted application is not named to be revoked',
    found: observed(100, {
      provenance: 'Adopted',
      issued: 's2',
      clientSecrets: [issued('s1'), successor],
      value: successor,
      recorded: { ...bound, clientSecrets: [{ ...entry('s1', 'Current'), provenance: 'Adopted' }] },
    }),
    served: 's2',
  },
  {
    name: 'on an adopted application what appears in an attempt is nobody knows whose',
    found: observed(100, {
      provenance: 'Adopted',
      open: attempt,
      clientSecrets: [issued('s1'), successor],
    }),
    served: 's1',
    obstacle: 'SecretUnaccounted',
  },
  {
    name: 'and where its status was lost nothing is revoked',
    found: observed(300, {
      ...both,
      provenance: 'Adopted',
      recorded: {},
      secret: marked('s2', { id: 's1', until: 11 }),
    }),
    spec: {},
    served: 's2',
  },
  {
    name: 'where the clocks disagreed an overlap lasts twice as long',
    found: observed(12, skewed),
    served: 's2',
    previous: 's1',
    obstacle: 'ClockSkew',
  },
  {
    name: 'and not longer',
    found: observed(21, skewed),
    served: 's2',
    revoked: ['s1'],
  },
];

describe('of the client secrets', () => {
  it.each(rows)('$name', ({ spec = { rotation }, found, discarded = [], revoked = [], ...expected }) => {
    const wanted = desired(spec === undefined ? {} : { rotation, ...spec, ...withoutRotation(spec) });
    const told = rotationOf(wanted, found);
    expect({
      served: told.served?.id,
      previous: told.previous?.id,
      issue: told.issue,
      discarded: told.discarded,
      revoked: told.revoked,
      obstacle: told.obstacle?.reason,
    }).toEqual({
      served: expected.served,
      previous: expected.previous,
      issue: expected.issue,
      discarded,
      revoked,
      obstacle: expected.obstacle,
    });
  });
});

/** A spec that says nothing of rotation has none; where there is no client secret it may not. */
function withoutRotation(spec: object) {
  return 'rotation' in spec ? {} : { rotation: undefined };
}
