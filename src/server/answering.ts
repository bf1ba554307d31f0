/**
 * One request, one answer: read, authenticated, carried out, journaled.
 *
 * @module
 */

import type { Outcome } from './action.ts';
import { type Entry, entryOf } from './journal.ts';
import { Refusal, refusals } from './refusal.ts';
import { type Call, readCall, type WireRequest } from './request.ts';

/** An answer as it goes over HTTP. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

/** Told of what went wrong on our side. */
export interface Log {
  error(fields: object, message: string): void;
}

/** What answering takes. */
export interface Answering {
  /** Lets a request pass, or throws a `Refusal`. */
  readonly admit: (request: WireRequest, call: Call) => void;
  readonly perform: (call: Call) => Promise<Outcome>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** A fresh UUID. */
  readonly newID: () => string;
  readonly journal: (entry: Entry) => void;
  readonly log: Log;
}

/** Gives the function that answers; it never fails. */
export function answering(parts: Answering): (request: WireRequest) => Promise<WireAnswer> {
  const { admit, perform, clock, newID, journal, log } = parts;
  return async (request) => {
    const requestID = newRequestID(newID);
    let call: Call | undefined;
    const note = (outcome: string, result?: Outcome) =>
      journal(entryOf({ requestID, time: clock(), call, outcome, result }));
    try {
      call = readCall(request);
      admit(request, call);
      const result = await perform(call);
      note('OK', result);
      return written(200, requestID, result);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : refusals.internal(error);
      if (refusal.status >= 500) log.error({ requestID, ...faultIn(refusal) }, 'a request failed');
      note(refusal.code);
      return refused(refusal, requestID, request.headers['host']);
    }
  };
}

function faultIn({ cause }: Refusal): object {
  return { error: String(cause), stack: cause instanceof Error ? cause.stack : undefined };
}

/** The API writes UUIDs in capitals. */
export function newRequestID(newID: () => string): string {
  return newID().toUpperCase();
}

/** The answer that tells of a refusal; `host`: the one that was asked. */
export function refused({ status, code, message, retryAfter }: Refusal, requestID: string, host = ''): WireAnswer {
  const answer = written(status, requestID, { HostId: host, Code: code, Message: message, Recommend: '' });
  if (retryAfter === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'x-acs-retry-after': String(Math.ceil(retryAfter)) } };
}

function written(status: number, requestID: string, content: object): WireAnswer {
  const headers = { 'content-type': 'application/json;charset=utf-8', 'x-acs-request-id': requestID };
  return { status, headers, body: JSON.stringify({ RequestId: requestID, ...content }) };
}
