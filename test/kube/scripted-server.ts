/**
 * An HTTP server on the loopback that answers as it is told.
 *
 * @module
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Connection, Credentials } from '../../src/kube/connection.ts';
import { openTransport, type TransportOptions } from '../../src/kube/http.ts';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answer = (response: ServerResponse, seen: Seen) => void;

/** Answers in turn, the last one again and again; ends with the test. */
export async function scriptedServer(...answers: readonly [Answer, ...Answer[]]) {
  const seen: Seen[] = [];
  let connections = 0;
  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = request;
    const heard = { method, url, headers, body: (await request.toArray()).join('') };
    seen.push(heard);
    answers[Math.min(seen.length, answers.length) - 1]?.(response, heard);
  };
  const server = createServer((request, response) => void hear(request, response));
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  return { url: new URL(`http://127.0.0.1:${portOf(server.address())}`), seen, connections: () => connections, open };
}

/** The port that a server listens on. */
export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address.port;
}

/** A connection whose credentials come at once, but for those of one call: the first is for a request, the next for its connection. */
export function slowLogin(server: URL, waiting: number) {
  const login = Promise.withResolvers<void>();
  let logins = 0;
  const credentials = async () => {
    if (++logins === waiting) await login.promise;
    return { headers: {}, tls: {} };
  };
  return { connection: { ...connectionTo(server), credentials }, logins: () => logins, admit: login.resolve };
}

/** A transport to that server, closed after the test. */
export function transportTo(server: URL, options: Partial<TransportOptions> = {}) {
  const transport = openTransport({
    connection: connectionTo(server),
    fieldManager: 'me',
    userAgent: 'test/1',
    ...options,
  });
  onTestFinished(() => transport.close());
  return transport;
}

/** A connection that says how often its credentials were refreshed. */
export function connectionTo(server: URL): Connection & { readonly refreshed: () => number } {
  let refreshed = 0;
  return {
    server,
    namespace: 'default',
    refreshed: () => refreshed,
    async credentials({ refresh } = { refresh: false }): Promise<Credentials> {
      if (refresh) refreshed++;
      return { headers: { authorization: `Bearer t${refreshed}` }, tls: {} };
    },
  };
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** The answer of an API server that refuses. */
export function refused(code: number, reason: string, headers: Record<string, string> = {}): Answer {
  return json(code, { kind: 'Status', code, reason, message: `because ${reason}` }, headers);
}
