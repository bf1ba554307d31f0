/**
 * How fast an account is called: a bucket of calls that fills at a steady rate, one for all who work with the account.
 *
 * @module
 */

/** Time that is handed in. */
export interface Timing {
  /** Milliseconds since whenever: never set back or forward. */
  readonly monotonic: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** How fast one may call. */
export interface Rate {
  /** In the long run. */
  readonly callsPerSecond: number;
  /** Calls at once, after a time without any. */
  readonly burst: number;
}

export interface Limiter {
  /** Waits until it is one's turn: who comes first is served first. */
  take(rate: Rate): Promise<void>;
  /** The account asked for patience: nobody has a turn for so many milliseconds, nor a burst right after. */
  pause(milliseconds: number): void;
}

/** The limiter of an account, with a full bucket; the same one each time. */
export function openLimiters(timing: Timing): (accountID: string) => Limiter {
  const limiters = new Map<string, Limiter>();
  return (accountID) => {
    const limiter = limiters.get(accountID) ?? openLimiter(timing);
    limiters.set(accountID, limiter);
    return limiter;
  };
}

function openLimiter({ monotonic, sleep }: Timing): Limiter {
  let line = Promise.resolve();
  let pausedUntil = Number.NEGATIVE_INFINITY;
  /** When the bucket is full again: the generic cell rate algorithm (ITU-T I.371), which keeps nothing else. */
  let fullAt = Number.NEGATIVE_INFINITY;

  async function turn({ callsPerSecond, burst }: Rate): Promise<void> {
    const interval = 1_000 / callsPerSecond;
    const reserve = (burst - 1) * interval;
    const wait = () => Math.max(pausedUntil, fullAt - reserve) - monotonic();
    for (let left = wait(); left > 0; left = wait()) await sleep(left);
    // At the end of a pause the bucket is empty.
    fullAt = Math.max(fullAt, pausedUntil + reserve, monotonic()) + interval;
  }

  return {
    take: (rate) => {
      line = line.then(() => turn(rate));
      return line;
    },
    pause: (milliseconds) => {
      pausedUntil = Math.max(pausedUntil, monotonic() + milliseconds);
    },
  };
}
