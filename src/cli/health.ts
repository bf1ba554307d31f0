/**
 * `/healthz` and `/readyz` for the kubelet.
 *
 * @module
 */

import { createServer } from 'node:http';
import { type Clock, systemClock } from '../kube/clock.ts';
import { type Heartbeat, startHeartbeat } from '../kube/heartbeat.ts';

export interface HealthOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly isReady: () => boolean;
  /** False where nothing but a restart helps. */
  readonly isHealthy: () => boolean;
  /** By which the process notices that it is held up; its own by default. */
  readonly clock?: Clock;
}

/** Milliseconds by which the event loop may be late. */
const longestLag = 5_000;

/** Answers until the returned function is called. Fails as `listen` does: `EADDRINUSE` where the port is taken. */
export async function serveHealth({ clock = systemClock, ...options }: HealthOptions): Promise<() => Promise<void>> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const heartbeat = startHeartbeat(clock);
  server.on('request', ({ url = '' }, response) => {
    const [status, text] = answerTo(url, options, heartbeat);
    response.writeHead(status, { 'content-type': 'text/plain' });
    response.end(text);
  });
  return async () => {
    heartbeat.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

type Answer = readonly [status: number, text: string];

function answerTo(url: string, { isReady, isHealthy }: HealthOptions, { lag }: Heartbeat): Answer {
  if (url === '/readyz') return isReady() ? [200, 'ok'] : [503, 'the caches are not filled yet'];
  if (url !== '/healthz') return [404, 'not found'];
  if (lag > longestLag) return [503, 'the event loop is held up'];
  return isHealthy() ? [200, 'ok'] : [503, 'the leadership ran out'];
}
