/** What was done, in sentences. */

import { describe, expect, it } from 'vitest';
import { explain, explainRemoval } from '../../src/core/explain.ts';
import type { Action } from '../../src/core/plan.ts';
import type { RemovalAction } from '../../src/core/removal.ts';
import { binding, desired, secret } from '../support/builders.ts';

const { application } = desired();
const difference = { field: 'scopes', desired: '', observed: '' } as const;

const actions: readonly [Action, string][] = [
  [
    { kind: 'HoldDeletion', binding: binding(), operation: undefined },
    'Recorded what is about to happen on the resource',
  ],
  [{ kind: 'CreateApplication', application, operation: 'o' }, 'Created application team-a.shop'],
  [
    { kind: 'UpdateApplication', changes: {}, differences: [{ ...difference, field: 'displayName' }, difference] },
    'Updated displayName, scopes of application team-a.shop',
  ],
  [{ kind: 'IssueClientSecret', operation: 'o' }, 'Issued a client secret'],
  [{ kind: 'DeliverSecret', how: 'create' }, 'Wrote Secret shop'],
  [{ kind: 'DeliverSecret', how: 'patch' }, 'Updated Secret shop'],
  [{ kind: 'DeliverSecret', how: 'replace' }, 'Replaced the immutable Secret shop'],
  [{ kind: 'RetireSecret', secret: secret({ name: 'old' }) }, 'Took the credentials out of Secret old'],
  [{ kind: 'DeleteClientSecret', id: 's1' }, 'Deleted client secret s1'],
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
