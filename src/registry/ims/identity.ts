/**
 * Who we are to an account: a session that is fresh, and proven to be one of the account that the registry works with.
 *
 * @module
 */

import * as z from 'zod';
import { RegistryError } from '../errors.ts';
import type { Lease, Source } from './credentials.ts';
import type { Session } from './sdk.ts';
import type { STS } from './sts.ts';

/** A session of an account. */
export interface Known {
  readonly session: Session;
  readonly accountID: string;
}

export interface Identity {
  /** Fails with a `RegistryError` that is `denied`, `throttled` or `unavailable`; never `absent`. */
  current(): Promise<Known>;
  /** The session was not accepted: the next one is asked for anew. */
  refused(session: Session): void;
}

export interface IdentityOptions {
  readonly source: Source;
  /** STS, for the account of an access key. */
  readonly sts: STS;
  /** The only account to work with; by default the first one seen. */
  readonly accountID: string | undefined;
  /** Milliseconds since whenever. */
  readonly monotonic: () => number;
}

/** What is in use, and until when by the monotonic clock. */
interface Held extends Known {
  readonly refreshAt: number;
  readonly expiresAt: number;
}

/** Milliseconds after which a refresh that failed is tried again, while the old session does. */
const retryAfter = 30_000;

const caller = z.object({ AccountId: z.string().regex(/^\d{1,32}$/) });

/** Nothing is asked before it is needed; whoever asks while others do gets the same answer. */
export function openIdentity(options: IdentityOptions): Identity {
  const { source, monotonic } = options;
  let held: Held | undefined;
  let pending: Promise<Held> | undefined;
  let pinned = options.accountID;

  async function prove(): Promise<Held> {
    const lease = await source();
    const isSame = held?.session.accessKeyID === lease.session.accessKeyID;
    const accountID = lease.accountID ?? (isSame ? held?.accountID : undefined) ?? (await accountOf(lease, options));
    if (pinned !== undefined && accountID !== pinned) throw otherAccount(accountID, pinned);
    pinned = accountID;
    const now = monotonic();
    held = { session: lease.session, accountID, refreshAt: now + lease.refreshAfter, expiresAt: now + lease.goodFor };
    return held;
  }

  /** While the old session does, a source that gives no answer is no failure. */
  async function renew(): Promise<Held> {
    const old = held;
    return prove().catch((error: unknown) => {
      const isRefused = error instanceof RegistryError && error.code === 'denied';
      if (old === undefined || isRefused || monotonic() >= old.expiresAt) throw error;
      held = { ...old, refreshAt: monotonic() + retryAfter };
      return held;
    });
  }

  return {
    current: () => {
      if (held !== undefined && monotonic() < held.refreshAt) return Promise.resolve(held);
      pending ??= renew().finally(() => {
        pending = undefined;
      });
      return pending;
    },
    refused: ({ accessKeyID }) => {
      if (held?.session.accessKeyID === accessKeyID) held = undefined;
    },
  };
}

async function accountOf({ session }: Lease, { sts }: IdentityOptions): Promise<string> {
  const answer = await sts('GetCallerIdentity', {}, session);
  const parsed = caller.safeParse(answer);
  if (parsed.success) return parsed.data.AccountId;
  throw new RegistryError('unavailable', 'the answer to GetCallerIdentity is not understood', { operation: 'account' });
}

function otherAccount(found: string, expected: string): RegistryError {
  const message = `the credentials belong to account ${found}, and this registry works with ${expected}`;
  return new RegistryError('denied', message, { operation: 'account' });
}
