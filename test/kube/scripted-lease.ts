/**
 * A Lease in memory, as the API server keeps it, with calls and watches that take as long as a test says.
 *
 * @module
 */

import { Cache } from '../../src/kube/cache.ts';
import type { Clock } from '../../src/kube/clock.ts';
import { Elector } from '../../src/kube/elector.ts';
import { ApiError } from '../../src/kube/error.ts';
import type { KubeObject } from '../../src/kube/kube.ts';
import { defaultLeaseTimes, type Lease, type LeaseSpec, type LeaseTimes } from '../../src/kube/lease.ts';
import type { Transport } from '../../src/kube/transport.ts';

export const lease = { namespace: 'system', name: 'leader' };

/** What becomes of a call: milliseconds until it takes effect and from there until it is answered. */
export interface Way {
  readonly there: number;
  readonly back: number;
  /** It never arrives, or its answer never does: told as a timeout after both times. */
  readonly lost?: 'request' | 'answer';
}

type Patch = { readonly metadata: { readonly resourceVersion: string }; readonly spec: LeaseSpec };

const swift: Way = { there: 0, back: 0 };

/** The one Lease of a test. */
export class LeaseServer {
  lease: Lease | undefined;
  readonly writes: LeaseSpec[] = [];
  readonly #clock: Clock;
  readonly #watchers = new Set<(lease: Lease) => void>();
  #version = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Writes as anybody may. */
  put(spec: LeaseSpec): Lease {
    const uid = this.lease?.metadata.uid ?? 'uid';
    this.lease = { metadata: { ...lease, uid, resourceVersion: `${++this.#version}` }, spec };
    this.writes.push(spec);
    for (const watcher of this.#watchers) watcher(this.lease);
    return this.lease;
  }

  /** A cache of the Lease, told of each change `delay()` milliseconds later, in order; never of those that are infinite. */
  watch(delay: () => number = () => 0): Cache<Lease> {
    const cache = new Cache<Lease>({ freeze: true, onError: raise });
    if (this.lease) cache.put(this.lease);
    let last = 0;
    this.#watchers.add((changed) => {
      last = Math.max(last, this.#clock.now() + delay());
      if (Number.isFinite(last)) this.#clock.after(last - this.#clock.now(), () => cache.put(changed));
    });
    return cache;
  }

  transport(way: () => Way = () => swift): Pick<Transport, 'get' | 'create' | 'patch'> {
    const call = async <T extends KubeObject>(answer: () => Lease | undefined): Promise<T> => {
      const { there, back, lost } = way();
      await this.#pass(there);
      if (lost === 'request') throw timeout;
      const found = answer();
      await this.#pass(back);
      if (lost === 'answer') throw timeout;
      return found as unknown as T;
    };
    return {
      get: () => call(() => this.lease),
      create: (_, body) => call(() => (this.lease ? refuse('AlreadyExists') : this.put((body as Patch).spec))),
      patch: (_, body) => call(() => this.#merge(body as Patch)),
    };
  }

  #merge({ metadata: { resourceVersion }, spec }: Patch): Lease {
    if (this.lease?.metadata.resourceVersion !== resourceVersion) return refuse('Conflict');
    return this.put({ ...this.lease.spec, ...spec });
  }

  #pass(milliseconds: number): Promise<void> {
    if (milliseconds === 0) return Promise.resolve();
    return new Promise((resolve) => this.#clock.after(milliseconds, resolve));
  }
}

/** An elector for the Lease of a server, as it says what it does not need to be told. */
export function standFor(
  server: LeaseServer,
  options: {
    readonly identity: string;
    readonly clock: Clock;
    readonly times?: LeaseTimes;
    readonly way?: () => Way;
    readonly delay?: () => number;
  },
) {
  const { identity, clock, times = defaultLeaseTimes, way, delay } = options;
  const errors: unknown[] = [];
  const cache = server.watch(delay);
  const elector = new Elector({
    transport: server.transport(way),
    cache,
    lease,
    identity,
    times,
    clock,
    wallClock: () => 1_000_000 + clock.now(),
    onError: (error) => errors.push(error),
  });
  elector.start();
  return { elector, errors, cache };
}

const timeout = new ApiError('no answer', { status: 0, reason: 'Timeout' });

function refuse(reason: string): never {
  throw new ApiError(reason, { status: 409, reason });
}

function raise(error: unknown): never {
  throw error;
}
