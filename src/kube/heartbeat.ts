/**
 * Notices when the process is held up: by work that does not let go of the event loop, or by a machine that gives it no
 * time.
 *
 * @module
 */

import type { Clock } from './clock.ts';

/** Milliseconds between two beats. */
const interval = 1_000;

export interface Heartbeat {
  /** Milliseconds by which beats are late: the next one by now, or the last one, whichever is more. */
  readonly lag: number;
  stop(): void;
}

/** Beats from now on. */
export function startHeartbeat(clock: Clock): Heartbeat {
  let due = clock.now() + interval;
  let last = 0;
  let callOff = clock.after(interval, beat);

  function late(): number {
    return Math.max(0, clock.now() - due);
  }

  function beat(): void {
    last = late();
    due = clock.now() + interval;
    callOff = clock.after(interval, beat);
  }

  return {
    get lag() {
      return Math.max(last, late());
    },
    stop: () => callOff(),
  };
}
