/**
 * The connection that a kubeconfig describes: its users, plugins and contexts are the client library's to understand.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { dirname, resolve } from 'node:path';
import { KubeConfig, loadYaml } from '@kubernetes/client-node';
import { type Connection, ConnectionError, type Credentials } from './connection.ts';
import { proxyURL } from './proxy.ts';

/** The connection of `context`, by default the current one, in the files taken together. */
export function fromKubeconfig(files: readonly string[], context?: string): Connection {
  let config = load(files, context);
  const cluster = config.getCurrentCluster();
  const named = config.getContextObject(config.getCurrentContext());
  if (cluster === null || named === null || config.getCurrentUser() === null) throw noContext(config, files);
  return {
    server: serverOf(cluster.server, files),
    namespace: named.namespace ?? 'default',
    proxy: cluster.proxyUrl ? proxyURL(cluster.proxyUrl, `the proxy-url of the cluster ${cluster.name}`) : undefined,
    async credentials({ refresh } = { refresh: false }) {
      // Plugins remember what they got: only a new configuration asks again.
      if (refresh) config = load(files, context);
      return credentialsOf(config);
    },
  };
}

function load(files: readonly string[], context: string | undefined): KubeConfig {
  const config = files.map(read).reduce(merge);
  if (context !== undefined) config.setCurrentContext(context);
  return config;
}

function read(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
    return withTokenFiles(config, file);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'it is not a kubeconfig';
    throw new ConnectionError('unreadable', `${file} cannot be read: ${why}`, error);
  }
}

/** What a kubeconfig says of its users, as far as the client library does not read it. */
interface Written {
  readonly users?: readonly { readonly name?: string; readonly user?: { readonly tokenFile?: string } }[];
}

/** The library knows the files of tokens, and reads them every minute, but not by the name that kubeconfigs have for them. */
function withTokenFiles(config: KubeConfig, file: string): KubeConfig {
  const { users = [] } = loadYaml<Written>(readFileSync(file, 'utf8'));
  const files = new Map(users.map(({ name, user }) => [name, user?.tokenFile]));
  config.users = config.users.map((user) => {
    const named = files.get(user.name);
    if (named === undefined) return user;
    const { token: _, ...rest } = user;
    return { ...rest, authProvider: { name: 'tokenFile', config: { tokenFile: resolve(dirname(file), named) } } };
  });
  return config;
}

/** The first file that names a current context has it. */
function merge(config: KubeConfig, further: KubeConfig): KubeConfig {
  try {
    config.mergeConfig(further, config.currentContext !== undefined);
    return config;
  } catch (error) {
    throw new ConnectionError('unreadable', `the kubeconfigs do not go together: ${messageOf(error)}`, error);
  }
}

function noContext(config: KubeConfig, files: readonly string[]): ConnectionError {
  const name = config.getCurrentContext();
  const what = name === undefined || name === '' ? 'no current context' : `no complete context ${name}`;
  return new ConnectionError('noContext', `${files.join(', ')}: there is ${what}`);
}

function serverOf(server: string, files: readonly string[]): URL {
  if (URL.canParse(server)) return new URL(server);
  throw new ConnectionError('unreadable', `${files.join(', ')}: the server ${server} is not a URL`);
}

async function credentialsOf(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    const message = `no credentials for the context ${config.getCurrentContext()}: ${messageOf(error)}`;
    throw new ConnectionError('noCredentials', message, error);
  }
  const { headers = {}, ca, cert, key, passphrase, pfx, servername, rejectUnauthorized } = options;
  const tls = { ca, cert, key, passphrase, pfx, servername, rejectUnauthorized };
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value).trim()])),
    tls,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
