/**
 * The store, which also tells what each of its writes left: so that what a status said can be held against what was so.
 *
 * `journal.ts` puts it in the place of the real one in a controller under test.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import type { RegisteredApplication } from '../../src/core/state.ts';
import { type OpenStore, storeRegistry as realRegistry, type StoreRegistry } from '../../src/registry/store/store.ts';

export type { OpenStore, StoreRegistry };

/** An application as a write left it. */
export interface Entry {
  readonly msg: 'journal';
  /** Milliseconds since the epoch, of a clock that is finer than that. */
  readonly at: number;
  readonly id: string;
  /** Absent where it was deleted. */
  readonly application?: RegisteredApplication;
  /** Digests of the client secrets that are accepted. */
  readonly accepted: readonly string[];
}

/** A value as the journal has it: it is shown where no secret may be. */
export function digestOf(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

/** In a controller the journal is part of its standard output, a line for each write, before the write is answered. */
export function storeRegistry(open: OpenStore): StoreRegistry {
  return journaled(realRegistry(open), (entry) => process.stdout.write(`${JSON.stringify(entry)}\n`));
}

/** The store; `tell` is called with what each write left, before it is answered. */
export function journaled(store: StoreRegistry, tell: (entry: Entry) => void): StoreRegistry {
  const note = async (id: string) => {
    const application = await store.get(id);
    const ids = await store.clientSecrets(id);
    const issued = await Promise.all(ids.map((secret) => store.readClientSecret(id, secret.id)));
    const accepted = issued.flatMap((secret) => (secret ? [digestOf(secret.value.reveal())] : []));
    const at = performance.timeOrigin + performance.now();
    tell({ msg: 'journal', at, id, ...(application && { application }), accepted });
  };
  const noting =
    <A extends readonly [string, ...unknown[]], T>(write: (...args: A) => Promise<T>) =>
    async (...args: A) => {
      const result = await write(...args);
      await note(args[0]);
      return result;
    };
  return {
    ...store,
    create: async (...args) => {
      const application = await store.create(...args);
      await note(application.id);
      return application;
    },
    update: noting(store.update),
    delete: noting(store.delete),
    issueClientSecret: noting(store.issueClientSecret),
    deleteClientSecret: noting(store.deleteClientSecret),
  };
}
