/**
 * Which registry an OAuthRegistry gets, or why there is none.
 *
 * @module
 */

import { expect, it } from 'vitest';
import { openRegistry } from '../../src/registry/open.ts';
import { memoryRegistry } from '../support/memory-registry.ts';

it('opens the store that the process holds', async () => {
  const store = memoryRegistry();
  expect(await openRegistry({ type: 'Store' }, { store })).toBe(store);
});

it.each([
  ['Store', 'unavailable', 'the controller was started without --store'],
  ['AlibabaCloud', 'rejected', 'this version of ramify does not speak to Alibaba Cloud'],
] as const)('says why there is no registry of type %s', async (type, code, message) => {
  const refusal = openRegistry({ type }, { store: undefined });
  await expect(refusal).rejects.toMatchObject({ name: 'RegistryError', code, message, operation: 'open' });
});
