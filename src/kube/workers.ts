/**
 * Runs a handler over the keys of a queue, and turns its outcome into when the key is due again.
 *
 * @module
 */

import { setImmediate } from 'node:timers/promises';
import { within } from './backoff.ts';
import { type Clock, type Random, sleep } from './clock.ts';
import { ApiError, isConflict } from './error.ts';
import { priorities, type Queue } from './queue.ts';

/**
 * What follows a pass.
 *
 * - `done`: nothing, until somebody adds the key.
 * - `again`: a pass after that many seconds, ±10 % so that keys spread; `exact` where the time matters.
 * - `retry`: it failed; after that many seconds, or with backoff.
 * - `terminal`: it failed, and nothing but a change of the object helps; nothing, until somebody adds the key.
 * - `conflict`: another write came first; at once and not counted as a failure, five times in a row at most.
 */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly afterSeconds: number; readonly exact?: boolean }
  | { readonly kind: 'retry'; readonly afterSeconds?: number | undefined }
  | { readonly kind: 'terminal' }
  | { readonly kind: 'conflict' };

/**
 * One pass over one key. `signal` is aborted at its deadline and when the workers are stopped and will wait no longer.
 *
 * What it throws is a `retry`: after `retryAfterSeconds` where the error says so; a 409 `Conflict` of the API server is a
 * `conflict`.
 */
export type Handler = (key: string, signal: AbortSignal) => Promise<Outcome>;

/** Told of every pass, in the midst of it: it is quick and does not throw. */
export interface WorkersObserver {
  began(): void;
  /** What the pass came to, after so many milliseconds. */
  ended(kind: Outcome['kind'], milliseconds: number): void;
  /** It threw what is a fault of the program. */
  panicked(): void;
  /** It has come to its deadline. */
  timedOut(): void;
}

export interface WorkersOptions {
  readonly queue: Queue;
  readonly handler: Handler;
  readonly clock: Clock;
  readonly random: Random;
  /** How many keys are worked on at once; 16 by default. */
  readonly concurrency?: number;
  /** Seconds for one pass; 60 by default. */
  readonly deadlineSeconds?: number;
  /** Told what the handler threw. */
  readonly onError: (error: unknown, key: string) => void;
}

const conflictsInARow = 5;
/** Milliseconds of passes in one go. */
const longestGo = 10;

/** Those who work on a queue. */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #conflicts = new Map<string, number>();
  /** One for each pass that runs. */
  readonly #running = new Set<AbortController>();
  /** When this go of passes began. */
  #goBegan = 0;
  /** The next go, while others have their turn. */
  #nextGo: Promise<void> | undefined;
  #observer: WorkersObserver | undefined;

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  /** How many keys are worked on at once, at most. */
  get concurrency(): number {
    return this.#options.concurrency ?? 16;
  }

  /** Tells `observer`, and nobody else, from now on. */
  observe(observer: WorkersObserver): void {
    this.#observer = observer;
  }

  start(): void {
    for (let n = this.concurrency; n > 0; n--) void this.#work();
  }

  /**
   * Closes the queue and waits for what runs: so long, then it is aborted and waited for no longer.
   *
   * @returns whether everything had ended by then
   */
  async stop(drainSeconds: number): Promise<boolean> {
    const drained = new AbortController();
    const idle = this.#options.queue.close().then(() => drained.abort());
    await Promise.race([idle, sleep(this.#options.clock, drainSeconds * 1000, drained.signal)]);
    const { aborted: isIdle } = drained.signal;
    for (const pass of this.#running) pass.abort(new Error('stopped'));
    return isIdle;
  }

  async #work(): Promise<void> {
    const { queue, clock } = this.#options;
    for (let key = await this.#take(); key !== undefined; key = await this.#take()) {
      const began = clock.now();
      this.#observer?.began();
      const outcome = await this.#pass(key);
      this.#observer?.ended(outcome.kind, clock.now() - began);
      this.#settle(key, outcome);
      queue.done(key);
      if (clock.now() - this.#goBegan >= longestGo) await this.#giveWay();
    }
  }

  async #take(): Promise<string | undefined> {
    const { queue, clock } = this.#options;
    const waits = queue.depth === 0;
    const key = await queue.take();
    if (waits) this.#goBegan = clock.now();
    return key;
  }

  /** Passes that wait for nothing would hold up all else in the process for as long as there are keys. */
  #giveWay(): Promise<void> {
    this.#nextGo ??= setImmediate().then(() => {
      this.#goBegan = this.#options.clock.now();
      this.#nextGo = undefined;
    });
    return this.#nextGo;
  }

  /** One pass, within its deadline if the handler heeds the signal. */
  async #pass(key: string): Promise<Outcome> {
    const { handler, clock, deadlineSeconds = 60, onError } = this.#options;
    const pass = new AbortController();
    const cancel = clock.after(deadlineSeconds * 1000, () => {
      this.#observer?.timedOut();
      pass.abort(new Error('the pass took too long'));
    });
    this.#running.add(pass);
    try {
      return await handler(key, pass.signal);
    } catch (error) {
      if (isPanic(error)) this.#observer?.panicked();
      onError(error, key);
      return outcomeOf(error);
    } finally {
      cancel();
      this.#running.delete(pass);
    }
  }

  #settle(key: string, outcome: Outcome): void {
    const { queue } = this.#options;
    const conflicts = outcome.kind === 'conflict' ? (this.#conflicts.get(key) ?? 0) + 1 : 0;
    if (conflicts > 0 && conflicts <= conflictsInARow) {
      this.#conflicts.set(key, conflicts);
      return queue.add(key);
    }
    this.#conflicts.delete(key);
    if (outcome.kind === 'retry') return queue.retry(key, { afterSeconds: outcome.afterSeconds });
    if (outcome.kind === 'conflict') return queue.retry(key);
    queue.forget(key);
    if (outcome.kind === 'again') this.#again(key, outcome.afterSeconds, outcome.exact);
  }

  #again(key: string, seconds: number, exact = false): void {
    const { queue, random } = this.#options;
    if (exact) queue.add(key, { afterSeconds: seconds });
    else queue.add(key, { afterSeconds: seconds * within([0.9, 1.1], random), priority: priorities.resync });
  }
}

function outcomeOf(error: unknown): Outcome {
  if (isConflict(error)) return { kind: 'conflict' };
  return { kind: 'retry', afterSeconds: error instanceof ApiError ? error.retryAfterSeconds : undefined };
}

/** What no call fails with: a fault of the program. */
function isPanic(error: unknown): boolean {
  return !(error instanceof Error) || error instanceof TypeError;
}
