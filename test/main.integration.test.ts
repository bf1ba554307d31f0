/**
 * `ramify` as a process: its help, its end, and every error a newcomer makes, each one line with the remedy.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '../src/registry/store/open.ts';
import { ownCRDs } from './controlplane/crds.ts';
import { type Cluster, ownCluster } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const leash = new URL('support/leash.ts', import.meta.url).href;

const folder = mkdtempSync(join(tmpdir(), 'ramify-main-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** `ramify`, as a person without a kubeconfig of their own starts it. */
function start(args: readonly string[], env: Record<string, string> = {}) {
  const { NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, ['--import', leash, main, ...args], {
    env: { HOME: folder, NODE_COMPILE_CACHE, ...env },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (said.stdout += data));
  child.stderr.on('data', (data) => (said.stderr += data));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, ...said })),
  );
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { said, ended, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

/** What is told of a start that fails: one line, and exit code 2. */
async function farewell(args: readonly string[], env?: Record<string, string>): Promise<string> {
  const { code, stderr } = await start(['controller', ...args], env).ended;
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^ramify: [^\n]+\n$/) });
  return stderr.slice('ramify: '.length, -1);
}

/** A kubeconfig for one server and one user. */
function kubeconfig(name: string, cluster: object, user: object): string {
  const of = { clusters: [{ name, cluster }], users: [{ name, user }] };
  const contexts = [{ name, context: { cluster: name, user: name } }];
  return file(name, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...of, contexts, 'current-context': name }));
}

/** A port of the loopback that somebody else listens on and says nothing; free again after `release` or the test. */
async function takenPort() {
  const server = createServer((socket) => socket.on('error', () => undefined).resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  const connected = once(server, 'connection');
  const release = () => new Promise<void>((resolve) => server.close(() => resolve()));
  onTestFinished(release);
  return { port: address.port, connected, release };
}

describe('help', () => {
  test.each([
    [['--help'], 'controller'],
    [['controller', '--help'], '--health-address'],
  ])('%j is no error', async (args, word) => {
    const { code, stdout, stderr } = await start(args).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(word);
  });

  test('comes where nothing is asked for, and that is an error', async () => {
    const { code, stderr } = await start([]).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Usage: ramify') });
  });
});

describe('a wrong command line', () => {
  test.each([
    [['--kubeconfg', 'x'], "unknown option '--kubeconfg' (Did you mean --kubeconfig?); --help tells what there is"],
    [['--store'], /^option '--store .*' argument missing; --help tells what there is$/],
    [['now'], /^too many arguments .*; --help tells what there is$/],
    [['--store', '/s.db'], '--store: must be sqlite:PATH'],
    [['--concurrency', '0', '--log-level', 'loud'], /^--concurrency: .+; --log-level: .+$/],
  ])('%j is told with the way out', async (args, line) => {
    expect(await farewell(args)).toEqual(typeof line === 'string' ? line : expect.stringMatching(line));
  });

  test('so is a wrong variable', async () => {
    expect(await farewell([], { RAMIFY_HEALTH_ADDRESS: '8081' })).toMatch(/^--health-address: must be HOST:PORT/);
  });

  test('so is another command', async () => {
    const { code, stderr } = await start(['control']).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^ramify: unknown command [^\n]+\n$/) });
  });
});

describe('no cluster', () => {
  const remedy = 'name a kubeconfig with --kubeconfig or KUBECONFIG';
  const dead = { server: 'https://127.0.0.1:1' };

  test('no kubeconfig anywhere', async () => {
    const line = await farewell([]);
    expect(line).toContain(`there is none at ${join(folder, '.kube', 'config')}`);
    expect(line).toContain(remedy);
  });

  test('a kubeconfig that is not there, by flag and by variable', async () => {
    const line = `/no/such/file cannot be read: ENOENT; ${remedy}`;
    expect(await farewell(['--kubeconfig', '/no/such/file'])).toBe(line);
    expect(await farewell([], { KUBECONFIG: '/no/such/file' })).toBe(line);
  });

  test('a kubeconfig that cannot be understood', async () => {
    expect(await farewell(['--kubeconfig', file('prose', 'kind: [oh\nno')])).toBe(
      `${join(folder, 'prose')} cannot be read: it is not a kubeconfig; ${remedy}`,
    );
    expect(await farewell(['--kubeconfig', folder])).toContain('cannot be read: EISDIR');
  });

  test('a context that is not there', async () => {
    const path = kubeconfig('contexts', dead, {});
    const line = await farewell(['--kubeconfig', path, '--context', 'production']);
    expect(line).toMatch(/there is no complete context production; name another context with --context/);
  });

  test('a server that does not answer', async () => {
    const line = await farewell(['--kubeconfig', kubeconfig('dead', dead, {})]);
    expect(line).toMatch(/ECONNREFUSED.*; is the cluster of this kubeconfig running\?$/);
  });

  test('a server that hangs is waited for until SIGTERM, which is no error', async () => {
    const { port, connected } = await takenPort();
    const hanging = { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
    const path = kubeconfig('hangs', hanging, {});
    const controller = start(['controller', '--kubeconfig', path]);
    await Promise.race([connected, controller.ended]);
    controller.kill('SIGTERM');
    expect(await controller.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('a plugin that fails to log in', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: '/no/such/plugin',
      interactiveMode: 'Never',
    };
    const line = await farewell(['--kubeconfig', kubeconfig('plugin', dead, { exec })]);
    expect(line).toMatch(/no credentials for the context plugin: .*; log in again/);
  });
});

describe('a cluster', () => {
  let cluster: Cluster;
  let server: object;

  beforeAll(async () => {
    cluster = await ownCluster({ controllerManager: false });
    const { url, tls } = cluster.access;
    server = { server: url, 'certificate-authority-data': Buffer.from(tls.ca ?? '').toString('base64') };
  });

  const admin = () => ['--kubeconfig', cluster.access.kubeconfig, '--health-address', '0', '--metrics-address', '0'];

  test('without our CRDs', async () => {
    const line = await farewell(admin());
    expect(line).toMatch(/oauthapplications.*; install the CustomResourceDefinitions: kubectl apply -f crds\/$/);
  });

  describe('with them', () => {
    beforeAll(async () => {
      const files = ownCRDs().flatMap((path) => ['--filename', path]);
      await cluster.kubectl('apply', '--server-side', ...files);
      await cluster.kubectl('wait', '--for=condition=Established', '--timeout=60s', ...files);
    });

    test('but another token than it knows', async () => {
      const line = await farewell(['--kubeconfig', kubeconfig('stranger', server, { token: 'x' })]);
      expect(line).toMatch(/; the credentials of this kubeconfig are not accepted: log in again$/);
    });

    test('but no rights: the missing one is named', async () => {
      const path = kubeconfig('newcomer', server, { token: await newcomer('newcomer') });
      const remedy = '; give the controller this right, or use a kubeconfig that has it';
      const line = await farewell(['--kubeconfig', path]);
      expect(line).toContain('"system:serviceaccount:default:newcomer" cannot list resource "oauthapplications"');
      expect(line).toContain(remedy);
      await grant('newcomer', 'oauthapplications.ramify.dev', 'oauthregistries.ramify.dev');
      const next = await eventually(async () => {
        const told = await farewell(['--kubeconfig', path]);
        return told.includes('oauth') ? undefined : told;
      });
      expect(next).toContain('cannot list resource "secrets"');
      expect(next).toContain(remedy);
    });

    test('but a port for health that is taken, or a host that is not ours', async () => {
      const { port } = await takenPort();
      const address = `127.0.0.1:${port}`;
      const line = await farewell([...admin(), '--health-address', address]);
      expect(line).toBe(
        `listen EADDRINUSE: address already in use ${address}; choose another address with --health-address or --metrics-address`,
      );
      const elsewhere = await farewell([...admin(), '--health-address', '192.0.2.1:8081']);
      expect(elsewhere).toMatch(/EADDRNOTAVAIL.*; choose another address with --health-address or --metrics-address$/);
    });

    test('but a store that another process holds', async () => {
      const path = join(folder, 'held.db');
      const store = await openStore({ path, keyFile: `${path}.key`, clock: Date.now, random: randomBytes });
      onTestFinished(() => store.close());
      expect(await farewell([...admin(), '--store', `sqlite:${path}`])).toBe(
        `the store ${path} is held by another process: stop that one, or use a store of its own`,
      );
    });

    test('but a store that cannot be worked with', async () => {
      const path = join(folder, 'sealed.db');
      await (await openStore({ path, keyFile: `${path}.key`, clock: Date.now, random: randomBytes })).close();
      const other = file('other.key', `1:${randomBytes(32).toString('base64')}\n`);
      const flags = [...admin(), '--store', `sqlite:${path}`];
      expect(await farewell([...flags, '--store-key-file', other])).toBe(
        `the key file ${other} holds another key than the one the store is sealed with: put the right one back`,
      );
      expect(await farewell([...flags, '--store-key-file', '/no/such/key'])).toContain(
        'the key file /no/such/key lacks',
      );
      mkdirSync(join(folder, 'folder.db'));
      expect(await farewell([...admin(), '--store', `sqlite:${join(folder, 'folder.db')}`])).toMatch(
        /^the store .*folder\.db cannot be opened/,
      );
    });

    test('R8: a rejection that nobody catches is one line of the log and the end', async () => {
      const plant = `process.on('SIGUSR2', () => void Promise.reject(new TypeError('planted')))`;
      const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(plant)}`;
      const controller = start(['controller', ...admin()], { NODE_OPTIONS });
      await eventually(() => controller.said.stdout.includes('"msg":"ready"'));
      controller.kill('SIGUSR2');
      const { code, stdout, stderr } = await controller.ended;
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      const told = { level: 'fatal', msg: 'ended by a fault of its own', error: 'TypeError: planted' };
      expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject(told);
    });

    test.each(['SIGTERM', 'SIGINT'] as const)('is worked with, and told of, until %s', async (signal) => {
      const { port, release } = await takenPort();
      await release();
      const controller = start(['controller', ...admin(), '--health-address', `127.0.0.1:${port}`]);
      const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
      await eventually(async () => (await ask('/readyz')) === 200);
      expect(await ask('/healthz')).toBe(200);
      await eventually(() => controller.said.stdout.includes('"msg":"ready"'));
      controller.kill(signal);
      const { code, stdout, stderr } = await controller.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const messages = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).msg);
      expect(messages).toEqual(['starting', 'ready', 'stopped']);
    });
  });

  /** A service account that may do nothing; returns its token. */
  async function newcomer(name: string): Promise<string> {
    await cluster.kubectl('create', 'serviceaccount', name);
    return (await cluster.kubectl('create', 'token', name)).trim();
  }

  async function grant(name: string, ...resources: readonly string[]): Promise<void> {
    await cluster.kubectl('create', 'clusterrole', name, '--verb=list', `--resource=${resources.join(',')}`);
    const binding = [`--clusterrole=${name}`, `--serviceaccount=default:${name}`];
    await cluster.kubectl('create', 'clusterrolebinding', name, ...binding);
  }
});
