/**
 * A part of an account that others use too, as if it were the whole.
 *
 * @module
 */

import { onTestFinished } from 'vitest';
import type { Registry } from '../../../src/registry/registry.ts';

/** The longest name. */
const longest = 64;

/**
 * The applications whose names begin with `prefix`, without it. What is created through it is deleted when the test ends. A name
 * that would become too long, or is none, is sent as it is.
 */
export function ownPart(registry: Registry, prefix: string): Registry {
  const created = new Set<string>();
  const outer = (name: string) => (name === '' || prefix.length + name.length > longest ? name : `${prefix}${name}`);
  const inner = <T extends { readonly name: string }>(application: T): T => {
    const { name } = application;
    return name.startsWith(prefix) ? { ...application, name: name.slice(prefix.length) } : application;
  };
  onTestFinished(async () => {
    for (const id of created) await registry.delete(id);
  });
  return {
    ...registry,
    list: async () => (await registry.list()).filter(({ id }) => created.has(id)).map(inner),
    get: async (id) => {
      const found = await registry.get(id);
      return found && inner(found);
    },
    find: async (name) => {
      const found = await registry.find(outer(name));
      return found && inner(found);
    },
    create: async (application, operation) => {
      const made = await registry.create({ ...application, name: outer(application.name) }, operation);
      created.add(made.id);
      return inner(made);
    },
    update: async (id, changes) => inner(await registry.update(id, changes)),
  };
}
