/**
 * What happens to resources while faults happen to the controller.
 *
 * @module
 */

import type { Stage } from '../stage/scene.ts';

export interface Workload {
  readonly name: string;
  /** What is there before, brought to rest while nothing fails. */
  readonly before?: (stage: Stage) => Promise<void>;
  /** One after the other, each from the rest of the one before. */
  readonly steps: readonly Step[];
}

export interface Step {
  readonly does: (stage: Stage) => Promise<void>;
  /** What must be so in the end; by default `shop` is Ready, and what that says is so. */
  readonly until?: (stage: Stage) => boolean | Promise<boolean>;
  /** What others do about it in their own time, such as the garbage collector. */
  readonly isFollowed?: (stage: Stage) => boolean;
}
