/**
 * A plan in sentences: the command line, events and logs use the same ones.
 *
 * @module
 */

import type { Difference } from './differences.ts';
import type { Action } from './plan.ts';
import type { RemovalAction } from './removal.ts';
import { shortened } from './shorten.ts';
import type { Desired } from './state.ts';

/** What an action did, for someone who sees it done. */
export function explain(action: Action, { application, secret }: Pick<Desired, 'application' | 'secret'>): string {
  switch (action.kind) {
    case 'HoldDeletion':
      return 'Recorded what is about to happen on the resource';
    case 'CreateApplication':
      return `Created application ${application.name}`;
    case 'UpdateApplication':
      return `Updated ${action.differences.map(changed).join(', ')} of application ${application.name}`;
    case 'TrySecret':
      return `Asked whether Secret ${secret.name} would be taken`;
    case 'IssueClientSecret':
      return issues[action.cause];
    case 'DeliverSecret':
      return `${deliveries[action.how]} Secret ${secret.name}`;
    case 'RetireSecret':
      return `Took the credentials out of Secret ${action.secret.name}`;
    case 'DeleteClientSecret':
      return `${action.why === 'revoked' ? 'Revoked' : 'Deleted'} client secret ${action.id}`;
  }
}

function changed({ field, desired, observed }: Difference): string {
  return `${field} (${shortened(observed, longestValue)} → ${shortened(desired, longestValue)})`;
}

/** Characters of a value in an event: of each of the eight fields there is room for both. */
const longestValue = 48;

/** What a step of a removal did, likewise. */
export function explainRemoval(action: RemovalAction): string {
  switch (action.kind) {
    case 'DeleteApplication':
      return `Deleted application ${action.id}`;
    case 'DisownSecret':
      return `Left Secret ${action.secret.name} behind`;
    case 'DeleteSecret':
      return `Deleted Secret ${action.secret.name}`;
    case 'ReleaseDeletion':
      return 'Released the resource';
  }
}

const issues = {
  none: 'Issued a client secret',
  lost: 'Issued a client secret in place of one whose value is lost',
  request: 'Issued another client secret, as asked for',
  interval: 'Issued another client secret, since the interval is over',
} as const;

const deliveries = { create: 'Wrote', patch: 'Updated', replace: 'Replaced the immutable' } as const;
