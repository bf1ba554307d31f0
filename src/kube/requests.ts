/**
 * Sends requests over pooled HTTP/1.1 connections, with credentials, deadlines and, where harmless, repetition.
 *
 * Not HTTP/2: each connection fails alone, and undici does not notice a half-open HTTP/2 one.
 *
 * @module
 */

import { createSecureContext } from 'node:tls';
import pRetry from 'p-retry';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import { type Asked, broken, type Read, valueOf } from './answer.ts';
import { sleep, systemClock } from './clock.ts';
import type { Connection, Credentials } from './connection.ts';
import { withDeadline } from './deadline.ts';
import { ApiError } from './error.ts';
import { exchange } from './exchange.ts';
import { tunnel } from './tunnel.ts';

export interface Request {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  /** Encoded. */
  readonly query?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

/** The request as messages name it. */
export function nameOf({ method, path }: Request): Asked {
  return `${method} ${path}`;
}

interface RequesterOptions {
  readonly connection: Connection;
  readonly userAgent: string;
  /** Milliseconds without a byte after which a stream is given up. */
  readonly silence: number;
  /**
   * Called right before each request that may write is sent, when credentials and a connection are there; what it throws
   * is thrown on, and nothing is sent.
   */
  readonly beforeWrite?: (() => void) | undefined;
  /** Told of each request; `status`: of the answer, if there was one. */
  readonly onSent?: ((method: string, status: number | undefined) => void) | undefined;
}

/** Milliseconds. An idle connection is closed before the API server does it (90 seconds) while a request is on its way. */
const keepAliveTimeout = 60_000;
/** Milliseconds until a stream must have begun. */
const headersTimeout = 30_000;
/** Milliseconds after which TCP asks whether the other side is still there. */
const keepAlive = { keepAlive: true, keepAliveInitialDelay: 15_000 };
/** Seconds: a server that asks for more is left to the caller. */
const longestRetryAfter = 1;

/** Every error is an `ApiError`, or a `ConnectionError` of the credentials. */
export class Requester {
  readonly #options: RequesterOptions;
  /** What comes before every path. */
  readonly #root: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #calls: Pool;
  /** Apart from the calls, so that a call never waits for a stream to end. */
  readonly #streams: Pool;

  constructor(options: RequesterOptions) {
    this.#options = options;
    const { connection } = options;
    const { origin, pathname } = connection.server;
    this.#root = pathname.replace(/\/$/, '');
    this.#headers = { accept: 'application/json', 'user-agent': options.userAgent };
    const pooled = { connect: connector(connection), keepAliveTimeout };
    this.#calls = new Pool(origin, { ...pooled, connections: 16 });
    this.#streams = new Pool(origin, { ...pooled, headersTimeout, bodyTimeout: options.silence });
  }

  /** The value of the answer, within `deadline` milliseconds. */
  once<T>(request: Request, deadline: number, read: Read<T> = valueOf): Promise<T> {
    return withDeadline(systemClock, deadline, request.signal, (signal) => this.#attempt(request, signal, read));
  }

  /** The same, for a request that may be repeated: up to three attempts, all of them within the deadline. */
  repeat<T>(request: Request, deadline: number, read: Read<T> = valueOf): Promise<T> {
    const attempts = (signal: AbortSignal) => {
      const shouldRetry = ({ error }: { error: Error }) => isWorthRepeating(error, signal);
      const options = { retries: 2, minTimeout: 50, randomize: true, shouldRetry, signal };
      return pRetry(() => this.#attempt(request, signal, read), options);
    };
    return withDeadline(systemClock, deadline, request.signal, attempts).catch((error: unknown) => {
      throw broken(error, nameOf(request), request.signal);
    });
  }

  /** An answer whose body is read as it comes; the errors of sending it are not yet `ApiError`s. */
  stream(request: Request): Promise<Dispatcher.ResponseData> {
    const { signal } = request;
    const send = (options: Dispatcher.RequestOptions) =>
      this.#streams.request(signal === undefined ? options : { ...options, signal });
    return this.#send(request, signal, send);
  }

  /** Ends every request and every connection. */
  async close(): Promise<void> {
    await Promise.all([this.#calls.destroy(), this.#streams.destroy()]);
  }

  async #attempt<T>(request: Request, signal: AbortSignal, read: Read<T>): Promise<T> {
    const asked = nameOf(request);
    const beforeSend = request.method === 'GET' ? undefined : this.#options.beforeWrite;
    const send = (options: Dispatcher.RequestOptions) => exchange(this.#calls, options, { signal, beforeSend });
    try {
      return await read(await this.#send(request, signal, send), asked);
    } catch (error) {
      throw broken(error, asked, request.signal);
    }
  }

  /** Sends a request; once more, with new credentials, if the first ones are refused: then nothing was done. */
  async #send<A extends Begun>(request: Request, signal: AbortSignal | undefined, send: Send<A>): Promise<A> {
    const answer = await this.#dispatch(request, signal, send, false);
    if (answer.statusCode !== 401) return answer;
    await answer.body?.dump();
    return this.#dispatch(request, signal, send, true);
  }

  async #dispatch<A extends Begun>(
    { method, path, query, headers, body }: Request,
    signal: AbortSignal | undefined,
    send: Send<A>,
    refresh: boolean,
  ): Promise<A> {
    const { connection, onSent } = this.#options;
    const credentials = await unlessAborted(connection.credentials({ refresh }), signal);
    const sent = send({
      method,
      path: this.#root + path + (query === undefined ? '' : `?${query}`),
      headers: { ...this.#headers, ...headers, ...credentials.headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (onSent !== undefined)
      sent.then(
        ({ statusCode }) => onSent(method, statusCode),
        () => onSent(method, undefined),
      );
    return sent;
  }
}

/** An answer, of whose body more may be to come. */
interface Begun {
  readonly statusCode: number;
  readonly body?: { dump(): Promise<void> };
}

type Send<A extends Begun> = (request: Dispatcher.RequestOptions) => Promise<A>;

/** Each new connection presents what is valid when it is made. */
function connector({ server, credentials, proxy }: Connection): buildConnector.connector {
  const authority = `${server.hostname}:${server.port || (server.protocol === 'https:' ? 443 : 80)}`;
  const connectorFor = lastConnector();
  const prepare = async () => {
    const { tls } = await credentials();
    const tunnelled = proxy && (await tunnel(proxy, authority));
    tunnelled?.setKeepAlive(true, keepAlive.keepAliveInitialDelay);
    return { connect: connectorFor(tls), tunnelled };
  };
  return (target, callback) => {
    prepare().then(
      ({ connect, tunnelled }) => {
        if (tunnelled === undefined) connect(target, callback);
        else if (target.protocol === 'https:') connect({ ...target, httpSocket: tunnelled }, callback);
        else callback(null, tunnelled);
      },
      (error: Error) => callback(error, null),
    );
  };
}

/**
 * Connectors by what they present. Certificates are read, and sessions begun, once for as long as it is the same: both take
 * longer than anything else about a connection.
 */
function lastConnector(): (tls: Credentials['tls']) => buildConnector.connector {
  let last: { readonly tls: Credentials['tls']; readonly connect: buildConnector.connector } | undefined;
  return (tls) => {
    if (last?.tls !== tls) {
      const secureContext = createSecureContext(tls);
      last = { tls, connect: buildConnector({ ...tls, secureContext, allowH2: false, ...keepAlive }) };
    }
    return last.connect;
  };
}

/** A connection that broke, or a server that is busy for a moment, whose moment this waits for. */
async function isWorthRepeating(error: Error, signal: AbortSignal): Promise<boolean> {
  if (!(error instanceof ApiError)) return false;
  if (error.status !== 429 && error.status !== 503 && error.reason !== 'Unreachable') return false;
  const { retryAfterSeconds = 0 } = error;
  if (retryAfterSeconds > longestRetryAfter) return false;
  await sleep(systemClock, retryAfterSeconds * 1000, signal);
  return true;
}

/** Who gives up does not wait for a plugin that hangs. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
