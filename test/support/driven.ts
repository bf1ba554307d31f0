/**
 * Hours of a world as the loop lives them: what is due in time, looks at the registry, and whom they wake.
 *
 * @module
 */

import type { After } from '../../src/controller/controller.ts';
import { backoff } from '../../src/kube/backoff.ts';
import { key, type World } from './world.ts';

/** Seconds of an hour. */
export const hour = 3_600;

export interface Driven {
  /** When the registry was asked for the resource, in seconds since the beginning; what was asked for all is not counted. */
  readonly asked: readonly number[];
  /** Lets so many seconds pass, or fewer: until `isOver`. @returns how many */
  drive(seconds: number, isOver?: () => boolean): Promise<number>;
  /** Something was changed that watches see. */
  wake(): void;
}

/** Shared by all resources of the registry. */
const shared = new Set<string>(['account', 'list']);

/** Passes come as early as the queue may hand the key: a tenth before its time. */
const early = 0.9;

/** @param meanwhile what somebody does again and again, whenever anything is due */
export function driven(made: World, meanwhile: () => unknown = () => undefined): Driven {
  const asked: number[] = [];
  let [now, passDue, lookDue, failures] = [0, 0, 0, 0];

  async function look(): Promise<void> {
    const after = await made.controller.registry('default', (keys) => {
      if (keys.includes(key)) passDue = now;
    });
    lookDue = after.kind === 'after' ? now + after.seconds * early : Number.POSITIVE_INFINITY;
  }

  async function pass(): Promise<void> {
    made.registry.calls.length = 0;
    const after = await made.pass();
    passDue = now + waitOf(after);
    asked.push(...made.registry.calls.filter(({ operation }) => !shared.has(operation)).map(() => now));
  }

  function waitOf(after: After): number {
    if (after.kind === 'backoff') return backoff({ base: 1, max: 900, spread: [1, 1] }, failures++, () => 0);
    failures = 0;
    return after.kind === 'after' ? after.seconds * early : Number.POSITIVE_INFINITY;
  }

  return {
    asked,
    wake: () => {
      passDue = now;
    },
    drive: async (seconds, isOver = () => false) => {
      const began = now;
      while (!isOver()) {
        const next = Math.max(now, Math.min(passDue, lookDue));
        const until = Math.min(next, began + seconds);
        made.advance((until - now) * 1_000);
        now = until;
        if (next > until) break;
        await meanwhile();
        await (lookDue <= passDue ? look() : pass());
      }
      return now - began;
    },
  };
}

/** The most calls that were made in any hour. */
export function mostInAnHour(asked: readonly number[]): number {
  return Math.max(0, ...asked.map((from) => asked.filter((time) => time >= from && time < from + hour).length));
}
