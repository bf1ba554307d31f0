/**
 * An HTTP proxy on the loopback that leads anywhere.
 *
 * @module
 */

import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { portOf } from './scripted-server.ts';

/** Ends with the test. `asked`: what it was asked to connect to, with which credentials; `refuse`: with that status. */
export async function connectProxy(refuse?: number) {
  const asked: { readonly authority: string | undefined; readonly authorization: string | undefined }[] = [];
  const server = createServer();
  server.on('connect', ({ url = '', headers }: IncomingMessage, client) => {
    asked.push({ authority: url, authorization: headers['proxy-authorization'] });
    if (refuse !== undefined) {
      client.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`tcp://${url}`);
    const target = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    for (const socket of [client, target]) socket.on('error', () => target.destroy());
    client.on('close', () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: new URL(`http://127.0.0.1:${portOf(server.address())}`), asked };
}
