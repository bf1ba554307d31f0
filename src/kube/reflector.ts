/**
 * Keeps a cache like a collection of the API server, through every end and every error.
 *
 * @module
 */

import { backoff, within } from './backoff.ts';
import { type Cache, everything } from './cache.ts';
import { type Clock, type Random, sleep } from './clock.ts';
import { ApiError } from './error.ts';
import type { KubeObject, Resource, WatchEvent } from './kube.ts';
import { collectionPath } from './path.ts';
import type { Transport } from './transport.ts';
import { trim } from './trim.ts';

/** What a reflector did or was told; `list`: it began to fill the cache anew. */
export type ReflectorStep = 'list' | 'watch' | 'event' | 'bookmark' | 'error';

export interface ReflectorOptions<T extends KubeObject> {
  readonly transport: Transport;
  readonly resource: Resource;
  readonly cache: Pick<Cache<T>, 'versionIn' | 'replace' | 'put' | 'remove' | 'advance'>;
  /** What the cache's `scopeOf` gives for the objects of this watch; {@link everything} where no other watch fills it. */
  readonly scope?: string | undefined;
  /** Only this namespace; all of them by default. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  /** Such as `metadata.name=…`, for one object alone. */
  readonly fieldSelector?: string | undefined;
  /** Nothing but `metadata` leaves the server: for Secrets. */
  readonly metadataOnly?: boolean | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Told every error that made it start again; none ends it. */
  readonly onError: (error: unknown) => void;
}

/** Objects per page: one large page would hold up the process for as long as it takes to parse. */
const pageSize = 500;
/** Seconds after which the server ends a watch, so that watches move between servers. */
const watchSeconds = [300, 600] as const;
/** A watch that ends sooner than this, in milliseconds, without an event counts as an error; one that was open longer as good. */
const shortWatch = 1000;
/** Milliseconds between two relists because of a version that is gone. */
const betweenRelists = 500;
/** Milliseconds: the server does not answer; it answers with an error. */
const unanswered = { base: 250, max: 3000, spread: [0.5, 1.5] } as const;
const refused = { base: 250, max: 30_000, spread: [0.5, 1.5] } as const;

/**
 * One collection, one connection.
 *
 * `empty`: the cache is to be filled by a list, or by the initial events of a watch. `listed`: a watch goes on from the
 * cache's version. Every step ends in one of the two, whatever happened.
 */
export class Reflector<T extends KubeObject = KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #scope: string;
  readonly #path: string;
  readonly #stop = new AbortController();
  readonly #synced = Promise.withResolvers<void>();
  #state: 'empty' | 'listed' = 'empty';
  #hasSynced = false;
  /** Whether the server is believed to send initial events (WatchList); otherwise pages are listed. */
  #streamsLists = true;
  #failures = 0;
  #relistedAt = Number.NEGATIVE_INFINITY;
  #ended: Promise<void> = Promise.resolve();
  #observer: ((step: ReflectorStep) => void) | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#scope = options.scope ?? everything;
    this.#path = collectionPath(options.resource, options.namespace);
  }

  /** Resolves once the cache has held a whole list; never if that does not happen. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** The plural of what it keeps. */
  get kind(): string {
    return this.#options.resource.plural;
  }

  /** Tells `observer`, and nobody else, from now on; it is quick and does not throw. */
  observe(observer: (step: ReflectorStep) => void): void {
    this.#observer = observer;
  }

  start(): void {
    this.#ended = this.#run();
  }

  /** Resolves, soon and always, when no connection is left and no change will follow. It cannot be started again. */
  stop(): Promise<void> {
    this.#stop.abort();
    return this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const wait = await this.#step();
      if (wait > 0) await sleep(this.#options.clock, wait, signal);
    }
  }

  /** One connection from its beginning to its end; returned are the milliseconds to wait before the next. */
  async #step(): Promise<number> {
    try {
      if (this.#state === 'empty' && !this.#streamsLists) await this.#list();
      await this.#watch();
      return 0;
    } catch (error) {
      return this.#stop.signal.aborted ? 0 : this.#recover(error);
    }
  }

  async #list(): Promise<void> {
    this.#observer?.('list');
    const items: T[] = [];
    let next: string | undefined;
    let resourceVersion: string | undefined;
    do {
      const page = await this.#page(next);
      for (const item of page.items) items.push(trim(item));
      resourceVersion ??= page.resourceVersion;
      next = page.next;
    } while (next !== undefined);
    await this.#commit(items, resourceVersion);
  }

  #page(next: string | undefined) {
    const { transport, metadataOnly = false } = this.#options;
    const query = { ...this.#selection(), limit: `${pageSize}`, ...(next === undefined ? {} : { continue: next }) };
    return transport.page<T>(this.#path, { query, metadataOnly, signal: this.#stop.signal });
  }

  async #watch(): Promise<void> {
    const { transport, metadataOnly = false, clock } = this.#options;
    const { signal } = this.#stop;
    const began = clock.now();
    const initial: T[] = [];
    if (this.#state === 'empty') this.#observer?.('list');
    this.#observer?.('watch');
    let silent = true;
    let openedAt = Number.POSITIVE_INFINITY;
    const onOpen = () => {
      openedAt = clock.now();
    };
    try {
      const query = this.#watchQuery();
      for await (const event of transport.watch<T>(this.#path, { query, metadataOnly, signal, onOpen })) {
        if (signal.aborted) return;
        silent = false;
        if (this.#state === 'empty') await this.#gather(event, initial);
        else this.#apply(event);
      }
    } finally {
      if (clock.now() - openedAt >= shortWatch) this.#failures = 0;
    }
    if (this.#state === 'empty') throw cutShort(`${this.#path}: the watch ended before all initial events had come`);
    if (silent && clock.now() - began < shortWatch) throw cutShort(`${this.#path}: the watch ended at once`);
  }

  #watchQuery(): Record<string, string> {
    const from =
      this.#state === 'empty'
        ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
        : { resourceVersion: this.#options.cache.versionIn(this.#scope) };
    const timeoutSeconds = `${Math.round(within(watchSeconds, this.#options.random))}`;
    return { ...this.#selection(), ...from, allowWatchBookmarks: 'true', timeoutSeconds };
  }

  #selection(): Record<string, string> {
    const { labelSelector, fieldSelector } = this.#options;
    return {
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
  }

  /** Collects initial events until the bookmark that says that they are complete. */
  async #gather({ type, object }: WatchEvent<T>, initial: T[]): Promise<void> {
    if (type !== 'BOOKMARK') initial.push(object);
    else if (object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true') {
      // The stream stays open for minutes: it must not hold on to what came first.
      await this.#commit(initial.splice(0), object.metadata.resourceVersion);
    }
  }

  async #commit(items: readonly T[], resourceVersion: string): Promise<void> {
    await this.#options.cache.replace(items, resourceVersion, this.#scope);
    this.#state = 'listed';
    this.#failures = 0;
    this.#hasSynced = true;
    this.#synced.resolve();
  }

  #apply({ type, object }: WatchEvent<T>): void {
    const { cache } = this.#options;
    this.#failures = 0;
    this.#observer?.(type === 'BOOKMARK' ? 'bookmark' : 'event');
    if (type === 'BOOKMARK') cache.advance(object.metadata.resourceVersion, this.#scope);
    else if (type === 'DELETED') cache.remove(object);
    else cache.put(object);
  }

  /** Where to go on after an error, and after how many milliseconds. */
  #recover(error: unknown): number {
    this.#observer?.('error');
    this.#options.onError(error);
    if (isExpired(error)) return this.#relist();
    if (this.#state === 'empty' && this.#streamsLists && refusesStreaming(error)) {
      this.#streamsLists = false;
      return 0;
    }
    return this.#patience(error);
  }

  #relist(): number {
    this.#state = 'empty';
    const now = this.#options.clock.now();
    const wait = Math.max(0, this.#relistedAt + betweenRelists - now);
    this.#relistedAt = now + wait;
    return wait;
  }

  #patience(error: unknown): number {
    const { random } = this.#options;
    const seconds = error instanceof ApiError ? error.retryAfterSeconds : undefined;
    // The server knows when it will be back: a backoff that has grown meanwhile would only add to the outage.
    if (seconds !== undefined) return seconds * 1000 * within([1, 1.2], random);
    const answered = error instanceof ApiError && error.status > 0;
    return backoff(answered ? refused : unanswered, this.#failures++, random);
  }
}

/** The version to go on from is no longer, or not yet, known to the server. */
function isExpired(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.status === 410 || error.causes.some(({ reason }) => reason === 'ResourceVersionTooLarge');
}

/**
 * The server does not send initial events: 400 or 422 where the feature is off, 500 where its etcd lacks progress
 * notifications (3.4). A 500 for another reason does no harm here: pages are as good.
 */
function refusesStreaming(error: unknown): boolean {
  return error instanceof ApiError && [400, 422, 500].includes(error.status);
}

function cutShort(message: string): ApiError {
  return new ApiError(message, { status: 0, reason: 'Unreachable' });
}
