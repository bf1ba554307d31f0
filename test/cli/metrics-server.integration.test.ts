/**
 * Who is told the metrics, over real sockets: everybody on loopback, elsewhere who may.
 *
 * @module
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { Agent, request } from 'undici';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Certificate, certificateFrom, type Identity, selfSigned } from '../../src/cli/certificate.ts';
import { isLoopback, serveMetrics } from '../../src/cli/metrics-server.ts';
import { makeSelfSigned } from '../../src/cli/self-signed.ts';
import type { Verdict } from '../../src/kube/access.ts';
import { ManualClock } from '../kube/manual-clock.ts';
import { eventually } from '../support/eventually.ts';

const host = '127.0.0.1';

async function* text() {
  yield 'a 1\n';
  yield 'b 2\n';
}

async function open(guard?: { verdict: (token: string) => Promise<Verdict>; certificate: Certificate }) {
  const server = await serveMetrics({ host, port: 0, text, guard });
  onTestFinished(() => server.close());
  return server;
}

const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });

async function ask(url: string, method: 'GET' | 'POST' = 'GET', authorization?: string) {
  const headers = authorization === undefined ? {} : { authorization };
  const { statusCode, body, headers: got } = await request(url, { dispatcher, method, headers });
  return { status: statusCode, text: await body.text(), headers: got };
}

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['metrics.example.com', false],
  ['127.0.0.1.example.com', false],
])('%s is loopback: %s', (address, is) => {
  expect(isLoopback(address)).toBe(is);
});

describe('on loopback, in clear', () => {
  test.each([
    ['GET', '/metrics', 200, 'a 1\nb 2\n'],
    ['GET', '/metrics?name=x', 200, 'a 1\nb 2\n'],
    ['GET', '/', 404, 'not found\n'],
    ['GET', '/metrics/x', 404, 'not found\n'],
    ['POST', '/metrics', 405, 'only GET\n'],
  ] as const)('%s %s gives %i', async (method, path, status, body) => {
    const { port } = await open();
    expect(await ask(`http://${host}:${port}${path}`, method)).toMatchObject({ status, text: body });
  });

  test('says in which format it speaks', async () => {
    const { port } = await open();
    const { headers } = await ask(`http://${host}:${port}/metrics`);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  test('a port that is taken is an error', async () => {
    const { port } = await open();
    await expect(serveMetrics({ host, port, text, guard: undefined })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('elsewhere, over TLS', () => {
  const guarded = async () => {
    const verdicts: Record<string, Verdict> = { good: 'allowed', poor: 'forbidden', odd: 'unknown' };
    const asked: string[] = [];
    const verdict = async (token: string) => {
      asked.push(token);
      return verdicts[token] ?? 'unauthenticated';
    };
    return { asked, ...(await open({ verdict, certificate: await selfSigned(host) })) };
  };

  test.each([
    ['Bearer good', 200],
    ['bearer good', 200],
    ['Bearer poor', 403],
    ['Bearer stranger', 401],
    ['Bearer odd', 503],
    ['Bearer', 401],
    ['Basic good', 401],
    [undefined, 401],
  ])('%s gives %i', async (authorization, status) => {
    const { port } = await guarded();
    const answer = await ask(`https://${host}:${port}/metrics`, 'GET', authorization);
    expect(answer.status).toBe(status);
    expect(answer.text === 'a 1\nb 2\n').toBe(status === 200);
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
  });

  test('a path that is not there asks nobody', async () => {
    const { port, asked } = await guarded();
    expect(await ask(`https://${host}:${port}/`, 'GET', 'Bearer good')).toMatchObject({ status: 404 });
    expect(asked).toEqual([]);
  });

  test('nobody is answered in clear', async () => {
    const { port } = await guarded();
    await expect(ask(`http://${host}:${port}/metrics`, 'GET', 'Bearer good')).rejects.toThrow();
  });
});

describe('a certificate from files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ramify-metrics-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  const write = ({ cert, key }: Identity) => {
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key);
  };

  test('is taken anew when it changes, and kept while what is there cannot be used', async () => {
    const [first, second] = await Promise.all([makeSelfSigned(host), makeSelfSigned(host)]);
    write(first);
    const clock = new ManualClock();
    const errors: unknown[] = [];
    const certificate = await certificateFrom(files, clock, (error) => void errors.push(error));
    const { port } = await open({ verdict: async () => 'allowed', certificate });
    const presented = await fingerprintAt(port);

    writeFileSync(files.cert, second.cert);
    await eventually(async () => {
      await clock.pass(10_000);
      return errors.length > 0;
    });
    expect(await fingerprintAt(port)).toBe(presented);

    write(second);
    await eventually(async () => {
      await clock.pass(10_000);
      return (await fingerprintAt(port)) !== presented;
    });
    expect(certificate.current).toEqual(second);
  });

  test('that cannot be used at the start is an error', async () => {
    write({ cert: 'no certificate', key: 'no key' });
    await expect(certificateFrom(files, new ManualClock(), () => undefined)).rejects.toThrow();
  });
});

/** What the server presents to a new connection. */
async function fingerprintAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.end();
    });
    socket.on('error', reject);
  });
}
