/**
 * When the applications of a namespace became Ready, as a watch tells it.
 *
 * @module
 */

import { isReady } from './application.ts';
import type { Change, Client } from './client.ts';

export interface Arrivals {
  /** By name, the `performance.now()` at which it was first seen Ready in its present generation. */
  readonly ready: ReadonlyMap<string, number>;
  /** By name, the generation of each that is there. */
  readonly present: ReadonlyMap<string, number>;
  /** Waits until it is so; looked at after each change. */
  until(isSo: () => boolean): Promise<void>;
}

/** Watches until the client is closed. */
export function watchArrivals(client: Client, namespace: string): Arrivals {
  const ready = new Map<string, number>();
  const present = new Map<string, number>();
  const waiting = new Map<() => boolean, () => void>();

  function see({ type, object }: Change): void {
    const { name, generation } = object.metadata;
    if (type === 'DELETED') present.delete(name);
    else present.set(name, generation);
    if (type === 'DELETED' || !isReady(object)) ready.delete(name);
    else if (!ready.has(name)) ready.set(name, performance.now());
  }

  async function follow(): Promise<void> {
    for await (const change of client.watchApplications(namespace)) {
      see(change);
      for (const [isSo, resolve] of waiting) if (isSo()) resolve();
    }
  }

  const ended = follow();
  // Nobody may be waiting when it ends; whoever does, or comes later, is told.
  ended.catch(() => undefined);
  return {
    ready,
    present,
    until: async (isSo) => {
      if (isSo()) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(isSo, resolve);
      await Promise.race([promise, ended]).finally(() => waiting.delete(isSo));
    },
  };
}
