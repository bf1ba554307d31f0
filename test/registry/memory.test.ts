/** The registry that the loop's unit tests use keeps the promises of the port, and fails when it is told to. */

import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../src/registry/errors.ts';
import { memoryRegistry } from '../support/memory-registry.ts';
import { application, operation } from './applications.ts';
import { registryConformance } from './conformance.ts';

registryConformance('The registry in memory', async () => memoryRegistry());
registryConformance('The registry in memory that withholds values', async () => memoryRegistry({ readable: false }), {
  withholdsValues: 'the switch that is tested',
});

describe('the switches of the registry in memory', () => {
  const lost = new RegistryError('uncertain', 'no answer', { operation: 'create' });

  it('fail a call before its effect, once', async () => {
    const registry = memoryRegistry();
    registry.failNext('create', lost);
    await expect(registry.create(application(), operation())).rejects.toBe(lost);
    expect(await registry.list()).toEqual([]);
    await expect(registry.create(application(), operation())).resolves.toMatchObject({ name: 'team-a.shop' });
  });

  it('fail a call after its effect, as when the answer is lost', async () => {
    const registry = memoryRegistry();
    registry.failNext('create', lost, 'after');
    await expect(registry.create(application(), operation())).rejects.toBe(lost);
    expect(await registry.outside.list()).toHaveLength(1);
  });

  it('withhold values', async () => {
    const registry = memoryRegistry({ readable: false });
    const { id } = await registry.create(application(), operation());
    const secret = await registry.issueClientSecret(id, operation());
    expect(await registry.readClientSecret(id, secret.id)).toBeUndefined();
  });

  it('record calls, but not those from outside', async () => {
    const registry = memoryRegistry();
    await registry.find('a');
    await registry.outside.find('b');
    expect(registry.calls).toEqual([{ operation: 'find', args: ['a'] }]);
  });
});
