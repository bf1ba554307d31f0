/**
 * The time of one plan: it stands still until somebody lets it pass, so that every run of a plan sees the same.
 *
 * @module
 */

import { ManualClock } from '../../kube/manual-clock.ts';

export interface StageTime {
  /** Of queues and timers: never set back or forward. */
  readonly monotonic: ManualClock;
  /** Milliseconds since the epoch, as the controller's machine has it: it may jump. */
  readonly wall: () => number;
  /** The same, as everybody else has it. */
  readonly true: () => number;
  /** Whether it was ever set back. */
  readonly wasSetBack: () => boolean;
  /** Sets the controller's time of day forward or back, in milliseconds, while none passes. */
  jump(milliseconds: number): void;
}

export function openTime(): StageTime {
  const monotonic = new ManualClock();
  const start = Date.now();
  let jumped = 0;
  let wasSetBack = false;
  return {
    monotonic,
    true: () => start + monotonic.now(),
    wall: () => start + monotonic.now() + jumped,
    wasSetBack: () => wasSetBack,
    jump: (milliseconds) => {
      wasSetBack ||= milliseconds < 0;
      jumped += milliseconds;
    },
  };
}
