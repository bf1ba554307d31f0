/**
 * The journal: one entry for each request that was answered, and never a secret.
 *
 * @module
 */

import type { Outcome } from './action.ts';
import type { Call } from './request.ts';

/** What was asked for, and what came of it. */
export interface Entry {
  /** RFC 3339, with milliseconds. */
  readonly time: string;
  /** As the client names it; absent where the request names none, or something that is no name. */
  readonly action?: string;
  /** That of the parameters, or of the application that was created. */
  readonly applicationID?: string;
  /** `OK`, or the code of the error. */
  readonly outcome: string;
  readonly requestID: string;
}

/** What an entry is made of. */
export interface Answered {
  readonly requestID: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** `undefined` where it could not be read. */
  readonly call: Call | undefined;
  readonly outcome: string;
  readonly result: Outcome | undefined;
}

/** The entry of a request that was answered. */
export function entryOf({ requestID, time, call, outcome, result }: Answered): Entry {
  const applicationID = result?.Application?.AppId ?? call?.parameters.get('AppId');
  return {
    time: new Date(time).toISOString(),
    ...(isName(call?.action) && { action: call.action }),
    ...(isName(applicationID) && { applicationID }),
    outcome,
    requestID,
  };
}

/** Strangers may ask, too: what they send takes no more room than what is meant to be sent. */
function isName(text: string | undefined): text is string {
  return text !== undefined && /^\w{1,64}$/.test(text);
}
