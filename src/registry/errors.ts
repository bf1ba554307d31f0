/**
 * How a registry's calls fail, in the controller's words.
 *
 * @module
 */

import type { FailureCode } from '../core/failure.ts';

interface RegistryErrorDetails {
  /** The port's name for the call that failed, such as `create`. */
  readonly operation: string;
  /** The registry's name for the request, for its support desk. */
  readonly requestID?: string;
  /** Seconds that the registry asks to wait. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** A registry did not do what was asked. The message is shown to users and never holds a secret. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: FailureCode;
  readonly operation: string;
  readonly requestID: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: FailureCode, message: string, details: RegistryErrorDetails) {
    super(message, { cause: details.cause });
    this.code = code;
    this.operation = details.operation;
    this.requestID = details.requestID;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}
