/**
 * A server that records what an RPC-style API is sent, and answers what a test says: no API of its own.
 *
 * @module
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTLSServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request as it came over the wire. */
export interface Received {
  readonly action: string;
  readonly method: string;
  /** As it was written. */
  readonly url: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What becomes of a request: a status and a body of JSON, or whatever the test does to the answer. */
export type Reply =
  | { readonly status?: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | ((response: ServerResponse) => void);

export interface RPCServer {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly received: Received[];
  /** Actions in the order in which they came. */
  actions(): readonly string[];
}

/** Listens until the test is over. With a certificate and its key in PEM it is spoken to over TLS. */
export async function rpcServer(
  reply: (request: Received) => Reply,
  tls?: { readonly cert: string; readonly key: string },
): Promise<RPCServer> {
  const received: Received[] = [];
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const it = await read(request);
    received.push(it);
    answer(reply(it), response);
  };
  const handle = (request: IncomingMessage, response: ServerResponse) => void listener(request, response);
  const server = tls === undefined ? createServer(handle) : createTLSServer(tls, handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, received, actions: () => received.map(({ action }) => action) };
}

async function read(request: IncomingMessage): Promise<Received> {
  const { method = '', url = '', headers } = request;
  const body = await text(request);
  const query = new URL(url, 'http://any').searchParams;
  const action = String(headers['x-acs-action'] ?? query.get('Action'));
  return {
    action,
    method,
    url,
    parameters: Object.fromEntries([...query, ...new URLSearchParams(body)]),
    headers,
    body,
  };
}

function answer(reply: Reply, response: ServerResponse): void {
  if (typeof reply === 'function') return reply(response);
  const { status = 200, body, headers = {} } = reply;
  response.writeHead(status, { 'content-type': 'application/json;charset=utf-8', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
