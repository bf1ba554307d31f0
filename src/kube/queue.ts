/**
 * Keys and when they are due: one pass per key at a time, equal keys merged, the earlier time wins.
 *
 * @module
 */

import { backoff } from './backoff.ts';
import type { Clock, Random } from './clock.ts';
import { Heap, type Placed } from './heap.ts';

/** Which of two due keys is first: the higher. Within one priority namespaces take turns, each with what was due first. */
export const priorities = { live: 0, resync: -100 } as const;

export interface AddOptions {
  /** Not before this many seconds have passed; 0 by default. */
  readonly afterSeconds?: number | undefined;
  /** One of {@link priorities}, or any other number; `live` by default. */
  readonly priority?: number;
}

/** Told what happens to keys, in the midst of it: it is quick and does not throw. Durations are in milliseconds. */
export interface QueueObserver {
  /** A key is due that was not. */
  due(): void;
  /** A key was added for later. */
  delayed(): void;
  /** A key was taken, so long after it became due. */
  taken(waited: number): void;
  /** The pass over a key took so long. */
  done(worked: number): void;
}

export interface QueueOptions {
  readonly clock: Clock;
  readonly random: Random;
}

/** Seconds from the first failure of a key to the longest wait. */
const afterFailure = { base: 1, max: 900, spread: [1, 1.2] } as const;

interface Entry extends Placed {
  readonly key: string;
  dueAt: number;
  priority: number;
  /** Where it stands in line: start-time fair queuing, in which each namespace has a line of its own. */
  turn: number;
  /** The order in which entries became due, for those that have the same turn. */
  order: number;
  /** Where it is; nowhere while an earlier pass over the key still runs. */
  heap: Heap<Entry> | undefined;
}

function isBefore(a: Entry, b: Entry): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  return a.turn < b.turn || (a.turn === b.turn && a.order < b.order);
}

/** What a key begins with that has a slash in it; all others have one line. */
function namespaceOf(key: string): string {
  return key.slice(0, Math.max(0, key.indexOf('/')));
}

/** Takes and gives keys; who does the work is not its concern. */
export class Queue {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Heap<Entry>((a, b) => a.dueAt < b.dueAt);
  readonly #due = new Heap<Entry>(isBefore);
  /** Since when. */
  readonly #running = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  readonly #idle = Promise.withResolvers<void>();
  #observer: QueueObserver | undefined;
  /** The last turn of each namespace that has keys due. */
  readonly #lines = new Map<string, number>();
  /** The turn that was had last. */
  #turn = 0;
  #placed = 0;
  #closed = false;
  #alarm: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor({ clock, random }: QueueOptions) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Tells `observer`, and nobody else, from now on. */
  observe(observer: QueueObserver): void {
    this.#observer = observer;
  }

  /** Adds a key. One that waits already keeps the earlier time and the higher priority; one being worked on runs again after. */
  add(key: string, { afterSeconds = 0, priority = priorities.live }: AddOptions = {}): void {
    if (this.#closed) return;
    if (afterSeconds > 0) this.#observer?.delayed();
    const dueAt = this.#clock.now() + afterSeconds * 1000;
    const known = this.#entries.get(key);
    if (known === undefined) {
      const entry = { key, dueAt, priority, turn: 0, order: 0, heap: undefined, place: 0 };
      this.#entries.set(key, entry);
      this.#place(entry);
    } else if (dueAt < known.dueAt || priority > known.priority) {
      known.heap?.remove(known);
      known.dueAt = Math.min(known.dueAt, dueAt);
      known.priority = Math.max(known.priority, priority);
      this.#place(known);
    }
    this.#hand();
  }

  /** Adds a key that failed: after the given seconds, or longer each time from 1 second to 15 minutes. */
  retry(key: string, options: AddOptions = {}): void {
    if (options.afterSeconds !== undefined) return this.add(key, options);
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.add(key, { ...options, afterSeconds: backoff(afterFailure, failures, this.#random) });
  }

  /** The key's failures are over. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next due key, as soon as there is one; `undefined` once the queue is closed. The caller says {@link done}. */
  take(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#hand();
    });
  }

  /** The pass over the key is over. */
  done(key: string): void {
    const since = this.#running.get(key);
    if (since !== undefined) this.#observer?.done(this.#clock.now() - since);
    this.#running.delete(key);
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#place(entry);
    this.#hand();
    if (this.#closed && this.#running.size === 0) this.#idle.resolve();
  }

  /** Keys that are due and not taken. */
  get depth(): number {
    return this.#due.size;
  }

  /** The same, by priority. */
  get depths(): ReadonlyMap<number, number> {
    const depths = new Map<number, number>();
    for (const { priority } of this.#due) depths.set(priority, (depths.get(priority) ?? 0) + 1);
    return depths;
  }

  /** For how many milliseconds each key that was taken has been worked on. */
  get running(): readonly number[] {
    const now = this.#clock.now();
    return Array.from(this.#running.values(), (since) => now - since);
  }

  /** No more keys are given or taken in; resolves when every key that was taken is done. */
  close(): Promise<void> {
    this.#closed = true;
    this.#alarm?.cancel();
    this.#entries.clear();
    this.#waiting.clear();
    this.#due.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
    if (this.#running.size === 0) this.#idle.resolve();
    return this.#idle.promise;
  }

  /** Puts an entry where its time and priority belong. */
  #place(entry: Entry): void {
    if (this.#running.has(entry.key)) return;
    if (entry.dueAt > this.#clock.now()) return this.#enter(this.#waiting, entry);
    if (entry.heap !== this.#due) this.#observer?.due();
    entry.turn = this.#nextTurn(namespaceOf(entry.key));
    entry.order = this.#placed++;
    this.#enter(this.#due, entry);
  }

  /** After the last of its namespace, but not behind what others have had already. */
  #nextTurn(namespace: string): number {
    if (this.#due.size === 0) this.#lines.clear();
    const turn = Math.max(this.#turn, this.#lines.get(namespace) ?? 0) + 1;
    this.#lines.set(namespace, turn);
    return turn;
  }

  #enter(heap: Heap<Entry>, entry: Entry): void {
    entry.heap = heap;
    heap.push(entry);
  }

  /** Hands due keys to those who wait for one, and sets the alarm for the next that is not due yet. */
  #hand(): void {
    if (this.#closed) return;
    this.#ripen();
    while (this.#takers.length > 0) {
      const entry = this.#due.shift();
      if (entry === undefined) break;
      this.#entries.delete(entry.key);
      this.#turn = Math.max(this.#turn, entry.turn);
      const now = this.#clock.now();
      this.#running.set(entry.key, now);
      this.#observer?.taken(now - entry.dueAt);
      this.#takers.shift()?.(entry.key);
    }
  }

  /** Moves what has become due since the last look. */
  #ripen(): void {
    const now = this.#clock.now();
    let next = this.#waiting.first;
    for (; next !== undefined && next.dueAt <= now; next = this.#waiting.first) {
      this.#waiting.remove(next);
      this.#place(next);
    }
    this.#setAlarm(next?.dueAt);
  }

  #setAlarm(at: number | undefined): void {
    if (this.#alarm?.at === at) return;
    this.#alarm?.cancel();
    this.#alarm = at === undefined ? undefined : { at, cancel: this.#clock.after(at - this.#clock.now(), this.#ring) };
  }

  readonly #ring = (): void => {
    // Whether or not anything is due: an alarm may ring early.
    this.#alarm = undefined;
    this.#hand();
  };
}
