/** Whatever is asked of it in whatever order, the store answers as the registry in memory does. */

import { type Arbitrary, array, assert, asyncProperty, constantFrom, nat, oneof, tuple } from 'fast-check';
import { expect, it } from 'vitest';
import type { Registry } from '../../../src/registry/registry.ts';
import { memoryRegistry } from '../../support/memory-registry.ts';
import { application } from '../applications.ts';
import { opened } from './fixtures.ts';

/** A call on the application, or client secret, that stands at a place in the account's list. */
type Step = (registry: Registry) => Promise<unknown>;

const names = constantFrom('a', 'A', 'b', 'c');
const operations = constantFrom('one', 'two', 'three', 'four', 'five');
const displayNames = constantFrom('Shop', 'Shop 2', '', 'x'.repeat(25));
const position = nat({ max: 2 });

const idAt = async (registry: Registry, at: number) =>
  (await registry.list()).toSorted((one, other) => one.name.localeCompare(other.name))[at]?.id ?? 'none';
const secretAt = async (registry: Registry, id: string, at: number) =>
  (await registry.clientSecrets(id))[at]?.id ?? 'none';

const steps: Arbitrary<Step> = oneof(
  tuple(names, displayNames, operations).map(
    ([name, displayName, operation]): Step =>
      (registry) =>
        registry.create(application({ name, displayName }), operation),
  ),
  tuple(position, displayNames).map(
    ([at, displayName]): Step =>
      async (registry) =>
        registry.update(await idAt(registry, at), { displayName }),
  ),
  position.map(
    (at): Step =>
      async (registry) =>
        registry.delete(await idAt(registry, at)),
  ),
  tuple(position, operations).map(
    ([at, operation]): Step =>
      async (registry) =>
        registry.issueClientSecret(await idAt(registry, at), operation),
  ),
  tuple(position, position).map(
    ([at, secret]): Step =>
      async (registry) => {
        const id = await idAt(registry, at);
        await registry.deleteClientSecret(id, await secretAt(registry, id, secret));
      },
  ),
);

/** The account without what each registry makes up: ids, times and values. */
async function shown(registry: Registry): Promise<unknown> {
  const applications = await registry.list();
  const each = applications.map(
    async ({ id, clientID: _clientID, createTime: _createTime, clientSecrets: _ids, ...rest }) => ({
      ...rest,
      secrets: (await registry.clientSecrets(id)).length,
    }),
  );
  return (await Promise.all(each)).toSorted((one, other) => one.name.localeCompare(other.name));
}

const outcome = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

it('the store and the registry in memory agree', async () => {
  const store = await opened();
  const run = async (sequence: readonly Step[]) => {
    for (const { id } of await store.list()) await store.delete(id);
    const memory = memoryRegistry();
    for (const step of sequence) {
      expect(await outcome(step(store))).toBe(await outcome(step(memory)));
      expect(await shown(store)).toEqual(await shown(memory));
    }
  };
  await assert(asyncProperty(array(steps, { maxLength: 15 }), run), { numRuns: 30 });
});
