/**
 * A registry whose reads lag behind its writes, as those of a service with copies in several places do.
 *
 * @module
 */

import type { ListedApplication } from '../../src/core/state.ts';
import { type Registry, wrap } from '../../src/registry/registry.ts';

/**
 * The registry, which lists its client secrets; a read shows what was there `delay` milliseconds before, by the clock.
 * What somebody else did counts as done when the next call comes.
 */
export function lagging(registry: Registry, delay: number, clock: () => number): Registry {
  const states: { readonly at: number; readonly applications: readonly ListedApplication[] }[] = [];
  const shown = () => states.findLast(({ at }) => at <= clock() - delay)?.applications ?? [];
  const one = (id: string) => shown().find((application) => application.id === id);
  const bare = ({ clientSecrets: _secrets, ...application }: ListedApplication) => application;
  const note = async () => void states.push({ at: clock(), applications: await registry.list() });

  const replica: Registry = {
    ...registry,
    list: async () => shown().map(bare),
    get: async (id) => {
      const found = one(id);
      return found && bare(found);
    },
    find: async (name) => {
      const found = shown().find((application) => application.name.toLowerCase() === name.toLowerCase());
      return found && bare(found);
    },
    clientSecrets: async (id) => one(id)?.clientSecrets ?? [],
    readClientSecret: async (id, secretID) => {
      const isShown = one(id)?.clientSecrets?.some((secret) => secret.id === secretID) ?? false;
      return isShown ? registry.readClientSecret(id, secretID) : undefined;
    },
  };
  return wrap(replica, async (_, call) => {
    await note();
    try {
      return await call();
    } finally {
      await note();
    }
  });
}
