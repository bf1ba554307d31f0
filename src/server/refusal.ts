/**
 * Why a request is refused, in the words of Alibaba Cloud's RPC APIs: a code, a message, an HTTP status.
 *
 * Codes of the gateway and of parameters are documented. Those of applications and client secrets are not: they follow the
 * custom of RAM's other entities, so a client should go by what stands before the first full stop.
 *
 * @module
 */

interface RefusalDetails {
  /** Milliseconds after which the client may try again. */
  readonly retryAfter?: number;
  /** For the log alone. */
  readonly cause?: unknown;
}

/** A request that is answered with an error. The message is shown to the client and holds no secret. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, message: string, { retryAfter, cause }: RefusalDetails = {}) {
    super(message, { cause });
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** What can be wrong with a parameter that is there: the last part of its code. */
export type Fault = 'Length' | 'InvalidChars' | 'Format' | 'Range';

const faults: Readonly<Record<Fault, string>> = {
  Length: 'is too short or too long',
  InvalidChars: 'contains invalid characters',
  Format: 'is not in a valid format',
  Range: 'is out of range',
};

/** A parameter, or header, that must be there. */
export function missing(name: string): Refusal {
  return new Refusal(400, `Missing${name}`, `${name} is mandatory for this action.`);
}

/** A parameter with a value that it cannot have. */
export function invalid(name: string, fault: Fault): Refusal {
  return new Refusal(400, `InvalidParameter.${name}.${fault}`, `The parameter ${name} ${faults[fault]}.`);
}

const notFound = 'Specified api is not found, please check your url and method.';

/** What there is only one of. */
export const refusals = {
  /** The path or the method. */
  unknownAPI: () => new Refusal(404, 'InvalidApi.NotFound', notFound),
  unknownAction: () => new Refusal(404, 'InvalidAction.NotFound', notFound),
  unknownApplication: () => new Refusal(404, 'EntityNotExist.Application', 'The application does not exist.'),
  unknownClientSecret: () =>
    new Refusal(404, 'EntityNotExist.Application.AppSecret', 'The application secret does not exist.'),
  notProvisioned: () =>
    new Refusal(404, 'EntityNotExist.ApplicationProvisionInfo', 'The application is not provisioned.'),
  nameTaken: () => new Refusal(409, 'EntityAlreadyExists.Application', 'The application already exists.'),
  inUse: (by: 'AppSecret' | 'ProvisionInfo') =>
    new Refusal(409, `DeleteConflict.Application.${by}`, `The application cannot be deleted while it has ${by}s.`),
  tooManyApplications: () =>
    new Refusal(409, 'LimitExceeded.Application', 'The number of applications exceeds the limit.'),
  tooManyClientSecrets: () =>
    new Refusal(409, 'LimitExceeded.Application.AppSecret', 'The number of application secrets exceeds the limit.'),
  tooFast: (retryAfter: number) =>
    new Refusal(400, 'Throttling.User', 'Request was denied due to user flow control.', { retryAfter }),
  /** Nothing was done, and later it may be. */
  unavailable: (cause: unknown) =>
    new Refusal(503, 'ServiceUnavailable', 'The request has failed due to a temporary failure of the server.', {
      cause,
    }),
  internal: (cause: unknown) =>
    new Refusal(500, 'InternalError', 'The request processing has failed due to some unknown error.', { cause }),
  malformed: () => new Refusal(400, 'InvalidRequest', 'The request is no HTTP request.'),
  tooSlow: () => new Refusal(408, 'RequestTimeout', 'The request did not arrive in time.'),
  tooLarge: () => new Refusal(413, 'RequestTooLarge', 'The request is too large.'),
} as const;
