/**
 * What every registry must do: the promises of the port, one case each. An implementation runs all of it; only its setup
 * differs, and where it cannot keep a promise it says why.
 *
 * @module
 */

import { describe, expect, it } from 'vitest';
import type { Registry } from '../../src/registry/registry.ts';
import { deleteCases, lookupCases, updateCases } from './conformance/applications.ts';
import { clientSecretCases } from './conformance/client-secrets.ts';
import { createCases } from './conformance/create.ts';
import type { Deviation, Suite } from './conformance/suite.ts';
import { heldCases, limitCases } from './conformance/values.ts';

/**
 * Runs the suite.
 *
 * @param open gives a registry without applications, and cleans up by `onTestFinished`.
 * @param deviations the promises that are not kept, each with the reason.
 */
export function registryConformance(
  name: string,
  open: () => Promise<Registry>,
  deviations: Partial<Record<Deviation, string>> = {},
): void {
  const unless: Suite['unless'] = (deviation) => {
    const reason = deviations[deviation];
    return reason === undefined ? it : (title, run) => it.skip(`${title} (${reason})`, run);
  };
  const suite: Suite = { open, unless };

  describe(`${name} keeps the promises of a registry`, () => {
    accountCases(suite);
    createCases(suite);
    heldCases(suite);
    limitCases(suite);
    lookupCases(suite);
    updateCases(suite);
    deleteCases(suite);
    clientSecretCases(suite);
  });
}

function accountCases({ open }: Suite): void {
  describe('account', () => {
    it('is the same at every call', async () => {
      const registry = await open();
      const account = await registry.account();
      expect(account.accountID).toMatch(/^\d{16}$/);
      expect(account.consistencyWindow).toBeGreaterThanOrEqual(0);
      expect(await registry.account()).toEqual(account);
    });
  });
}
