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
  /** False where nothing but a restart helps. */
  readonly isHealthy: () => boolean;
}

/** Answers until the returned function is called. Fails as `listen` does: `EADDRINUSE` where the port is taken. */
export async function serveHealth({ host, port, isReady, isHealthy }: HealthOptions): Promise<() => Promise<void>> {
  const answerTo = (url: string): readonly [status: number, text: string] => {
    if (url === '/healthz') return isHealthy() ? [200, 'ok'] : [503, 'the leadership ran out'];
    if (url === '/readyz') return isReady() ? [200, 'ok'] : [503, 'the caches are not filled yet'];
    return [404, 'not found'];
  };
  const server = createServer(({ url = '' }, response) => {
    const [status, text] = answerTo(url);
    response.writeHead(status, { 'content-type': 'text/plain' });
    response.end(text);
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
