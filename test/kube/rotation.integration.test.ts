/** Tokens, authorities and certificates that are replaced on disk while the process lives. */

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { findConnection } from '../../src/kube/auth.ts';
import type { Connection } from '../../src/kube/connection.ts';
import { openTransport } from '../../src/kube/http.ts';
import { inCluster } from '../../src/kube/in-cluster.ts';
import type { KubeObject } from '../../src/kube/kube.ts';
import { type Certificates, makeCertificates } from '../controlplane/certificates.ts';
import { sharedCluster } from '../support/cluster.ts';
import { folder } from './folder.ts';
import { ManualClock } from './manual-clock.ts';
import { portOf } from './scripted-server.ts';

const cluster = sharedCluster();
const clock = new ManualClock();

afterEach(() => vi.useRealTimers());

function transportOver(connection: Connection | undefined) {
  if (connection === undefined) throw new Error('this is no pod');
  const transport = openTransport({ connection, fieldManager: 'kube-test', userAgent: 'kube-test' });
  onTestFinished(() => transport.close());
  return transport;
}

/** What a pod has mounted, and its connection to `server`. */
function pod(server: URL, ca: string, token = '') {
  const mounts = folder({ 'ca.crt': ca, token, namespace: 'default' });
  const env = { KUBERNETES_SERVICE_HOST: server.hostname, KUBERNETES_SERVICE_PORT: server.port };
  return {
    mount: (name: string, text: string) => writeFileSync(join(mounts, name), text),
    connection: inCluster(env, clock, mounts),
  };
}

/** A kubeconfig whose cluster and user are these, beside files of its own. */
async function kubeconfig(of: { cluster: object; user: object }, files: Record<string, string> = {}) {
  const name = 'a';
  const config = {
    clusters: [{ name, cluster: of.cluster }],
    users: [{ name, user: of.user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  const dir = folder({ ...files, config: JSON.stringify(config) });
  const connection = await findConnection({ kubeconfig: join(dir, 'config'), env: {}, clock });
  return { connection, mount: (file: string, text: string) => writeFileSync(join(dir, file), text) };
}

interface Review extends KubeObject {
  readonly status: { readonly userInfo: { readonly username: string } };
}

describe("L8: a service account's token that is replaced", () => {
  const tokens: Record<string, string> = {};
  const server = new URL(cluster.access.url);
  const ca = cluster.access.tls.ca ?? '';

  beforeAll(async () => {
    const namespace = await cluster.testNamespace();
    for (const name of ['one', 'two']) {
      await cluster.kubectl('--namespace', namespace, 'create', 'serviceaccount', name);
      tokens[name] = (await cluster.kubectl('--namespace', namespace, 'create', 'token', name)).trim();
    }
  });

  /** Asks the API server who it is that asks. */
  function asker(connection: Connection | undefined) {
    const transport = transportOver(connection);
    return async () => {
      const review = await transport.create<Review>('/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
      return review.status.userInfo.username.split(':').at(-1);
    };
  }

  test('in a pod is used within a minute', async () => {
    const { mount, connection } = pod(server, ca, tokens['one']);
    const who = asker(connection);
    expect(await who()).toBe('one');
    mount('token', tokens['two'] ?? '');
    await clock.pass(60_001);
    expect(await who()).toBe('two');
  });

  test('in a pod is used at once where the old one is refused', async () => {
    const { mount, connection } = pod(server, ca, 'expired');
    await connection?.credentials();
    mount('token', tokens['one'] ?? '');
    expect(await asker(connection)()).toBe('one');
  });

  const files = {
    cluster: { server: server.href, 'certificate-authority-data': btoa(ca) },
    user: { tokenFile: 'token' },
  };

  test('in the tokenFile of a kubeconfig is used within a minute', async () => {
    const { mount, connection } = await kubeconfig(files, { token: tokens['one'] ?? '' });
    const who = asker(connection);
    expect(await who()).toBe('one');
    mount('token', `${tokens['two']}\n`);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_001 });
    expect(await who()).toBe('two');
  });

  test('in the tokenFile of a kubeconfig is used at once where the old one is refused', async () => {
    const { mount, connection } = await kubeconfig(files, { token: 'expired' });
    await connection.credentials();
    mount('token', tokens['one'] ?? '');
    expect(await asker(connection)()).toBe('one');
  });
});

describe('a server whose certificate and authority are replaced', () => {
  let before: Certificates;
  let after: Certificates;

  beforeAll(async () => {
    before = await makeCertificates();
    after = await makeCertificates();
  });

  /** A server with the first certificate; `seen`: the certificates of its clients; `resumed`: whether each came by a session. */
  async function secureServer() {
    const seen: (string | undefined)[] = [];
    const resumed: boolean[] = [];
    const identity = ({ server, authority }: Certificates) => ({
      cert: server.certificate,
      key: server.key,
      ca: authority,
    });
    const served = createServer(
      { ...identity(before), requestCert: true, rejectUnauthorized: false },
      ({ socket }, response) => {
        const { issuer, fingerprint256 } = socket instanceof TLSSocket ? socket.getPeerCertificate() : {};
        seen.push(issuer && fingerprint256);
        resumed.push(socket instanceof TLSSocket && socket.isSessionReused());
        response.end(JSON.stringify({ kind: 'Thing', metadata: { name: 'a' } }));
      },
    );
    served.listen(0, '127.0.0.1');
    await once(served, 'listening');
    onTestFinished(() => {
      served.closeAllConnections();
      served.close();
    });
    const cut = () => served.closeAllConnections();
    const replace = () => {
      served.setSecureContext(identity(after));
      cut();
    };
    return { url: new URL(`https://127.0.0.1:${portOf(served.address())}`), seen, resumed, replace, cut };
  }

  test('is trusted by a pod within a minute, by new connections and without a restart', async () => {
    const { url, replace } = await secureServer();
    const { mount, connection } = pod(url, before.authority, 'token');
    const transport = transportOver(connection);
    expect(await transport.get('/t/a')).toBeDefined();
    replace();
    await expect(transport.get('/t/a')).rejects.toMatchObject({ reason: 'Unreachable' });
    mount('ca.crt', after.authority);
    await clock.pass(60_001);
    expect(await transport.get('/t/a')).toBeDefined();
  });

  test('is greeted with the session of the connection before, until what a pod has mounted is read again', async () => {
    const { url, resumed, cut } = await secureServer();
    const { connection } = pod(url, before.authority, 'token');
    const transport = transportOver(connection);
    for (const passes of [0, 1, 60_001]) {
      await clock.pass(passes);
      expect(await transport.get('/t/a')).toBeDefined();
      cut();
    }
    expect(resumed).toEqual([false, true, false]);
  });

  test('is trusted by a kubeconfig that names files, and is shown the new certificate of the client', async () => {
    const { url, seen, replace } = await secureServer();
    const user = { 'client-certificate': 'cert', 'client-key': 'key' };
    const files = { ca: before.authority, cert: before.admin.certificate, key: before.admin.key };
    const { mount, connection } = await kubeconfig(
      { cluster: { server: url.href, 'certificate-authority': 'ca' }, user },
      files,
    );
    const transport = transportOver(connection);
    expect(await transport.get('/t/a')).toBeDefined();
    replace();
    mount('ca', after.authority);
    mount('cert', after.admin.certificate);
    mount('key', after.admin.key);
    expect(await transport.get('/t/a')).toBeDefined();
    expect(new Set(seen)).toHaveLength(2);
  });

  test.each([
    ['no authority', {}, false],
    ['insecure-skip-tls-verify', { 'insecure-skip-tls-verify': true }, true],
  ])('with %s is talked to: %s', async (_, fields, works) => {
    const { url } = await secureServer();
    const { connection } = await kubeconfig({ cluster: { server: url.href, ...fields }, user: {} });
    const call = transportOver(connection).get('/t/a');
    await (works ? expect(call).resolves.toBeDefined() : expect(call).rejects.toMatchObject({ reason: 'Unreachable' }));
  });

  test.each([
    ['kubernetes.default.svc', true],
    ['another.example', false],
  ])('is taken for tls-server-name %s: %s', async (name, works) => {
    const { url } = await secureServer();
    const trusted = { 'certificate-authority-data': btoa(before.authority), 'tls-server-name': name };
    const { connection } = await kubeconfig({ cluster: { server: url.href, ...trusted }, user: {} });
    const call = transportOver(connection).get('/t/a');
    await (works ? expect(call).resolves.toBeDefined() : expect(call).rejects.toMatchObject({ reason: 'Unreachable' }));
  });
});
