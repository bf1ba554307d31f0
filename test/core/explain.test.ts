/** What was done, in sentences. */

import { describe, expect, it } from 'vitest';
import { explain, explainRemoval } from '../../src/core/explain.ts';
import type { Action } from '../../src/core/plan.ts';
import type { RemovalAction } from '../../src/core/removal.ts';
import { binding, desired, secret } from '../support/builders.ts';

const { application } = desired();
const difference = { field: 'scopes', desired: '["openid"]', observed: '[]' } as const;

const actions: readonly [Action, string][] = [
  [
    { kind: 'HoldDeletion', binding: binding(), operation: undefined },
    'Recorded what is about to happen on the resource',
  ],
  [{ kind: 'CreateApplication', application, operation: 'o' }, 'Created application team-a.shop'],
  [
    { kind: 'UpdateApplication', changes: {}, differences: [{ ...difference, field: 'displayName' }, difference] },
    'Updated displayName ([] → ["openid"]), scopes ([] → ["openid"]) of application team-a.shop',
  ],
  [{ kind: 'IssueClientSecret', operation: 'o', cause: 'none' }, 'Issued a client secret'],
  [
    { kind: 'IssueClientSecret', operation: 'o', cause: 'lost' },
    'Issued a client secret in place of one whose value is lost',
  ],
  [{ kind: 'IssueClientSecret', operation: 'o', cause: 'request' }, 'Issued another client secret, as asked for'],
  [
    { kind: 'IssueClientSecret', operation: 'o', cause: 'interval' },
    'Issued another client secret, since the interval is over',
  ],
  [{ kind: 'DeliverSecret', how: 'create' }, 'Wrote Secret shop'],
  [{ kind: 'DeliverSecret', how: 'patch' }, 'Updated Secret shop'],
  [{ kind: 'DeliverSecret', how: 'replace' }, 'Replaced the immutable Secret shop'],
  [{ kind: 'RetireSecret', secret: secret({ name: 'old' }) }, 'Took the credentials out of Secret old'],
  [{ kind: 'DeleteClientSecret', id: 's1', why: 'discarded' }, 'Deleted client secret s1'],
  [{ kind: 'DeleteClientSecret', id: 's1', why: 'revoked' }, 'Revoked client secret s1'],
];

const removals: readonly [RemovalAction, string][] = [
  [{ kind: 'DeleteApplication', id: 'app-1' }, 'Deleted application app-1'],
  [{ kind: 'DisownSecret', secret: secret() }, 'Left Secret shop behind'],
  [{ kind: 'DeleteSecret', secret: secret() }, 'Deleted Secret shop'],
  [{ kind: 'ReleaseDeletion' }, 'Released the resource'],
];

describe('what was done', () => {
  it.each(actions)('%j is told', (action, sentence) => {
    expect(explain(action, desired())).toBe(sentence);
  });

  it.each(removals)('%j is told', (action, sentence) => {
    expect(explainRemoval(action)).toBe(sentence);
  });
});
