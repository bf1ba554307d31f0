/**
 * What a workload plays on, and what oracles look at afterwards, however the controller runs and time passes.
 *
 * @module
 */

import type { StoreRegistry } from '../../../src/registry/store/store.ts';
import type { Account } from './account.ts';
import type { Injector } from './injector.ts';
import type { Team } from './team.ts';
import type { StageTime } from './time.ts';
import type { View } from './view.ts';
import type { Watchman } from './watchman.ts';

/** What something took, in the time of the plan. */
export interface Effort {
  readonly milliseconds: number;
  readonly passes: number;
}

/** The place of one plan: a namespace, an account, a controller at work there, and somebody who does things from outside. */
export interface Stage {
  readonly namespace: string;
  readonly time: Pick<StageTime, 'true' | 'wasSetBack'>;
  readonly injector: Injector;
  readonly account: Pick<Account, 'store' | 'prefix'>;
  readonly view: View;
  readonly watchman: Watchman;
  readonly team: Team;
  /** Everything that the controller said: logs and events. */
  readonly said: readonly string[];
  /** Does something in the account from outside. */
  outside<T>(work: (store: StoreRegistry) => Promise<T>): Promise<T>;
  /** The controller lets go, between two passes. */
  stop(): void;
  /** Another controller begins; whoever worked before is gone. */
  restart(): Promise<void>;
  /**
   * Works, and lets time pass, until it `isDone` and stays so for a while; `isFollowed` is what others do about it in their
   * own time.
   *
   * @returns what it took until `isDone` was true to stay; `undefined` if that was not within an hour
   */
  rest(isDone?: () => boolean | Promise<boolean>, isFollowed?: () => boolean): Promise<Effort | undefined>;
  /** Lets so many milliseconds pass, and works on what is due meanwhile. */
  live(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}
