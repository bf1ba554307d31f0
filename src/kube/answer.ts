/**
 * What came back of a request: a value, or the `ApiError` that says why there is none.
 *
 * @module
 */

import { ConnectionError } from './connection.ts';
import { ApiError, type LocalReason, type Status } from './error.ts';
import type { Answer } from './exchange.ts';
import { parseObject } from './json.ts';

/** The request as messages name it, such as `GET /api/v1/secrets`. */
export type Asked = string;

/** Reads an answer; throws an `ApiError` where it is no value. */
export type Read<T> = (answer: Answer, asked: Asked) => Promise<T>;

/** The value of a good answer; anything else throws. */
export async function valueOf<T>(answer: Answer, asked: Asked): Promise<T> {
  if (answer.statusCode >= 300) throw refusal(answer, asked);
  const value = parseObject(answer.text);
  if (value === undefined) throw unreadable(asked);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is in an object is for who asked for it to check
  return value as T;
}

/** The same, or `undefined` where the server says that there is no such object: what is asked for to know that is no error. */
export async function valueIfThere<T>(answer: Answer, asked: Asked): Promise<T | undefined> {
  if (answer.statusCode !== 404) return valueOf<T>(answer, asked);
  const status: Status | undefined = parseObject(answer.text);
  if (status?.kind === 'Status' && status.reason === 'NotFound') return undefined;
  throw refusal(answer, asked);
}

/** What a bad answer says. */
export function refusal({ statusCode, headers, text }: Answer, asked: Asked): ApiError {
  const status: Status = parseObject(text) ?? {};
  const header = waitOf(Number.parseInt(String(headers['retry-after']), 10));
  if (status.kind === 'Status') return statusError({ ...status, code: statusCode }, header);
  // A proxy's page, or the server's own mux, which knows no such path. The text is not ours to repeat.
  return new ApiError(`${asked}: HTTP ${statusCode}`, {
    status: statusCode,
    reason: statusCode === 404 ? 'NoSuchResource' : `HTTP${statusCode}`,
    retryAfterSeconds: header,
  });
}

/** Seconds to wait, if the server asks for any; with none the caller's own patience counts, or it would ask without end. */
function waitOf(seconds: number | undefined): number | undefined {
  return seconds !== undefined && seconds > 0 ? seconds : undefined;
}

/** The error that a `Status` object stands for. */
export function statusError({ code = 500, reason, message, details }: Status, retryAfter?: number): ApiError {
  return new ApiError(message ?? `HTTP ${code}`, {
    status: code,
    reason: reason === undefined || reason === '' ? `HTTP${code}` : reason,
    retryAfterSeconds: retryAfter ?? waitOf(details?.retryAfterSeconds),
    causes: details?.causes,
  });
}

/** An answer that the API server does not give. */
export function unreadable(asked: Asked): ApiError {
  return new ApiError(`${asked}: the answer cannot be read`, { status: 0, reason: 'Unreadable' });
}

/** Why there was no answer, or no end of it. */
export function broken(error: unknown, asked: Asked, signal: AbortSignal | undefined): Error {
  if (error instanceof ApiError || error instanceof ConnectionError) return error;
  const reason: LocalReason = signal?.aborted ? 'Aborted' : isTimeout(error) ? 'Timeout' : 'Unreachable';
  return new ApiError(`${asked}: ${explain(error)}`, { status: 0, reason, cause: error });
}

function isTimeout(error: unknown): boolean {
  // `TimeoutError` is a deadline's; the others are undici's own timers.
  return error instanceof Error && /^(Timeout|ConnectTimeout|HeadersTimeout|BodyTimeout)Error$/.test(error.name);
}

function explain(error: unknown): string {
  // Several addresses were tried: the message of the whole is empty.
  if (error instanceof AggregateError) return error.errors.map(explain).join('; ');
  return error instanceof Error ? error.message : 'the request failed';
}
