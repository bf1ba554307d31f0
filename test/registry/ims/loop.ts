/**
 * The controller's loop over registries in the cloud, pass by pass, on a clock that a test moves.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import type { Cluster, Key } from '../../../src/cluster/cluster.ts';
import { type After, openController } from '../../../src/controller/controller.ts';
import { openRegistries, type RegistriesOptions } from '../../../src/controller/registries.ts';
import { openLimiters } from '../../../src/registry/ims/limiter.ts';
import type { Surroundings } from '../../../src/registry/ims/open.ts';
import { registryOpener } from '../../../src/registry/open.ts';
import { surroundings } from './surroundings.ts';

/** Time as it passes, and as a test lets it pass. A request that is signed now is refused 15 minutes later. */
export interface Time {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly monotonic: () => number;
  /** Lets so many milliseconds pass. */
  advance(milliseconds: number): void;
}

export function openTime(): Time {
  let passed = 0;
  return {
    clock: () => Date.now() + passed,
    monotonic: () => performance.now() + passed,
    advance: (milliseconds) => {
      passed += milliseconds;
    },
  };
}

export interface Loop {
  /** Every line of the log. */
  readonly log: readonly string[];
  pass(key: Key): Promise<After>;
  /** Passes until nothing is due before the next list of the account, as the queue would; time passes as the loop asks for it. */
  rest(key: Key, beforeEach?: () => Promise<unknown>): Promise<void>;
  /** Looks at an OAuthRegistry; gives the keys that are woken. */
  look(name?: string): Promise<readonly Key[]>;
}

interface LoopOptions {
  readonly cluster: Cluster;
  readonly time: Time;
  /** By default what the spec of the OAuthRegistry says. */
  readonly open?: RegistriesOptions['open'];
  readonly changes?: Partial<Surroundings>;
}

/** A controller that just started: nothing was looked at. */
export function openLoop({ cluster, time, open, changes = {} }: LoopOptions): Loop {
  const { clock, monotonic, advance } = time;
  const limiterOf = openLimiters({ monotonic, sleep: async (milliseconds) => advance(milliseconds) });
  const around = surroundings({ clock, monotonic, limiterOf, ...changes });
  const reached = registryOpener({ store: () => undefined, surroundings: around });
  const registries = openRegistries({ cluster, open: open ?? reached, clock, monotonic });
  const lines: string[] = [];
  const note = (...line: unknown[]) => void lines.push(JSON.stringify(line));
  const log = { debug: note, info: note, error: note };
  const controller = openController({ cluster, registries, clock, monotonic, newID: randomUUID }, log);
  const pass = (key: Key) => controller.application(key, new AbortController().signal);

  return {
    log: lines,
    pass,
    rest: async (key, beforeEach = async () => undefined) => {
      for (let passes = 0; passes < 20; passes++) {
        await beforeEach();
        const after = await pass(key);
        if (isRest(after)) return;
        advance(after.kind === 'after' ? after.seconds * 1_000 : 1_000);
      }
      throw new Error(`not at rest: ${lines.at(-1)}`);
    },
    look: async (name = 'default') => {
      const woken: Key[] = [];
      await controller.registry(name, (keys) => woken.push(...keys));
      return woken;
    },
  };
}

/** Seconds; the OAuthRegistry's default. */
const resyncInterval = 120;

function isRest(after: After): boolean {
  return (
    after.kind === 'rest' || after.kind === 'terminal' || (after.kind === 'after' && after.seconds >= resyncInterval)
  );
}
