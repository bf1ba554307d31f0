/**
 * Where every call of the controller passes by: it is counted and named, and one of them meets a fault.
 *
 * @module
 */

import type { Fault, Powers } from '../faults.ts';

/** Where a call goes: to the API server, to the registry, or from a watch to a cache. */
export type Side = 'cluster' | 'registry' | 'watch';

/** What a call is, as far as one needs to know to say which faults apply to it. */
export interface Kind {
  readonly side: Side;
  readonly verb: string;
  /** What it is about, without what differs from run to run. */
  readonly object: string;
  /** Whether it may change anything. */
  readonly isWrite: boolean;
  /** Whether a copy that lags could answer otherwise. */
  readonly hasPast: boolean;
}

/** How a side says that a call failed. */
export interface Failures {
  /** Nobody answered; whether it took effect is unknown. */
  unanswered(): Error;
  /** The answer cannot be read. */
  unreadable(): Error;
  throttled(afterSeconds?: number): Error;
  denied(): Error;
  /** Another write came first. */
  conflict(): Error;
}

/** A call that is about to be made, and what can become of it. */
export interface Site<T> extends Kind {
  /** Makes it, if this process still leads. */
  perform(): Promise<T>;
  /** Makes it, whoever leads: it is on its way already. */
  send(): Promise<T>;
  /** What a copy that lags would answer. */
  readonly past?: (() => T | Promise<T>) | undefined;
  readonly failures: Failures;
  /** What a watch brings, where the call is its coming. */
  readonly frames?: Frames;
}

/** What can become of the frames of a watch before they reach the cache. */
export interface Frames {
  /** They come after the next pass. */
  hold(): void;
  /** They come twice. */
  repeat(): void;
  /** They never come: the watch breaks, and all is listed after the next pass. */
  lose(): void;
}

/** A call that was made. */
export interface Call extends Kind {
  /** Which of those of its kind it was, and so the same in every run: `registry create #1`. */
  readonly name: string;
}

/** A fault and the call that meets it. */
export interface Charge {
  readonly call: string;
  readonly fault: Fault;
}

export class Injector {
  readonly #counts = new Map<string, number>();
  #charge: Charge | undefined;
  #isArmed = false;
  #fired = false;
  /** All calls since it was armed. */
  readonly calls: Call[] = [];

  /** Counts from now on; the call of the charge meets its fault. */
  arm(charge?: Charge): void {
    this.#charge = charge;
    this.#isArmed = true;
  }

  /** No call is counted any more. */
  disarm(): void {
    this.#isArmed = false;
  }

  get fired(): boolean {
    return this.#fired;
  }

  /** Makes the call, or lets it meet its fault. */
  meet<T>(site: Site<T>, powers: Powers): Promise<T> {
    if (!this.#isArmed) return site.perform();
    const call = this.#counted(site);
    if (this.#fired || this.#charge?.call !== call.name) return site.perform();
    this.#fired = true;
    return this.#charge.fault.meet(site, powers);
  }

  #counted({ side, verb, object, isWrite, hasPast }: Kind): Call {
    const what = `${side} ${verb} ${object}`.trimEnd();
    const nth = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, nth);
    const call = { name: `${what} #${nth}`, side, verb, object, isWrite, hasPast };
    this.calls.push(call);
    return call;
  }
}
