/**
 * Many plans over one process at a time. Those whose faults are errors on the way run beside each other; those that kill wait
 * until nobody else works with the process, and are killed together, each at its own call.
 *
 * @module
 */

import { play, type Run, resync } from '../run.ts';
import type { Charge } from '../stage/injector.ts';
import type { Grounds } from '../stage/stage.ts';
import type { Workload } from '../workloads/workload.ts';
import { Host } from './host.ts';
import { isDeadly } from './scope.ts';
import { ProcessStage } from './stage.ts';

/** Plans that wait to be killed, of which more are not collected. */
const mostWaiting = 100;

/** The next resync may find what a fault has hidden; over the one after it nothing is written. */
const end = { settling: resync, silence: resync };

/** A plan that waits to be killed, or is. */
interface Victim {
  /** It goes on. */
  readonly cue: PromiseWithResolvers<void>;
  /** Its controller is to be killed, or it is over. */
  readonly struck: PromiseWithResolvers<void>;
}

export class Rounds {
  readonly #grounds: Grounds;
  readonly #host: Host;
  /** Plans at work, those that wait left out. */
  #busy = 0;
  #waiting: Victim[] = [];
  /** While nobody else may begin. */
  #closed: PromiseWithResolvers<void> | undefined;

  /** With a process that is ready. */
  static async open(grounds: Grounds): Promise<Rounds> {
    return new Rounds(grounds, await Host.open(grounds.access));
  }

  private constructor(grounds: Grounds, host: Host) {
    this.#grounds = grounds;
    this.#host = host;
  }

  /** Ends the process. */
  close(): Promise<void> {
    return this.#host.close();
  }

  /** Runs a workload; the call of the charge meets its fault. */
  async run(workload: Workload, charge?: Charge): Promise<Run> {
    while (this.#closed !== undefined) await this.#closed.promise;
    this.#busy += 1;
    const victim = { cue: Promise.withResolvers<void>(), struck: Promise.withResolvers<void>() };
    const isVictim = charge !== undefined && isDeadly(charge.fault);
    const cue = isVictim ? () => this.#wait(victim) : async () => undefined;
    try {
      const stage = await ProcessStage.open(this.#grounds, this.#host, victim.struck.resolve);
      const found = await play(stage, workload, { charge, cue, end: charge ? end : { settling: 0, silence: 0 } });
      await stage.close();
      return found;
    } finally {
      victim.struck.resolve();
      this.#leave();
    }
  }

  #wait(victim: Victim): Promise<void> {
    this.#waiting.push(victim);
    if (this.#waiting.length >= mostWaiting) this.#closed ??= Promise.withResolvers();
    this.#leave();
    return victim.cue.promise;
  }

  #leave(): void {
    this.#busy -= 1;
    if (this.#busy === 0 && this.#waiting.length > 0) void this.#strike();
  }

  async #strike(): Promise<void> {
    this.#closed ??= Promise.withResolvers();
    const victims = this.#waiting.splice(0);
    this.#busy += victims.length;
    for (const { cue } of victims) cue.resolve();
    await Promise.all(victims.map(({ struck }) => struck.promise));
    await this.#host.restart();
    this.#closed.resolve();
    this.#closed = undefined;
  }
}
