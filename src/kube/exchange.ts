/**
 * One request and its answer, taken in whole.
 *
 * undici's `request` makes a stream of each body. Most answers are here in one piece, and a sixth of what a
 * call costs is that stream.
 *
 * @module
 */

import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** An answer and all of its body. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What a request is sent with. */
export interface Sending {
  /** Ends it at once, with the signal's reason. */
  readonly signal: AbortSignal;
  /** Called when the bytes are about to be written, until when it may wait for a connection; what it throws ends it. */
  readonly beforeSend?: (() => void) | undefined;
}

/** Sends a request; fails with what undici throws, with the signal's reason, or with what `beforeSend` throws. */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  sending: Sending,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(request, new Exchange(sending, resolve, reject));
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #sending: Sending;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #statusCode = 0;
  #headers: IncomingHttpHeaders = {};
  readonly #chunks: Buffer[] = [];

  constructor(sending: Sending, resolve: (answer: Answer) => void, reject: (error: unknown) => void) {
    this.#sending = sending;
    this.#resolve = resolve;
    this.#reject = reject;
    sending.signal.addEventListener('abort', this.#abort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#sending.signal.throwIfAborted();
    this.#controller = controller;
    this.#sending.beforeSend?.();
  }

  onResponseStart(_: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    this.#statusCode = statusCode;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end();
    const text = Buffer.concat(this.#chunks).toString();
    this.#resolve({ statusCode: this.#statusCode, headers: this.#headers, text });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    this.#sending.signal.removeEventListener('abort', this.#abort);
  }

  /** Whoever gives up does not wait for a connection that does not come. */
  readonly #abort = (): void => {
    this.#reject(this.#sending.signal.reason);
    this.#controller?.abort(new Error('given up'));
  };
}
