/** What a failure of a registry is told as. */

import { describe, expect, it } from 'vitest';
import { meaningOf } from '../../src/api/conditions.ts';
import { type FailureCode, reasonOf } from '../../src/core/failure.ts';

const rows: readonly [FailureCode, string, string][] = [
  ['unavailable', 'RegistryUnavailable', 'backoff'],
  ['uncertain', 'CreationUncertain', 'backoff'],
  ['throttled', 'Throttled', 'backoff'],
  ['denied', 'PermissionDenied', 'backoff'],
  ['nameTaken', 'NameConflict', 'resync'],
  ['quotaExceeded', 'QuotaExceeded', 'resync'],
  ['slotsExhausted', 'SecretSlotsExhausted', 'resync'],
  ['rejected', 'RegistryRejected', 'resync'],
  ['absent', 'ApplicationMissing', 'resync'],
];

describe('a failure', () => {
  it.each(rows)('%s is told as %s and tried again at the %s', (code, reason, again) => {
    expect(reasonOf(code)).toBe(reason);
    expect(meaningOf(reasonOf(code)).again).toBe(again);
  });
});
