/**
 * A TCP connection through an HTTP proxy (RFC 9110, section 9.3.6: CONNECT).
 *
 * @module
 */

import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';

/** Milliseconds. */
const timeout = 10_000;

/**
 * Connects to `authority` (`HOST:PORT`) through `proxy`, whose user and password it shows where the URL has them.
 *
 * Fails with an `Error` that names the proxy's address alone.
 */
export function tunnel(proxy: URL, authority: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const request = proxy.protocol === 'https:' ? secureRequest : plainRequest;
  const headers = { host: authority, ...authorization(proxy) };
  const { hostname, port } = proxy;
  const asked = request({
    method: 'CONNECT',
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port,
    path: authority,
    headers,
    timeout,
    agent: false,
  });
  const fail = (why: string, cause?: unknown) => {
    asked.destroy();
    reject(new Error(`the proxy ${proxy.host}: ${why}`, { cause }));
  };
  asked.on('connect', ({ statusCode = 0 }, socket) => {
    socket.setTimeout(0);
    if (statusCode === 200) return resolve(socket);
    socket.destroy();
    fail(`HTTP ${statusCode}`);
  });
  asked.on('response', ({ statusCode }) => fail(`HTTP ${statusCode}`));
  asked.on('timeout', () => fail('no answer'));
  asked.on('error', (error) => fail(error.message, error));
  asked.end();
  return promise;
}

function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}
