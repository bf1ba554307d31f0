/**
 * What a client may send over a real socket, and how long it may take.
 *
 * @module
 */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Agent, request } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeSelfSigned } from '../../src/cli/self-signed.ts';
import type { WireAnswer } from '../../src/server/answering.ts';
import { type ListenOptions, listen } from '../../src/server/listener.ts';
import type { WireRequest } from '../../src/server/request.ts';
import { eventually } from '../support/eventually.ts';

const host = '127.0.0.1';
const ok: WireAnswer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' };

/** A listener that notes each request, and answers when `answer` does. */
async function opened(options: Partial<ListenOptions> = {}, answer = async () => ok) {
  const requests: WireRequest[] = [];
  const listener = await listen(
    { host, port: 0, ...options },
    {
      answer: (given) => {
        requests.push(given);
        return answer();
      },
      refuse: ({ status, code }, asked) => ({ status, headers: {}, body: JSON.stringify({ code, asked }) }),
    },
  );
  onTestFinished(() => listener.close());
  return { ...listener, requests };
}

/** A connection on which `text` was sent, and all that comes back until it ends. */
function sending(port: number, sent = ''): { readonly socket: Socket; readonly received: Promise<string> } {
  const socket = connect({ host, port, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.write(sent);
  return { socket, received: text(socket) };
}

const lines = (...given: readonly string[]) => `${given.join('\r\n')}\r\n\r\n`;

describe('a request', () => {
  test('is handed over as it came', async () => {
    const { port, requests } = await opened();
    const head = lines(
      'POST /?a=%20b HTTP/1.1',
      `Host: ${host}`,
      'X-Acs-Action: Get',
      'Content-Length: 3',
      'Connection: close',
    );
    expect(await sending(port, `${head}a=1`).received).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\{"ok":true\}$/s);
    expect(requests).toEqual([
      {
        method: 'POST',
        target: '/?a=%20b',
        headers: { host, 'x-acs-action': 'Get', 'content-length': '3', connection: 'close' },
        body: Buffer.from('a=1'),
      },
    ]);
  });

  test('may come byte by byte', async () => {
    const { port, requests } = await opened();
    const { socket, received } = sending(port);
    const sent = `${lines('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Connection: close')}a=1`;
    for (const byte of sent) await new Promise((resolve) => socket.write(byte, resolve));
    expect(await received).toContain('{"ok":true}');
    expect(String(requests[0]?.body)).toBe('a=1');
  });

  test('may be as large as the longest lists are', async () => {
    const { port, requests } = await opened();
    const target = `/?a=${'%20'.repeat(40_000)}`;
    const { received } = sending(port, lines(`POST ${target} HTTP/1.1`, 'Host: a', 'Connection: close'));
    expect(await received).toContain('{"ok":true}');
    expect(requests[0]?.target).toBe(target);
  });
});

describe('too much', () => {
  const tenMegabytes = 'a'.repeat(10 * 1024 * 1024);

  test.each([
    ['its length', `Content-Length: ${tenMegabytes.length}`, tenMegabytes],
    ['chunks', 'Transfer-Encoding: chunked', `a00000\r\n${tenMegabytes}\r\n0\r\n\r\n`],
  ])('a body of 10 MB is refused, sent with %s', async (_, header, body) => {
    const { port, requests } = await opened();
    const { received } = sending(port, `${lines('POST / HTTP/1.1', 'Host: a', header)}${body}`);
    expect(await received).toMatch(/^HTTP\/1\.1 413 .*\{"code":"RequestTooLarge","asked":"a"\}$/s);
    expect(requests).toEqual([]);
  });

  test('a body that goes on for ever is refused at once, and ended in time', async () => {
    const { port } = await opened({ patience: 500 });
    const { socket, received } = sending(port, lines('POST / HTTP/1.1', 'Host: a', `Content-Length: ${2 ** 40}`));
    socket.on('error', () => undefined);
    const more = () => socket.write(Buffer.alloc(65_536), () => void (socket.writable && setImmediate(more)));
    more();
    expect(await received.catch(() => 'ended')).toMatch(/RequestTooLarge|ended/);
  });

  test('so are headers', async () => {
    const { port } = await opened();
    const { received } = sending(port, lines(`POST /?a=${'a'.repeat(200_000)} HTTP/1.1`, 'Host: a'));
    expect(await received).toMatch(/^HTTP\/1\.1 413 .*RequestTooLarge/s);
  });
});

describe('too slow', () => {
  test.each([
    ['headers', 'POST / HTTP/1.1\r\nHost: a\r\n'],
    ['a body', `${lines('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3')}a=`],
  ])('%s that do not end are cut off', async (_, sent) => {
    const { port, requests } = await opened({ patience: 300 });
    expect(await sending(port, sent).received).toMatch(/^HTTP\/1\.1 408 .*\{"code":"RequestTimeout"\}$/s);
    expect(requests).toEqual([]);
  });
});

test('what is no HTTP is told so', async () => {
  const { port } = await opened();
  expect(await sending(port, '\x16\x03\x01 hello\r\n\r\n').received).toMatch(/^HTTP\/1\.1 400 .*InvalidRequest/s);
});

test('a client that goes away in the middle disturbs nobody', async () => {
  const { port, requests } = await opened();
  const { socket, received } = sending(port, `${lines('POST / HTTP/1.1', 'Host: a', 'Content-Length: 3')}a`);
  await once(socket, 'connect');
  socket.resetAndDestroy();
  await received.catch(() => undefined);
  expect(await sending(port, lines('GET / HTTP/1.1', 'Host: a', 'Connection: close')).received).toContain('ok');
  expect(requests).toHaveLength(1);
});

describe('the end', () => {
  test('waits for answers under way, and takes nothing more', async () => {
    let release = () => undefined as void;
    const held = new Promise<WireAnswer>((resolve) => (release = () => resolve(ok)));
    const { port, requests, close } = await opened({}, () => held);
    const { received } = sending(port, lines('GET / HTTP/1.1', 'Host: a'));
    await eventually(() => requests.length === 1);
    const closed = close();
    await expect(sending(port, lines('GET / HTTP/1.1', 'Host: a')).received).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    release();
    expect(await received).toMatch(/connection: close\r\n.*\{"ok":true\}$/is);
    await closed;
  });

  test('does not wait for idle connections', async () => {
    const { port, close } = await opened();
    const { socket, received } = sending(port, lines('GET / HTTP/1.1', 'Host: a'));
    await once(socket, 'data');
    await close();
    expect(await received).toContain('{"ok":true}');
  });

  test('waits for who never asks no longer than it would otherwise', async () => {
    const { port, close } = await opened({ patience: 200 });
    const { socket, received } = sending(port, 'POST / HTTP/1.1\r\n');
    await once(socket, 'connect');
    await close();
    expect(await received.catch(() => '')).not.toContain('ok');
  });
});

test('a port that is taken is an error', async () => {
  const { port } = await opened();
  await expect(opened({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('over TLS', async () => {
  const tls = await makeSelfSigned(host);
  const { port } = await opened({ tls });
  const dispatcher = new Agent({ connect: { ca: tls.cert } });
  onTestFinished(() => dispatcher.destroy());
  const { body } = await request(`https://${host}:${port}/`, { dispatcher, method: 'POST' });
  expect(await body.text()).toBe(ok.body);
  await expect(
    sending(port, lines('GET / HTTP/1.1', 'Host: a')).received.then((got) => got.includes('ok')),
  ).resolves.toBe(false);
});
