/**
 * An account whose reads lag behind its writes, as those of a service with copies in several places do.
 *
 * @module
 */

import type { IssuedClientSecret, RegisteredApplication } from '../core/state.ts';
import type { Registry } from '../registry/registry.ts';
import { turns } from '../registry/store/turns.ts';
import type { Replica } from './action.ts';

/** An application with its client secrets, as it was; `application` is `undefined` before it was there. */
interface Image {
  readonly application: RegisteredApplication | undefined;
  readonly clientSecrets: readonly IssuedClientSecret[];
}

interface Change {
  readonly id: string;
  readonly before: Image;
  /** When it was acknowledged, in milliseconds since the epoch. */
  readonly at: number;
}

const nothing: Image = { application: undefined, clientSecrets: [] };

/** The registry to write to, and the replica, which shows each write only when `delay` milliseconds have passed. */
export function lagging(
  registry: Registry,
  delay: number,
  clock: () => number,
): { readonly registry: Registry; readonly replica: Replica } {
  /** Those that the replica does not show yet, oldest first. */
  let hidden: readonly Change[] = [];
  const inTurn = turns();

  const recent = () => hidden.filter(({ at }) => clock() - at < delay);
  const shown = (id: string) => recent().find((change) => change.id === id)?.before;
  const note = (id: string, before: Image) => void (hidden = [...recent(), { id, before, at: clock() }]);
  /** Writes come one after the other, so that none is part of what was before another. */
  const noted = <T>(id: string, write: () => Promise<T>): Promise<T> =>
    inTurn(async () => {
      const before = await imageOf(registry, id);
      const result = await write();
      note(id, before);
      return result;
    });

  return {
    registry: {
      ...registry,
      create: (application, operation) =>
        inTurn(async () => {
          const created = await registry.create(application, operation);
          note(created.id, nothing);
          return created;
        }),
      update: (id, changes) => noted(id, () => registry.update(id, changes)),
      delete: (id) => noted(id, () => registry.delete(id)),
      issueClientSecret: (id, operation) => noted(id, () => registry.issueClientSecret(id, operation)),
      deleteClientSecret: (id, secretID) => noted(id, () => registry.deleteClientSecret(id, secretID)),
    },
    replica: {
      list: async () => listOf(await registry.list(), recent()),
      get: async (id) => (shown(id) ?? { application: await registry.get(id) }).application,
      clientSecrets: async (id) => shown(id)?.clientSecrets ?? registry.clientSecrets(id),
      readClientSecret: async (id, secretID) => {
        const image = shown(id);
        if (image === undefined) return registry.readClientSecret(id, secretID);
        return image.clientSecrets.find((secret) => secret.id === secretID);
      },
    },
  };
}

async function imageOf(registry: Registry, id: string): Promise<Image> {
  const application = await registry.get(id);
  const listed = await registry.clientSecrets(id);
  const clientSecrets = await Promise.all(listed.map((secret) => registry.readClientSecret(id, secret.id)));
  return { application, clientSecrets: clientSecrets.filter((secret) => secret !== undefined) };
}

/** The list as it was before the changes: the oldest of an application's counts. */
function listOf(
  current: readonly RegisteredApplication[],
  changes: readonly Change[],
): readonly RegisteredApplication[] {
  const applications = new Map<string, RegisteredApplication | undefined>(current.map((each) => [each.id, each]));
  for (const { id, before } of changes.toReversed()) applications.set(id, before.application);
  return [...applications.values()].filter((application) => application !== undefined);
}
