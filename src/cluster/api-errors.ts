/**
 * The API server's errors in the port's words.
 *
 * @module
 */

import { ApiError, isConflict } from '../kube/error.ts';
import { ClusterError } from './cluster.ts';

/** For calls whose refusal would be a fault of ours, unless the object is invalid. */
export function failed(error: unknown): never {
  throw clusterError(error, 'failed');
}

/** For writes of a Secret and for what a deletion asks: what the API server will not have is something to tell the user. */
export function refused(error: unknown): never {
  throw clusterError(error, 'refused');
}

/** For what is to be gone: it is. A kind that the server does not serve just now is no proof of that. */
export function ignoreAbsence(error: unknown): void {
  if (error instanceof ApiError && error.reason === 'NotFound') return;
  throw error;
}

function clusterError(error: unknown, refusal: 'failed' | 'refused'): unknown {
  if (!(error instanceof ApiError)) return error;
  const { message, status, reason, retryAfterSeconds } = error;
  const options = { retryAfterSeconds, cause: error };
  if (isConflict(error) || reason === 'NotFound' || isOtherObject(error))
    return new ClusterError('conflict', message, options);
  if (reason === 'AlreadyExists') return new ClusterError('exists', message, options);
  const isRefusal = status >= 400 && status < 500 && status !== 401 && status !== 429;
  const isInvalid = reason === 'Invalid' && refusal === 'failed';
  return new ClusterError(isInvalid ? 'invalid' : isRefusal ? refusal : 'failed', message, options);
}

/** The API server answers 422, not 409, to a patch for another UID. */
function isOtherObject({ status, causes }: ApiError): boolean {
  return status === 422 && causes.some(({ field }) => field === 'metadata.uid');
}
