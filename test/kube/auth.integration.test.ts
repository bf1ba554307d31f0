/**
 * Without an API server, but not among the unit tests: the client library that reads kubeconfigs takes half a second to load.
 *
 * @module
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findConnection } from '../../src/kube/auth.ts';
import { folder } from './folder.ts';
import { ManualClock } from './manual-clock.ts';

function kubeconfig(names: readonly string[], current?: string, user: object = { token: 'secret' }): string {
  return JSON.stringify({
    clusters: names.map((name) => ({ name, cluster: { server: `https://${name}.example:6443` } })),
    users: names.map((name) => ({ name, user })),
    contexts: names.map((name) => ({ name, context: { cluster: name, user: name, namespace: `ns-${name}` } })),
    'current-context': current ?? names[0],
  });
}

const clock = new ManualClock();

function find(source: Partial<Parameters<typeof findConnection>[0]>) {
  return findConnection({ env: { HOME: folder() }, clock, ...source });
}

describe('where the cluster is looked for', () => {
  test('the file that is named, before everything else', async () => {
    const dir = folder({ named: kubeconfig(['named']), env: kubeconfig(['env']) });
    const { server, namespace } = await find({ kubeconfig: join(dir, 'named'), env: { KUBECONFIG: join(dir, 'env') } });
    expect([server.href, namespace]).toEqual(['https://named.example:6443/', 'ns-named']);
  });

  test('KUBECONFIG: all its files that exist, the first with a current context', async () => {
    const dir = folder({ one: kubeconfig(['one']), two: kubeconfig(['two']) });
    const KUBECONFIG = [join(dir, 'missing'), join(dir, 'one'), join(dir, 'two')].join(delimiter);
    expect((await find({ env: { KUBECONFIG } })).server.hostname).toBe('one.example');
    expect((await find({ env: { KUBECONFIG }, context: 'two' })).server.hostname).toBe('two.example');
  });

  test('~/.kube/config at last', async () => {
    const home = folder();
    mkdirSync(join(home, '.kube'));
    writeFileSync(join(home, '.kube', 'config'), kubeconfig(['home']));
    expect((await find({ env: { HOME: home } })).server.hostname).toBe('home.example');
  });

  test.each<[string, (dir: string) => Partial<Parameters<typeof findConnection>[0]>, string]>([
    ['nothing', () => ({}), 'noCluster'],
    ['a file that is not there', (dir) => ({ kubeconfig: join(dir, 'missing') }), 'unreadable'],
    ['KUBECONFIG with none that is there', (dir) => ({ env: { KUBECONFIG: join(dir, 'missing') } }), 'unreadable'],
    ['no YAML', (dir) => ({ kubeconfig: join(dir, 'broken') }), 'unreadable'],
    ['an empty file', (dir) => ({ kubeconfig: join(dir, 'empty') }), 'unreadable'],
    ['a context that it lacks', (dir) => ({ kubeconfig: join(dir, 'good'), context: 'other' }), 'noContext'],
    ['no current context', (dir) => ({ kubeconfig: join(dir, 'none') }), 'noContext'],
    [
      'two files with one name',
      (dir) => ({ env: { KUBECONFIG: `${join(dir, 'good')}${delimiter}${join(dir, 'good')}` } }),
      'unreadable',
    ],
  ])('%s: an error that says so', async (_, source, code) => {
    const dir = folder({ broken: '{{', empty: '', good: kubeconfig(['a']), none: kubeconfig(['a'], '') });
    await expect(find(source(dir))).rejects.toMatchObject({ name: 'ConnectionError', code });
  });
});

describe('a kubeconfig', () => {
  test('gives its token and its TLS settings', async () => {
    const dir = folder({ ca: 'CA' });
    const config = JSON.parse(kubeconfig(['a']));
    config.clusters[0].cluster['certificate-authority'] = 'ca';
    config.clusters[0].cluster['tls-server-name'] = 'other.example';
    writeFileSync(join(dir, 'config'), JSON.stringify(config));
    const connection = await find({ kubeconfig: join(dir, 'config') });
    const { headers, tls } = await connection.credentials();
    expect(headers).toEqual({ Authorization: 'Bearer secret' });
    expect(tls).toMatchObject({ ca: Buffer.from('CA'), servername: 'other.example' });
  });

  test('has its plugin asked again when the credentials are refused', async () => {
    const dir = folder({ count: '' });
    const plugin = join(dir, 'plugin');
    const credential =
      '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}';
    writeFileSync(plugin, `#!/bin/sh\nprintf x >> ${dir}/count\nprintf '${credential}' "$(cat ${dir}/count)"\n`);
    chmodSync(plugin, 0o700);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin };
    writeFileSync(join(dir, 'config'), kubeconfig(['a'], 'a', { exec }));
    const { credentials } = await find({ kubeconfig: join(dir, 'config') });
    const tokens = [await credentials(), await credentials(), await credentials({ refresh: true })];
    expect(tokens.map(({ headers }) => headers['Authorization'])).toEqual(['Bearer x', 'Bearer x', 'Bearer xx']);
  });

  test('whose plugin fails says so', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'false' };
    const dir = folder({ config: kubeconfig(['a'], 'a', { exec }) });
    const { credentials } = await find({ kubeconfig: join(dir, 'config') });
    await expect(credentials()).rejects.toMatchObject({ code: 'noCredentials' });
  });

  test('with a proxy that it cannot use is refused rather than gone around', async () => {
    const config = JSON.parse(kubeconfig(['a']));
    config.clusters[0].cluster['proxy-url'] = 'socks5://proxy.example';
    const dir = folder({ config: JSON.stringify(config) });
    await expect(find({ kubeconfig: join(dir, 'config') })).rejects.toMatchObject({
      code: 'badProxy',
      message: 'the proxy-url of the cluster a is not the URL of an HTTP proxy',
    });
  });
});
