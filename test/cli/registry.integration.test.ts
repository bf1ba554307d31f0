/**
 * `ramify registry`: what it tells, whom it serves, and how it ends.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { farewellOf } from '../../src/cli/failure.ts';
import { runRegistry } from '../../src/cli/registry.ts';
import { makeSelfSigned } from '../../src/cli/self-signed.ts';
import { openLog } from '../../src/log.ts';
import { readRegistryConfig } from '../../src/registry-config.ts';
import { sha256, sign, stringToSign } from '../../src/server/signature.ts';
import { opened, type Place, place } from '../registry/store/fixtures.ts';
import { eventually } from '../support/eventually.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const leash = new URL('../support/leash.ts', import.meta.url).href;

/** `ramify registry` over the store at `at`, on a port that is free, inside this process; ended with the test. */
function start(at: Place, flags: Record<string, unknown> = {}, env: Record<string, string> = {}) {
  const config = readRegistryConfig(
    { store: `sqlite:${at.path}`, storeKeyFile: at.keyFile, listen: '127.0.0.1:0', ...flags },
    env,
  );
  const said = { log: '', told: '' };
  const stop = new AbortController();
  const log = openLog('info', { write: (line) => void (said.log += line) });
  const tell = (text: string) => void (said.told += text);
  const ended = runRegistry(config, { log, stop: stop.signal, tell });
  onTestFinished(async () => {
    stop.abort();
    await ended.catch(() => undefined);
  });
  return { said, ended, port: () => Promise.race([ended.then(() => 0), portIn(() => said.log)]) };
}

/** The port that the log says the server is ready at. */
async function portIn(log: () => string): Promise<number> {
  const isReady = (line: string) => line.includes('"msg":"ready"');
  return JSON.parse(await eventually(() => log().split('\n').find(isReady), 30_000)).port;
}

/** Calls an action over HTTP, or over TLS where an authority is given. */
async function call(port: number, action: string, query: string, [id, secret]: readonly string[], ca?: string) {
  const host = `127.0.0.1:${port}`;
  const headers = {
    host,
    'x-acs-action': action,
    'x-acs-version': '2019-08-15',
    'x-acs-date': `${new Date().toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': String(Math.random()),
    'x-acs-content-sha256': sha256(''),
  };
  const names = Object.keys(headers);
  const target = `/?${query}`;
  const text = stringToSign({ method: 'POST', target, headers, body: Buffer.alloc(0) }, names);
  const authorization = `ACS3-HMAC-SHA256 Credential=${id},SignedHeaders=${names.join(';')},Signature=${sign(text, secret ?? '')}`;
  const dispatcher = new Agent(ca === undefined ? {} : { connect: { ca } });
  const url = `${ca === undefined ? 'http' : 'https'}://${host}${target}`;
  const answer = await request(url, { dispatcher, method: 'POST', headers: { ...headers, authorization } });
  const body = (await answer.body.json()) as Record<string, Record<string, unknown>>;
  await dispatcher.close();
  return { status: answer.statusCode, body };
}

const create = 'AppName=shop&AppType=WebApp&DisplayName=Shop';

test('as a process makes an access key, tells it once, serves the store, and ends at SIGTERM', async () => {
  const at = place();
  const flags = ['--store', `sqlite:${at.path}`, '--store-key-file', at.keyFile, '--listen', '127.0.0.1:0'];
  const child = spawn(process.execPath, ['--import', leash, main, 'registry', ...flags], { env: {} });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (said.stdout += data));
  child.stderr.on('data', (data) => (said.stderr += data));
  const closed = once(child, 'close');
  const port = await portIn(() => said.stdout);
  const variables = /^export ALIBABA_CLOUD_ACCESS_KEY_ID=(\w+) ALIBABA_CLOUD_ACCESS_KEY_SECRET=(\w+)\n$/;
  const [, id = '', secret = ''] = await eventually(() => variables.exec(said.stderr) ?? undefined);
  const { status, body } = await call(port, 'CreateApplication', create, [id, secret]);
  expect({ status, name: body['Application']?.['AppName'] }).toEqual({ status: 200, name: 'shop' });
  expect((await call(port, 'ListApplications', '', [id, 'other'])).body).toMatchObject({
    Code: 'SignatureDoesNotMatch',
  });
  child.kill('SIGTERM');
  expect(await closed).toEqual([0, null]);
  expect(
    said.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg),
  ).toEqual(['ready', 'stopped']);
  expect(said.stdout).not.toContain(secret);
  expect(await (await opened(at)).list()).toMatchObject([{ name: 'shop' }]);
});

test('takes its keys from a flag, a file or a variable, and tells none', async () => {
  const at = place();
  const file = join(at.folder, 'keys');
  writeFileSync(file, 'filed:two\n');
  const registry = start(at, { accessKeyFile: file }, { RAMIFY_ACCESS_KEY: 'variable:one' });
  const port = await registry.port();
  for (const key of [
    ['variable', 'one'],
    ['filed', 'two'],
  ])
    expect((await call(port, 'ListApplications', '', key)).status).toBe(200);
  expect(registry.said.told).toBe('');
});

test('notes each call in the journal, and no secret', async () => {
  const at = place();
  const journal = join(at.folder, 'journal');
  writeFileSync(journal, '{"earlier":true}\n');
  const registry = start(at, { accessKey: 'a:b', journal });
  const port = await registry.port();
  const { body } = await call(port, 'CreateApplication', create, ['a', 'b']);
  const AppId = String(body['Application']?.['AppId']);
  const issued = await call(port, 'CreateAppSecret', `AppId=${AppId}`, ['a', 'b']);
  const lines = readFileSync(journal, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([
    { earlier: true },
    expect.objectContaining({ action: 'CreateApplication', applicationID: AppId, outcome: 'OK' }),
    expect.objectContaining({ action: 'CreateAppSecret', applicationID: AppId, outcome: 'OK' }),
  ]);
  expect(readFileSync(journal, 'utf8')).not.toContain(issued.body['AppSecret']?.['AppSecretValue']);
});

test('makes a journal that its owner alone reads', async () => {
  const at = place();
  const journal = join(at.folder, 'journal');
  await start(at, { journal }).port();
  expect(statSync(journal).mode & 0o777).toBe(0o600);
});

test('serves over TLS', async () => {
  const at = place();
  const { cert, key } = await makeSelfSigned('127.0.0.1');
  const files = { cert: join(at.folder, 'tls.crt'), key: join(at.folder, 'tls.key') };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  const tls = { tlsCert: files.cert, tlsKey: files.key, accessKey: 'a:b' };
  const port = await start(at, tls).port();
  expect((await call(port, 'ListApplications', '', ['a', 'b'], cert)).status).toBe(200);
});

test('does as its switches say', async () => {
  const switches = { secretsReadable: 'false', consistencyDelay: '3600', throttle: '3' };
  const port = await start(place(), { accessKey: 'a:b', ...switches }).port();
  expect((await call(port, 'CreateApplication', create, ['a', 'b'])).status).toBe(200);
  expect((await call(port, 'ListApplications', '', ['a', 'b'])).body['Applications']).toEqual({ Application: [] });
  const codes = await Promise.all(
    Array.from({ length: 10 }, async () => (await call(port, 'ListApplications', '', ['a', 'b'])).body['Code']),
  );
  expect(codes).toContain('Throttling.User');
});

describe('what cannot be is told in one line', () => {
  const failure = (flags: Record<string, unknown>) =>
    start(place(), { accessKey: 'a:b', ...flags }).ended.then(
      () => expect.fail('it did not fail'),
      (error: unknown) => farewellOf(error),
    );

  test.each([
    [{ listen: '0.0.0.0:0' }, /^--listen: client secrets would cross the network in clear: give --tls-cert and/],
    [{ listen: '192.0.2.1:8082', allowPlainHttp: true }, /^--listen: cannot be used: .*EADDRNOTAVAIL/],
    [{ tlsCert: '/no/such', tlsKey: '/no/such' }, /^--tls-cert: cannot be used: ENOENT/],
    [{ tlsCert: main, tlsKey: main }, /^--tls-cert: cannot be used: /],
    [{ accessKeyFile: '/no/such' }, /^--access-key-file: cannot be used: ENOENT/],
    [{ accessKeyFile: main }, /^--access-key-file: must be ID:SECRET/],
    [{ journal: '/no/such/journal' }, /^--journal: cannot be used: ENOENT/],
    [{ store: 'sqlite:/no/such/store' }, /^the key file .* cannot be opened|^the store \/no\/such\/store/],
  ])('%j', async (flags, line) => {
    expect(await failure(flags)).toEqual({ exitCode: 2, line: expect.stringMatching(line) });
  });

  test('a port that is taken', async () => {
    const at = await start(place(), { accessKey: 'a:b' }).port();
    const line = expect.stringMatching(/^--listen: cannot be used: .*EADDRINUSE/);
    expect(await failure({ listen: `127.0.0.1:${at}` })).toEqual({ exitCode: 2, line });
  });
});
