/**
 * Records events (events.k8s.io/v1) as client-go's recorders do: what repeats becomes a series, and who is talkative is
 * cut short. Events are for people: under pressure they are what is dropped, and nothing waits for them.
 *
 * @module
 */

import { Allowance } from './allowance.ts';
import { type Clock, sleep } from './clock.ts';
import { ApiError } from './error.ts';
import type { KubeObject, Resource } from './kube.ts';
import { microTime } from './lease.ts';
import { setNewest } from './newest.ts';
import { collectionPath, objectPath } from './path.ts';
import type { Transport } from './transport.ts';

/** The body of a new event. */
export interface NewEvent {
  readonly apiVersion: 'events.k8s.io/v1';
  readonly kind: 'Event';
  readonly metadata: { readonly generateName: string; readonly namespace: string };
  /** `metav1.MicroTime` */
  readonly eventTime: string;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly action: string;
  /** At most 1,024 bytes. */
  readonly note: string;
  readonly regarding: Readonly<Record<'apiVersion' | 'kind' | 'namespace' | 'name' | 'uid', string>>;
}

export interface EventRecorderOptions {
  readonly transport: Pick<Transport, 'create' | 'patch'>;
  readonly clock: Clock;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
  /** Told why an event was not recorded; not of those that are dropped because an object has too many. */
  readonly onLost: (error: unknown) => void;
}

const events: Resource = { group: 'events.k8s.io', version: 'v1', plural: 'events', namespaced: true };

/** Milliseconds after which the same is news again. */
const seriesEnds = 360_000;
/** Milliseconds between two writes of one series. */
const betweenWrites = 60_000;
/** Series that are remembered; the oldest goes first. */
const most = 4096;
/** Events that wait to be sent. */
const longestLine = 5000;
/** Requests at once: the others are for work. */
const atOnce = 2;
/**
 * So many one after the other, and then one in so many milliseconds, as much as controller-runtime's clients may ask of the
 * API server by default: what is told of much work must not take half of what the work itself takes.
 */
const pace = { burst: 30, interval: 50 };
/** As client-go's spam filter: so many events of one object at once, and one more in so many milliseconds. */
const allowed = { burst: 25, refill: 300_000, most };

/** The same event again and again. */
interface Series {
  readonly uid: string;
  /** What was created for the first of them, once it was. */
  created: KubeObject | undefined;
  count: number;
  seenAt: number;
  writtenAt: number;
  /** Whether the count is about to be written. */
  isPending: boolean;
}

/** Sends events a few at a time and at a steady pace, behind whatever else is to be done. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #known = new Map<string, Series>();
  readonly #allowance: Allowance;
  readonly #line: (() => Promise<void>)[] = [];
  readonly #alarms = new Set<() => void>();
  /** Aborted at the end, when there is no time left to keep the pace. */
  readonly #closing = new AbortController();
  #sending = 0;
  /** When a whole burst may be sent again: the generic cell rate algorithm (ITU-T I.371). */
  #restedAt = Number.NEGATIVE_INFINITY;
  #onQuiet: () => void = () => undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#allowance = new Allowance({ ...allowed, clock: options.clock });
  }

  /** Sends the event some time soon, or counts it where it is one of a series. It never fails. */
  record(event: NewEvent): void {
    if (this.#closing.signal.aborted) return;
    const { metadata, type, reason, action, note, regarding } = event;
    const key = JSON.stringify([metadata.namespace, regarding.uid, type, reason, action, note]);
    const series = this.#known.get(key);
    if (series !== undefined && this.#options.clock.now() - series.seenAt < seriesEnds) this.#repeat(key, series);
    else if (this.#allowance.take(regarding.uid)) this.#begin(key, event);
  }

  /** Takes no more in, and gives what waits so many milliseconds to be sent; counts that are not written yet are lost. */
  async close(milliseconds: number): Promise<void> {
    this.#closing.abort();
    for (const callOff of this.#alarms) callOff();
    if (this.#sending === 0) return;
    const quiet = new AbortController();
    this.#onQuiet = () => quiet.abort();
    await sleep(this.#options.clock, milliseconds, quiet.signal);
    this.#line.length = 0;
  }

  #begin(key: string, event: NewEvent): void {
    const { transport, clock } = this.#options;
    const now = clock.now();
    const { uid } = event.regarding;
    const series: Series = { uid, created: undefined, count: 1, seenAt: now, writtenAt: now, isPending: false };
    setNewest(this.#known, key, series, most);
    const isTaken = this.#send(async () => {
      try {
        series.created = await transport.create(collectionPath(events, event.metadata.namespace), event);
      } catch (error) {
        this.#known.delete(key);
        throw error;
      }
    });
    if (!isTaken) this.#known.delete(key);
  }

  /** Counts it; the count is written once the series may be written again. */
  #repeat(key: string, series: Series): void {
    const { clock } = this.#options;
    series.count++;
    series.seenAt = clock.now();
    if (series.isPending || !this.#allowance.take(series.uid)) return;
    series.isPending = true;
    const callOff = clock.after(series.writtenAt + betweenWrites - series.seenAt, () => {
      this.#alarms.delete(callOff);
      series.isPending = false;
      this.#send(() => this.#refresh(key, series));
    });
    this.#alarms.add(callOff);
  }

  async #refresh(key: string, series: Series): Promise<void> {
    const { transport, clock, wallClock } = this.#options;
    const { created, count, seenAt } = series;
    if (created === undefined) return;
    series.writtenAt = clock.now();
    const lastObservedTime = microTime(wallClock() - (clock.now() - seenAt));
    try {
      await transport.patch(objectPath(events, created.metadata), { series: { count, lastObservedTime } });
    } catch (error) {
      // Events are kept for an hour; the next of them begins anew.
      this.#known.delete(key);
      if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error;
    }
  }

  /** Whether there was room for it. */
  #send(request: () => Promise<void>): boolean {
    if (this.#line.length >= longestLine) {
      this.#options.onLost(new Error('too many events wait to be sent'));
      return false;
    }
    this.#line.push(request);
    if (this.#sending < atOnce) void this.#work();
    return true;
  }

  async #work(): Promise<void> {
    this.#sending++;
    for (let request = this.#line.shift(); request !== undefined; request = this.#line.shift()) {
      await this.#turn();
      await request().catch(this.#options.onLost);
    }
    this.#sending--;
    if (this.#sending === 0) this.#onQuiet();
  }

  /** Waits until one more may be sent. */
  async #turn(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#closing;
    const wait = () => this.#restedAt - (pace.burst - 1) * pace.interval - clock.now();
    for (let left = wait(); left > 0 && !signal.aborted; left = wait()) await sleep(clock, left, signal);
    this.#restedAt = Math.max(this.#restedAt, clock.now()) + pace.interval;
  }
}
