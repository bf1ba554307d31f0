/**
 * Leader election on a Lease, so that of several replicas one works; client-go's electors and these exclude each other.
 *
 * A leader may write until `renewDeadline` after it *sent* its last good renewal; another takes the Lease no sooner than
 * `leaseDuration` after it *saw* that renewal. Both are measured on monotonic clocks of their own, so neither the time of
 * day nor how long a message takes lets two lead at once.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import type { Cache } from './cache.ts';
import { type Clock, sleep } from './clock.ts';
import { ApiError } from './error.ts';
import { keyOf, type Named } from './kube.ts';
import { claimed, isPossible, type Lease, type LeaseSpec, type LeaseTimes, leases, released } from './lease.ts';
import { collectionPath, objectPath } from './path.ts';
import type { Transport } from './transport.ts';

export interface ElectorOptions {
  /** Not the one whose writes the election guards; its calls must end well within `renewDeadline`. */
  readonly transport: Pick<Transport, 'get' | 'create' | 'patch'>;
  /** Kept by a watch of this Lease alone: that is how a release is seen at once. */
  readonly cache: Cache<Lease>;
  readonly lease: Required<Named>;
  /** Of this process and of no other, ever. */
  readonly identity: string;
  readonly times: LeaseTimes;
  readonly clock: Clock;
  /** Milliseconds since the epoch, for those who read the Lease. */
  readonly wallClock: () => number;
  /** Told why the Lease could not be written. */
  readonly onError: (error: unknown) => void;
}

/** Leadership was lost: what was guarded by it must end, and so must the process. */
export class LostLeadershipError extends Error {
  override readonly name = 'LostLeadershipError';
}

/** Seconds after the end of a Lease within which a leader must have noticed. */
const tolerance = 20;

/** One replica's part in the election: it stands by, leads once, and ends by a release or by a loss. */
export class Elector {
  readonly #options: ElectorOptions;
  readonly #key: string;
  readonly #stopped = new AbortController();
  readonly #lost = new AbortController();
  readonly #elected = Promise.withResolvers<void>();
  /** What the Lease last said, and when we saw that. It outlives the Lease: who deletes it does not end a leadership. */
  #seen: { readonly spec: LeaseSpec; readonly at: number } | undefined;
  /** When the last good renewal was sent; `undefined` before the election. */
  #renewedAt: number | undefined;
  #woken = new AbortController();
  #callOffDeadline = (): void => undefined;
  #ended: Promise<void> = Promise.resolve();
  #onSlowPath: (() => void) | undefined;

  /** @throws RangeError where the times are impossible: `leaseDuration > renewDeadline > 1.2 × retryPeriod > 0` */
  constructor(options: ElectorOptions) {
    if (!isPossible(options.times)) throw new RangeError('impossible lease times');
    this.#options = options;
    this.#key = keyOf({ metadata: options.lease });
    options.cache.onChange(({ object }) => this.#see(object));
  }

  /** Resolves when this replica leads; never if it does not come to that. */
  get elected(): Promise<void> {
    return this.#elected.promise;
  }

  /** Aborted when leadership is lost; not by {@link stop}. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Whether this replica may write at this instant, however long the process was held up. */
  get isLeading(): boolean {
    if (this.#lost.signal.aborted || this.#stopped.signal.aborted) return false;
    return this.#age() < this.#options.times.renewDeadline * 1000;
  }

  /** Whether a leader has noticed in time that its Lease ran out; true on a standby. */
  get isHealthy(): boolean {
    const limit = (this.#options.times.leaseDuration + tolerance) * 1000;
    return this.#renewedAt === undefined || this.#age() <= limit;
  }

  /** Tells `onSlowPath`, and nobody else, from now on, when a write met a Lease other than the one we knew. */
  observe(onSlowPath: () => void): void {
    this.#onSlowPath = onSlowPath;
  }

  /** To be called right before a guarded write; throws an `ApiError` `NotLeading` where it must not be sent. */
  readonly check = (): void => {
    if (!this.isLeading)
      throw new ApiError('this process does not lead: nothing was sent', { status: 0, reason: 'NotLeading' });
  };

  /** Stands for election; the cache must have been filled. */
  start(): void {
    this.#see(this.#options.cache.get(this.#key));
    this.#ended = this.#run();
  }

  /** Ends the renewals. `release`: all that was guarded has ended, so another may lead at once. */
  async stop({ release }: { readonly release: boolean }): Promise<void> {
    this.#stopped.abort();
    await this.#ended;
    this.#callOffDeadline();
    if (release && this.#renewedAt !== undefined && !this.#lost.signal.aborted) await this.#attempt(this.#release);
  }

  async #run(): Promise<void> {
    const over = AbortSignal.any([this.#stopped.signal, this.#lost.signal]);
    while (!over.aborted) {
      this.#woken = new AbortController();
      if (this.#isFree()) await this.#attempt(this.#claim);
      // A leader keeps its pace, whatever it sees.
      const wait = Math.max(this.#untilFree(), this.#isFree() ? this.#options.times.retryPeriod * 1000 : 0);
      await sleep(this.#options.clock, wait, AbortSignal.any([over, this.#woken.signal]));
    }
  }

  /** What others do with the Lease, as the watch or a read tells it. */
  #see(lease: Lease | undefined): void {
    const { clock, identity } = this.#options;
    const spec = lease && (lease.spec ?? {});
    if (spec && !isDeepStrictEqual(spec, this.#seen?.spec)) this.#seen = { spec, at: clock.now() };
    if (spec?.holderIdentity === identity) return;
    if (spec && this.#renewedAt !== undefined && !this.#stopped.signal.aborted) this.#lose();
    this.#woken.abort();
  }

  #isFree(): boolean {
    return this.#untilFree() === 0;
  }

  /** Milliseconds until the Lease may be taken, or renewed, by us. */
  #untilFree(): number {
    const { identity, times, clock } = this.#options;
    if (this.#seen === undefined) return 0;
    const { holderIdentity = '', leaseDurationSeconds = times.leaseDuration } = this.#seen.spec;
    if (holderIdentity === '' || holderIdentity === identity) return 0;
    return Math.max(0, this.#seen.at + leaseDurationSeconds * 1000 - clock.now());
  }

  /** Writes on what is known of the Lease; once more on what it really is, if that was not the same. */
  async #attempt(write: () => Promise<void>): Promise<void> {
    const { onError } = this.#options;
    try {
      await write().catch(async (error: unknown) => {
        if (!isOutdated(error)) throw error;
        this.#onSlowPath?.();
        await this.#look();
        if (this.#isFree() && !this.#lost.signal.aborted) await write();
      });
    } catch (error) {
      onError(error);
    }
  }

  async #look(): Promise<void> {
    const { transport, lease, cache } = this.#options;
    const found = await transport.get<Lease>(objectPath(leases, lease));
    if (found) cache.assume(found);
  }

  readonly #claim = async (): Promise<void> => {
    const { identity, times, clock, wallClock } = this.#options;
    const sentAt = clock.now();
    await this.#write((before) => claimed(before, identity, times.leaseDuration, wallClock()));
    this.#renewed(sentAt);
  };

  readonly #release = (): Promise<void> => this.#write((before) => released(before, this.#options.wallClock()));

  /** Only what we know of is overwritten: anything newer gives 409. */
  async #write(specFor: (before: LeaseSpec | undefined) => LeaseSpec): Promise<void> {
    const { transport, lease, cache } = this.#options;
    const known = cache.get(this.#key);
    const spec = specFor(known?.spec);
    const written = await (known === undefined
      ? transport.create<Lease>(collectionPath(leases, lease.namespace), newLease(lease, spec))
      : transport.patch<Lease>(objectPath(leases, lease), { metadata: versionOf(known), spec }));
    cache.assume(written);
  }

  #renewed(sentAt: number): void {
    const { clock, times } = this.#options;
    const deadline = times.renewDeadline * 1000;
    // A renewal that comes too late saves nothing: work was refused meanwhile.
    if (this.#renewedAt !== undefined && this.#age() >= deadline) return this.#lose();
    this.#callOffDeadline();
    this.#renewedAt = sentAt;
    this.#callOffDeadline = clock.after(sentAt + deadline - clock.now(), () => this.#lose());
    this.#elected.resolve();
  }

  /** Milliseconds since the last good renewal was sent. */
  #age(): number {
    return this.#options.clock.now() - (this.#renewedAt ?? Number.NEGATIVE_INFINITY);
  }

  #lose(): void {
    this.#callOffDeadline();
    this.#lost.abort(new LostLeadershipError('the leadership was lost: the Lease could not be renewed in time'));
  }
}

function newLease({ namespace, name }: Required<Named>, spec: LeaseSpec): object {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace, name }, spec };
}

function versionOf({ metadata: { uid, resourceVersion } }: Lease): object {
  return { uid, resourceVersion };
}

/** The Lease is another one than we knew of (422: another UID), is gone, or is there already. */
function isOutdated(error: unknown): boolean {
  return error instanceof ApiError && [404, 409, 422].includes(error.status);
}
