/**
 * What is answered in place of a server.
 *
 * @module
 */

import type { WireAnswer } from '../../../src/server/answering.ts';

/** Without an answer the connection is cut. */
export class Instead extends Error {
  readonly answer: WireAnswer | undefined;

  constructor(answer?: WireAnswer) {
    super('the fault');
    this.answer = answer;
  }
}

/** What the client is to get. Throws what is no such thing. */
export function insteadOf(error: unknown): WireAnswer | undefined {
  if (error instanceof Instead) return error.answer;
  throw error;
}
