/**
 * The door: HTTP or HTTPS, with bounds on what a client may send and how long it may take.
 *
 * @module
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTLSServer } from 'node:https';
import { type Duplex, finished } from 'node:stream';
import type { WireAnswer } from './answering.ts';
import { type Refusal, refusals } from './refusal.ts';
import type { WireRequest } from './request.ts';

/** Where to listen, and how. */
export interface ListenOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** PEM; in clear without. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Milliseconds that a request may take to arrive; 10,000 by default. */
  readonly patience?: number;
}

/** What listens. */
export interface Listener {
  /** That of the options, or the free one that was found. */
  readonly port: number;
  /** Takes no more requests, and waits for the answers under way; for who is slow to ask, no longer than its patience. */
  close(): Promise<void>;
}

/** What requests become answers by. */
export interface Answers {
  readonly answer: (request: WireRequest) => Promise<WireAnswer>;
  /** For what is no request that could be understood; `host`: the one that was asked. */
  readonly refuse: (refusal: Refusal, host?: string) => WireAnswer;
}

/** Bytes: twenty redirect URIs and fifty scopes of the greatest length, all of it percent-encoded. */
const largest = 128 * 1024;
/** Milliseconds that an idle connection is kept: longer than clients keep it, who would lose a request otherwise. */
const idleTime = 65_000;

/** Answers until it is closed. Fails as `listen` does: `EADDRINUSE` where the port is taken. */
export async function listen(options: ListenOptions, answers: Answers): Promise<Listener> {
  const { host, port, tls, patience = 10_000 } = options;
  let isClosing = false;
  const settings = {
    maxHeaderSize: largest,
    headersTimeout: patience,
    requestTimeout: patience,
    connectionsCheckingInterval: Math.min(1_000, patience),
    keepAliveTimeout: idleTime,
  };
  const respond = (request: IncomingMessage, response: ServerResponse) => {
    // Whoever goes away in the midst of it is told nothing.
    const send = (answer: WireAnswer) => sendTo(response, answer, isClosing);
    answerTo(request, response, answers, send).catch(() => response.destroy());
  };
  const server = tls
    ? createTLSServer({ ...settings, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: patience }, respond)
    : createServer(settings, respond);
  server.on('clientError', (error, socket) => refuseBroken(error, socket, answers));
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: portOf(server),
    close: async () => {
      isClosing = true;
      const closed = once(server, 'close');
      server.close();
      // A server that is closing looks at no more timeouts itself.
      const timer = setTimeout(() => server.closeAllConnections(), patience);
      await closed;
      clearTimeout(timer);
    },
  };
}

async function answerTo(
  request: IncomingMessage,
  response: ServerResponse,
  { answer, refuse }: Answers,
  send: (answer: WireAnswer) => void,
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) return sendEarly(request, response, refuse(refusals.tooLarge(), request.headers.host));
  const { method = '', url: target = '' } = request;
  send(await answer({ method, target, headers: headersOf(request), body }));
}

/** `undefined` as soon as it is too large; what comes after that is thrown away. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largest) chunks.push(chunk);
      else resolve(undefined);
    });
    finished(request, (error) => (error ? reject(error) : resolve(Buffer.concat(chunks))));
  });
}

function headersOf({ headers }: IncomingMessage): WireRequest['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

function sendTo(response: ServerResponse, answer: WireAnswer, isLast: boolean): void {
  response.writeHead(answer.status, headersFor(answer, isLast));
  response.end(answer.body);
}

/** While the client still sends. The connection ends when it is done, or out of time: a reset could overtake the answer. */
function sendEarly(request: IncomingMessage, response: ServerResponse, answer: WireAnswer): void {
  response.writeHead(answer.status, headersFor(answer, true));
  response.write(answer.body);
  finished(request, () => response.end());
}

function headersFor({ headers, body }: WireAnswer, isLast: boolean): Readonly<Record<string, string>> {
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  return { ...headers, ...length, ...(isLast && { connection: 'close' }) };
}

/** What came is too slow, too long, or no HTTP. */
function refuseBroken(error: Error & { code?: string }, socket: Duplex, { refuse }: Answers): void {
  if (!socket.writable) return void socket.destroy();
  const answer = refuse(refusalOf(error.code));
  const headers = Object.entries(headersFor(answer, true)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${answer.status} Refused\r\n${headers.join('')}\r\n${answer.body}`);
}

function refusalOf(code: string | undefined): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return refusals.tooSlow();
  return code === 'HPE_HEADER_OVERFLOW' ? refusals.tooLarge() : refusals.malformed();
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
