/**
 * Which fault meets which call.
 *
 * @module
 */
import type { Call } from './exchange.ts';
import type { Fault } from './faults.ts';

/** Which calls are meant; without any field, the next call whatever it is. */
export interface Where {
  readonly method?: string;
  /** The whole path, or what it matches. */
  readonly path?: string | RegExp;
  readonly isWatch?: boolean;
  /** The first of the meant calls that is met, counted from 1 at the planting; 1 by default. */
  readonly nth?: number;
  /** How many of them are met from there on; 1 by default. */
  readonly times?: number;
}

/** A fault in its place. */
export interface Planted {
  /** How often it was met. */
  readonly fired: number;
  /** It is met no more. */
  lift(): void;
}

/** Faults and the calls that they wait for. */
export class Plan {
  readonly #planted: Mine[] = [];

  plant(fault: Fault, where: Where = {}): Planted {
    const mine = new Mine(fault, where);
    this.#planted.push(mine);
    return mine;
  }

  /** The fault that this call meets, of several the one planted first. Each that is meant for the call counts it. */
  meet(call: Call): Fault | undefined {
    const due = this.#planted.filter((mine) => mine.counts(call));
    return due.at(0)?.fire();
  }

  /** What was planted and never met: a test that planted it has shown nothing. */
  get unfired(): readonly Where[] {
    return this.#planted.filter(({ fired }) => fired === 0).map(({ where }) => where);
  }
}

class Mine implements Planted {
  readonly where: Where;
  readonly #fault: Fault;
  #seen = 0;
  #lifted = false;
  fired = 0;

  constructor(fault: Fault, where: Where) {
    this.#fault = fault;
    this.where = where;
  }

  lift(): void {
    this.#lifted = true;
  }

  /** Counts the call if it is meant; returned is whether it is also one of those to be met. */
  counts(call: Call): boolean {
    if (this.#lifted || !isMeant(call, this.where)) return false;
    const { nth = 1, times = 1 } = this.where;
    this.#seen++;
    return this.#seen >= nth && this.fired < times;
  }

  fire(): Fault {
    this.fired++;
    return this.#fault;
  }
}

/** Whether the call is of those that are meant, their number apart. */
export function isMeant(call: Call, { method, path, isWatch }: Where): boolean {
  const isPath = path === undefined || (typeof path === 'string' ? path === call.path : path.test(call.path));
  return isPath && (method ?? call.method) === call.method && (isWatch ?? call.isWatch) === call.isWatch;
}
