/**
 * What the kubelet is told, over real sockets.
 *
 * @module
 */

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serveHealth } from '../../src/cli/health.ts';

const host = '127.0.0.1';

/** A port that is free, and stays so long enough. */
async function freePort(): Promise<number> {
  const { port, release } = await takenPort();
  await release();
  return port;
}

async function takenPort() {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return { port: address.port, release: () => new Promise((resolve) => server.close(resolve)) };
}

async function ask(port: number, path: string) {
  const answer = await fetch(`http://${host}:${port}${path}`);
  return { status: answer.status, text: await answer.text() };
}

describe('the kubelet is told', () => {
  test.each([
    ['/healthz', true, 200, 'ok'],
    ['/healthz', false, 200, 'ok'],
    ['/readyz', true, 200, 'ok'],
    ['/readyz', false, 503, 'the caches are not filled yet'],
    ['/', true, 404, 'not found'],
    ['/healthz/x', true, 404, 'not found'],
  ])('%s, ready %s: %i %s', async (path, ready, status, text) => {
    const port = await freePort();
    onTestFinished(await serveHealth({ host, port, isReady: () => ready, isHealthy: () => true }));
    expect(await ask(port, path)).toEqual({ status, text });
  });

  test('as it is when it asks', async () => {
    const port = await freePort();
    let ready = false;
    onTestFinished(await serveHealth({ host, port, isReady: () => ready, isHealthy: () => true }));
    expect(await ask(port, '/readyz')).toMatchObject({ status: 503 });
    ready = true;
    expect(await ask(port, '/readyz')).toMatchObject({ status: 200 });
  });
});

test('M2: a leader that did not notice the end of its Lease is to be restarted', async () => {
  const port = await freePort();
  onTestFinished(await serveHealth({ host, port, isReady: () => true, isHealthy: () => false }));
  expect(await ask(port, '/healthz')).toEqual({ status: 503, text: 'the leadership ran out' });
  expect(await ask(port, '/readyz')).toMatchObject({ status: 200 });
});

test('M2: a process that is held up for more than 5 seconds is to be restarted', async () => {
  const port = await freePort();
  const time = { now: 0 };
  const clock = { now: () => time.now, after: () => () => undefined };
  onTestFinished(await serveHealth({ host, port, isReady: () => true, isHealthy: () => true, clock }));
  time.now = 6_000;
  expect(await ask(port, '/healthz')).toMatchObject({ status: 200 });
  time.now = 6_001;
  expect(await ask(port, '/healthz')).toEqual({ status: 503, text: 'the event loop is held up' });
  expect(await ask(port, '/readyz')).toMatchObject({ status: 200 });
});

test('a port that is taken is an error', async () => {
  const { port, release } = await takenPort();
  onTestFinished(async () => void (await release()));
  const refusal = serveHealth({ host, port, isReady: () => true, isHealthy: () => true });
  await expect(refusal).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' });
});

test('the end waits for nobody, and frees the port', async () => {
  const port = await freePort();
  const close = await serveHealth({ host, port, isReady: () => true, isHealthy: () => true });
  const slow = connect(port, host);
  await once(slow, 'connect');
  slow.write('GET /healthz HTTP/1.1\r\n');
  expect(await ask(port, '/healthz')).toMatchObject({ status: 200 });
  await close();
  await expect(ask(port, '/healthz')).rejects.toThrow();
});
