/**
 * `/healthz` and `/readyz` for the kubelet.
 *
 * @module
 */

import { createServer } from 'node:http';

export interface HealthOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly isReady: () => boolean;
}

/** Answers until the returned function is called. Fails as `listen` does: `EADDRINUSE` where the port is taken. */
export async function serveHealth({ host, port, isReady }: HealthOptions): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    const known = request.url === '/healthz' || request.url === '/readyz';
    const well = request.url === '/healthz' || isReady();
    response.writeHead(known ? (well ? 200 : 503) : 404, { 'content-type': 'text/plain' });
    response.end(known ? (well ? 'ok' : 'the caches are not filled yet') : 'not found');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}
