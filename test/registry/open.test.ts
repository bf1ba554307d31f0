/**
 * Which registry an OAuthRegistry gets, or why there is none.
 *
 * @module
 */

import { describe, expect, it } from 'vitest';
import { registryOpener } from '../../src/registry/open.ts';
import { memoryRegistry } from '../support/memory-registry.ts';
import { surroundings } from './ims/surroundings.ts';

function opener(store?: ReturnType<typeof memoryRegistry>) {
  return registryOpener({ store: () => store, surroundings: surroundings() });
}

describe('a registry of type Store', () => {
  it('is the store that the process holds', async () => {
    const store = memoryRegistry();
    expect(await opener(store)({ type: 'Store' }, 'default')).toBe(store);
  });

  it('is not ready without one', async () => {
    await expect(opener()({ type: 'Store' }, 'default')).rejects.toMatchObject({
      name: 'RegistryError',
      code: 'unavailable',
      message: 'the controller was started without --store',
      operation: 'open',
    });
  });
});

describe('a registry of type AlibabaCloud', () => {
  const spec = () => ({ type: 'AlibabaCloud', alibabaCloud: { credentials: { environment: {} } } }) as const;

  it('is the same one until its spec changes', async () => {
    const open = opener();
    const first = await open(spec(), 'default');
    expect(await open(spec(), 'default')).toBe(first);
    const changed = await open({ ...spec(), rateLimit: { burst: 1 } }, 'default');
    expect(changed).not.toBe(first);
    expect(await open({ ...spec(), rateLimit: { burst: 1 } }, 'default')).toBe(changed);
  });

  it('is one for each OAuthRegistry', async () => {
    const open = opener();
    expect(await open(spec(), 'one')).not.toBe(await open(spec(), 'two'));
  });
});
