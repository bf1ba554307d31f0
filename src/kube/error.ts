/**
 * How a call to the API server fails.
 *
 * @module
 */

/** One of the things that the API server found wrong, such as a field of an object. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** `metav1.Status`, as far as it is read. */
export interface Status {
  readonly kind?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number; readonly causes?: readonly StatusCause[] };
}

/**
 * Why a call failed where the API server gave no reason of its own (`NotFound`, `AlreadyExists`, `Conflict`, `Invalid`,
 * `Forbidden`, `Unauthorized`, `Expired`, …).
 *
 * - `Unreachable`: no connection, or it broke; whether a write took effect is unknown.
 * - `Timeout`: no answer in time; unknown too.
 * - `Aborted`: the caller gave up; unknown too.
 * - `Unreadable`: the answer, or a line of a watch, is not what the API server sends; unknown too.
 * - `NotLeading`: another process may lead by now; nothing was sent.
 * - `NoSuchResource`: the server does not serve this resource: its CustomResourceDefinition is missing.
 */
export type LocalReason = 'Unreachable' | 'Timeout' | 'Aborted' | 'Unreadable' | 'NotLeading' | 'NoSuchResource';

interface ApiErrorDetails {
  /** The HTTP status; 0 where there was no (readable) answer. */
  readonly status: number;
  readonly reason: string;
  readonly retryAfterSeconds?: number | undefined;
  readonly causes?: readonly StatusCause[] | undefined;
  readonly cause?: unknown;
}

/** A call to the API server did not do what was asked. The message never holds the body that was sent. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status; 0 where there was no (readable) answer. */
  readonly status: number;
  /** `Status.reason`, or a {@link LocalReason}. */
  readonly reason: string;
  /** Seconds that the server asks to wait. */
  readonly retryAfterSeconds: number | undefined;
  readonly causes: readonly StatusCause[];

  constructor(message: string, { status, reason, retryAfterSeconds, causes = [], cause }: ApiErrorDetails) {
    super(message, { cause });
    this.status = status;
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
    this.causes = causes;
  }
}

/** Whether `error` says that the object is not as the precondition has it, or that another write came first. */
export function isConflict(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 409 && error.reason === 'Conflict';
}
