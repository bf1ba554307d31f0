/**
 * `/metrics` for Prometheus: open on loopback; elsewhere over TLS, and only to whom the API server lets.
 *
 * @module
 */

import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTLSServer } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Verdict } from '../kube/access.ts';
import type { Certificate } from './certificate.ts';

/** What stands before metrics that others than this machine can reach. */
export interface Guard {
  /** Whether the bearer of the token may read the metrics. */
  readonly verdict: (token: string) => Promise<Verdict>;
  readonly certificate: Certificate;
}

export interface MetricsServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** In Prometheus's text format (0.0.4), piece by piece. */
  readonly text: () => AsyncIterable<string>;
  /** `undefined`: everybody may ask, in clear. */
  readonly guard: Guard | undefined;
}

export interface MetricsServer {
  /** That of the options, or the free one that was found. */
  readonly port: number;
  close(): Promise<void>;
}

/** Where the metrics are. */
export const metricsPath = '/metrics';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether nobody but this machine reaches what listens on the host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'));
}

/** Answers until it is closed. Fails as `listen` does: `EADDRINUSE` where the port is taken. */
export async function serveMetrics({ host, port, text, guard }: MetricsServerOptions): Promise<MetricsServer> {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    // Whoever goes away in the midst of it is told nothing.
    respond(request, response, text, guard).catch(() => response.destroy());
  };
  const server = guard === undefined ? createPlainServer(answer) : openTLS(guard.certificate, answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: address === null || typeof address === 'string' ? port : address.port,
    close: async () => {
      guard?.certificate.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function openTLS(
  certificate: Certificate,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const minVersion = 'TLSv1.2';
  const server = createTLSServer({ ...certificate.current, minVersion }, answer);
  certificate.onChange((identity) => server.setSecureContext({ ...identity, minVersion }));
  return server;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  text: MetricsServerOptions['text'],
  guard: Guard | undefined,
): Promise<void> {
  if (request.url?.split('?')[0] !== metricsPath) return refuse(response, [404, 'not found']);
  if (request.method !== 'GET') return refuse(response, [405, 'only GET']);
  if (guard !== undefined) {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const verdict = token === undefined ? 'unauthenticated' : await guard.verdict(token);
    if (verdict !== 'allowed') return refuse(response, refusals[verdict]);
  }
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  await pipeline(Readable.from(text()), response);
}

type Refusal = readonly [status: number, text: string];

const refusals = {
  unauthenticated: [401, 'a bearer token is needed that the API server knows'],
  forbidden: [403, `the right to get ${metricsPath} is needed`],
  unknown: [503, 'the API server could not be asked'],
} as const satisfies Record<Exclude<Verdict, 'allowed'>, Refusal>;

function refuse(response: ServerResponse, [status, text]: Refusal): void {
  response.writeHead(status, { 'content-type': 'text/plain', ...(status === 401 && { 'www-authenticate': 'Bearer' }) });
  response.end(`${text}\n`);
}
