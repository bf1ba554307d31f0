/**
 * What a call's failure means for the pass: a failure to report, or an error to throw to the queue.
 *
 * @module
 */

import { ClusterError } from '../cluster/cluster.ts';
import { reasonOf } from '../core/failure.ts';
import type { Failure } from '../core/outcome.ts';
import { RegistryError } from '../registry/errors.ts';

/** Seconds after which something that vanished under our hands is looked for again. */
const lookAgain = 1;

/**
 * What a user is told of a failed call.
 *
 * A registry's failures, a refused Secret and an invalid resource are reported. Everything else is thrown on: a conflict,
 * because the pass must begin anew, and a fault of ours or of the API server's, because the status could not be written either.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof RegistryError) {
    const afterSeconds = error.code === 'absent' ? lookAgain : error.retryAfterSeconds;
    const { requestID } = error;
    return { reason: reasonOf(error.code), message: withRequest(error), afterSeconds, requestID };
  }
  if (error instanceof ClusterError && error.code === 'refused')
    return { reason: 'SecretRefused', message: error.message };
  if (error instanceof ClusterError && error.code === 'invalid')
    return { reason: 'InvalidSpec', message: error.message };
  throw error;
}

function withRequest({ message, requestID }: RegistryError): string {
  return requestID === undefined ? message : `${message} (request ${requestID})`;
}
