/**
 * One call of the IMS API as the port wants it: in turn, with proven credentials, fenced, bounded in time, its failure in the
 * port's words and its answer checked.
 *
 * @module
 */

import pRetry from 'p-retry';
import type * as z from 'zod';
import { RegistryError } from '../errors.ts';
import type { Parameters } from './codec.ts';
import { type Asked, failureOf, isAboutCredentials, malformed } from './errors.ts';
import type { Identity } from './identity.ts';
import type { Limiter, Rate } from './limiter.ts';
import type { Send } from './sdk.ts';

/** A call. */
export interface Call extends Asked {
  readonly parameters: Parameters;
  /** Whether it changes anything. */
  readonly isWrite: boolean;
}

/** A call that changes nothing. */
export function reading(operation: Asked['operation'], action: string, parameters: Parameters = {}): Call {
  return { operation, action, parameters, isWrite: false, isIdempotent: true };
}

/** A call that, made twice, does what it does once. */
export function changing(operation: Asked['operation'], action: string, parameters: Parameters): Call {
  return { operation, action, parameters, isWrite: true, isIdempotent: true };
}

/** A call that makes something anew each time. */
export function making(operation: Asked['operation'], action: string, parameters: Parameters): Call {
  return { operation, action, parameters, isWrite: true, isIdempotent: false };
}

/** Carries a call out and gives its answer. Fails with a `RegistryError`. */
export type Client = <T>(call: Call, answer: z.ZodType<T>) => Promise<T>;

export interface ClientOptions {
  readonly send: Send;
  readonly hostName: string;
  readonly identity: Identity;
  /** The limiter of an account. */
  readonly limiterOf: (accountID: string) => Limiter;
  readonly rate: Rate;
  /** Whether this process may write; asked right before each write is sent. */
  readonly mayWrite: () => boolean;
  /** Milliseconds since whenever. */
  readonly monotonic: () => number;
  /**
   * Milliseconds that a call may take in all, from when it is first sent; 4,000 by default: a lease that was good then
   * lasts longer (15 s).
   */
  readonly deadline?: number;
}

/** The version of the IMS API. */
const version = '2019-08-15';

/** Milliseconds before a call is sent again. */
const retryDelay = 250;
/** Part of a call's time that must be left for it. */
const leastLeft = 0.25;

/**
 * What is idempotent and failed for a reason that may pass is sent once more; but not where the same call failed before: then the
 * queue's backoff says when to ask again.
 */
export function openClient(options: ClientOptions): Client {
  const failing = new Set<string>();
  return async (call, answer) => {
    const target = `${call.action} ${call.parameters['AppId'] ?? ''}`;
    const once = onceWithin(options, call, answer);
    const retries = call.isIdempotent && !failing.has(target) ? 1 : 0;
    try {
      const result = await pRetry(() => once.send(), {
        retries,
        minTimeout: retryDelay,
        shouldRetry: ({ error }) => mayPass(error) && once.hasTime(),
      });
      failing.delete(target);
      return result;
    } catch (error) {
      if (mayPass(error)) failing.add(target);
      throw error;
    }
  };
}

/** Whether to ask again soon is of any use. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  return error.code === 'unavailable' || (error.code === 'throttled' && (error.retryAfterSeconds ?? 0) <= 1);
}

/** Attempts of one call, which have one deadline together; it begins when the first is sent. */
function onceWithin<T>(options: ClientOptions, call: Call, answer: z.ZodType<T>) {
  const { identity, limiterOf, rate, mayWrite, monotonic, deadline = 4_000 } = options;
  let endsAt = Number.POSITIVE_INFINITY;
  const hasTime = () => endsAt - monotonic() >= deadline * leastLeft;

  async function send(): Promise<T> {
    const { accountID } = await identity.current();
    const limiter = limiterOf(accountID);
    await limiter.take(rate);
    // It may have been a while: a session of another account is refused here, and one that expired is renewed.
    const { session } = await identity.current();
    if (call.isWrite && !mayWrite()) throw notLeading(call);
    if (!hasTime()) throw tooLate(call, options.hostName);
    endsAt = Math.min(endsAt, monotonic() + deadline);
    const { action, parameters } = call;
    const request = { action, version, parameters, session, deadline: endsAt - monotonic() };
    const sent = await options.send(request).catch((error: unknown) => {
      const failure = failureOf(error, call, options.hostName);
      if (isAboutCredentials(failure)) identity.refused(session);
      if (failure.code === 'throttled') limiter.pause((failure.retryAfterSeconds ?? 1) * 1_000);
      throw failure;
    });
    return checked(sent, call, answer);
  }

  return { send, hasTime };
}

/** Its turn came when its time was nearly over. */
function tooLate({ operation }: Call, hostName: string): RegistryError {
  return new RegistryError('unavailable', `${hostName} had no time for a second attempt`, { operation });
}

function notLeading({ operation }: Call): RegistryError {
  return new RegistryError('unavailable', 'this process does not lead: nothing was sent', { operation });
}

function checked<T>(answer: unknown, call: Call, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw malformed(
    parsed.error.issues.map(({ path }) => path.join('.') || 'all of it'),
    call,
  );
}
