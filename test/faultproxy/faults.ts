/**
 * What can go wrong between a client and the API server, as faults to plant in a proxy.
 *
 * @module
 */
import type { Exchange } from './exchange.ts';

/** What happens to an exchange instead of that it is relayed. */
export type Fault = (exchange: Exchange) => unknown;

/** The request is lost with its connection: nothing happened. */
export const cut: Fault = (exchange) => exchange.reset();

/** The request takes effect and the answer is lost with the connection. */
export const lostResponse: Fault = (exchange) => exchange.lose();

/** The request vanishes; the connection stays, and nothing ever comes. */
export const noAnswer: Fault = (exchange) => exchange.silence();

/** The request takes effect; so many bytes of its answer arrive before the connection is cut. */
export function truncated(bytes: number): Fault {
  return (exchange) => exchange.relay(bytes);
}

/** The request takes effect; its answer is complete and cannot be read. */
export const garbage: Fault = (exchange) => exchange.replace('{"kind":');

/** The request is on its way until `arrival` resolves: a slow network, or a busy server. */
export function late(arrival: Promise<unknown>): Fault {
  return async (exchange) => {
    await arrival;
    await exchange.relay();
  };
}

/** The server refuses, with a `Status`; `retryAfter` in seconds. Nothing happened. */
export function refusal(code: number, reason: string, retryAfter?: number): Fault {
  const headers = retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` };
  return (exchange) => exchange.answer(code, status(code, reason), headers);
}

/** The line of a watch by which a server ends it with an error. */
export function errorLine(code: number, reason: string): string {
  return `${JSON.stringify({ type: 'ERROR', object: status(code, reason) })}\n`;
}

function status(code: number, reason: string) {
  const message = `${reason}, says the fault proxy`;
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message };
}
