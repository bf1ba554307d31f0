/**
 * STS, which says who an access key is and gives sessions of a role.
 *
 * @module
 */

import { RegistryError } from '../errors.ts';
import type { Parameters } from './codec.ts';
import { failureOf } from './errors.ts';
import type { Host, Send, Session } from './sdk.ts';

/**
 * Asks one thing of STS, with a session or as nobody in particular. Fails with a `RegistryError`: `denied`, `throttled` or
 * `unavailable`, and never `absent`: an entity that does not exist there is no application that is gone.
 */
export type STS = (action: string, parameters: Parameters, session: Session | undefined) => Promise<unknown>;

/** The version of its API. */
const version = '2015-04-01';
/** Milliseconds that it may take. */
const deadline = 4_000;

/** STS at `host`. */
export function openSTS(send: Send, { name }: Pick<Host, 'name'>): STS {
  return (action, parameters, session) =>
    send({ action, version, parameters, session, deadline }).catch((error: unknown) => {
      throw refused(failureOf(error, { operation: 'account', action, isIdempotent: true }, name));
    });
}

function refused(failure: RegistryError): RegistryError {
  if (failure.code === 'unavailable' || failure.code === 'throttled') return failure;
  const { message, operation, requestID, cause } = failure;
  return new RegistryError('denied', message, { operation, cause, ...(requestID !== undefined && { requestID }) });
}
