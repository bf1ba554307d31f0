/** The API server behind a proxy: one that tunnels, one that refuses, and none. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findConnection } from '../../src/kube/auth.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { openTransport } from '../../src/kube/http.ts';
import { collectionPath } from '../../src/kube/path.ts';
import { sharedCluster } from '../support/cluster.ts';
import { connectProxy } from './connect-proxy.ts';
import { folder } from './folder.ts';
import { configMaps } from './real.ts';
import { connectionTo, json, scriptedServer, transportTo } from './scripted-server.ts';

const cluster = sharedCluster();
const { host } = new URL(cluster.access.url);

/** A transport to the API server by the administrator's kubeconfig, whose cluster has these further fields. */
async function by(proxyURL: URL, env: Record<string, string> = {}) {
  const config = JSON.parse(readFileSync(cluster.access.kubeconfig, 'utf8'));
  config.clusters[0].cluster['proxy-url'] = proxyURL.href;
  const kubeconfig = join(folder({ config: JSON.stringify(config) }), 'config');
  const connection = await findConnection({ kubeconfig, env, clock: systemClock });
  const transport = openTransport({ connection, fieldManager: 'kube-test', userAgent: 'kube-test' });
  onTestFinished(() => transport.close());
  return transport;
}

describe("a kubeconfig's proxy-url", () => {
  test('leads to the API server, whatever NO_PROXY says, and few tunnels serve many calls', async () => {
    const { url, asked } = await connectProxy();
    const transport = await by(url, { NO_PROXY: '*' });
    const namespace = await cluster.testNamespace();
    const path = collectionPath(configMaps, namespace);
    await transport.create(path, { metadata: { name: 'one' } });
    for (let n = 0; n < 10; n++)
      expect((await transport.page(path)).items.map(({ metadata }) => metadata.name)).toContain('one');
    expect(asked[0]).toEqual({ authority: host, authorization: undefined });
    expect(asked.length).toBeLessThanOrEqual(2);
  });

  test('leads watches too', async () => {
    const { url, asked } = await connectProxy();
    const transport = await by(url);
    const path = collectionPath(configMaps, await cluster.testNamespace());
    const events = transport.watch(path)[Symbol.asyncIterator]();
    const first = events.next();
    await transport.create(path, { metadata: { name: 'one' } });
    expect((await first).value).toMatchObject({ type: 'ADDED' });
    await events.return?.();
    expect(asked).toHaveLength(2);
  });

  test('may have a user and a password', async () => {
    const { url, asked } = await connectProxy();
    url.username = 'me';
    url.password = 'p%40ss';
    await (await by(url)).page(collectionPath(configMaps), { query: { limit: '1' } });
    expect(asked[0]?.authorization).toBe(`Basic ${btoa('me:p@ss')}`);
  });

  test('that refuses is told, without its password', async () => {
    const { url } = await connectProxy(407);
    url.password = 'secret';
    const call = (await by(url)).create(collectionPath(configMaps), {});
    await expect(call).rejects.toMatchObject({
      reason: 'Unreachable',
      message: `POST /api/v1/configmaps: the proxy ${url.host}: HTTP 407`,
    });
  });
});

test('a server without TLS is reached through a tunnel too', async () => {
  const { url: server, seen } = await scriptedServer(json(200, { kind: 'T', metadata: {} }));
  const proxy = await connectProxy();
  const transport = transportTo(server, { connection: { ...connectionTo(server), proxy: proxy.url } });
  await transport.get('/t/a');
  expect(seen).toHaveLength(1);
  expect(proxy.asked).toMatchObject([{ authority: server.host }]);
});

test('the variables count where the kubeconfig names no proxy', async () => {
  const config = {
    clusters: [{ name: 'a', cluster: { server: 'https://api.example:6443' } }],
    users: [{ name: 'a', user: {} }],
  };
  const contexts = [{ name: 'a', context: { cluster: 'a', user: 'a' } }];
  const text = JSON.stringify({ ...config, contexts, 'current-context': 'a' });
  const kubeconfig = join(folder({ text }), 'text');
  const found = (env: Record<string, string>) => findConnection({ kubeconfig, env, clock: systemClock });
  expect((await found({ HTTPS_PROXY: 'http://proxy' })).proxy?.host).toBe('proxy');
  expect((await found({ HTTPS_PROXY: 'http://proxy', NO_PROXY: '.example' })).proxy).toBeUndefined();
  await expect(found({ HTTPS_PROXY: 'socks5://proxy' })).rejects.toMatchObject({ code: 'badProxy' });
});
