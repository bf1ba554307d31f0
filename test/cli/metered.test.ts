/** Each call to a registry is told once, as it ends, and is otherwise as it was. */

import { expect, test } from 'vitest';
import { type Call, metered } from '../../src/cli/metered.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { application, operation } from '../registry/applications.ts';
import { registryConformance } from '../registry/conformance.ts';
import { memoryRegistry } from '../support/memory-registry.ts';

registryConformance('A metered registry', async () =>
  metered(
    memoryRegistry(),
    () => 0,
    () => undefined,
  ),
);

function given() {
  const inner = memoryRegistry();
  let now = 0;
  const calls: Call[] = [];
  const registry = metered(
    inner,
    () => (now += 5),
    (call) => void calls.push(call),
  );
  return { inner, calls, registry };
}

test('what went well is ok', async () => {
  const { registry, calls } = given();
  const { id } = await registry.create(application(), operation());
  expect(await registry.get(id)).toMatchObject({ id });
  expect(calls).toEqual([
    { operation: 'create', code: 'ok', milliseconds: 5 },
    { operation: 'get', code: 'ok', milliseconds: 5 },
  ]);
});

test.each([
  [new RegistryError('throttled', 'slower', { operation: 'list' }), 'throttled'],
  [new TypeError('undefined is not a function'), 'bug'],
])('%s is thrown on, and told as %s', async (error, code) => {
  const { calls } = given();
  const fail = () => Promise.reject(error);
  const registry = metered(
    { ...memoryRegistry(), list: fail },
    () => 0,
    (call) => void calls.push(call),
  );
  await expect(registry.list()).rejects.toBe(error);
  expect(calls).toEqual([{ operation: 'list', code, milliseconds: 0 }]);
});
