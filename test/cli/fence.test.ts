/** Who does not lead reads a registry and writes nothing. */

import { describe, expect, test } from 'vitest';
import { fenced } from '../../src/cli/fence.ts';
import type { Registry } from '../../src/registry/registry.ts';

function given(isLeading: boolean) {
  const calls: string[] = [];
  const noting = (name: keyof Registry) => async (): Promise<never> => {
    calls.push(name);
    return undefined as never;
  };
  const registry: Registry = {
    account: noting('account'),
    list: noting('list'),
    get: noting('get'),
    find: noting('find'),
    create: noting('create'),
    update: noting('update'),
    delete: noting('delete'),
    clientSecrets: noting('clientSecrets'),
    readClientSecret: noting('readClientSecret'),
    issueClientSecret: noting('issueClientSecret'),
    deleteClientSecret: noting('deleteClientSecret'),
  };
  return { calls, registry: fenced(registry, () => isLeading) };
}

const writes = ['create', 'update', 'delete', 'issueClientSecret', 'deleteClientSecret'] as const;
const reads = ['account', 'list', 'get', 'find', 'clientSecrets', 'readClientSecret'] as const;

describe('D5: the fence of a registry', () => {
  test('knows every call', () => {
    expect([...reads, ...writes].toSorted()).toEqual(Object.keys(given(true).registry).toSorted());
  });

  test.each(writes)('lets a leader %s', async (name) => {
    const { calls, registry } = given(true);
    await Reflect.apply(registry[name], undefined, []);
    expect(calls).toEqual([name]);
  });

  test.each(writes)('lets nobody else %s: it is as if the registry did not answer', async (name) => {
    const { calls, registry } = given(false);
    await expect(Reflect.apply(registry[name], undefined, [])).rejects.toMatchObject({
      name: 'RegistryError',
      code: 'unavailable',
      operation: name,
    });
    expect(calls).toEqual([]);
  });

  test.each(reads)('lets anybody %s', async (name) => {
    const { calls, registry } = given(false);
    await Reflect.apply(registry[name], undefined, []);
    expect(calls).toEqual([name]);
  });
});
