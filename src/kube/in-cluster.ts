/**
 * The connection of a pod: its service account's token and the cluster's CA, as the kubelet mounts them.
 *
 * @module
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { type Connection, ConnectionError, type Credentials } from './connection.ts';

/** Milliseconds. The kubelet replaces the token long before it expires. */
const rereadAfter = 60_000;

/** The pod's connection; `undefined` where this is not a pod, or one without a service account's token. */
export function inCluster(
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  directory = '/var/run/secrets/kubernetes.io/serviceaccount',
): Connection | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (host === undefined || !existsSync(join(directory, 'token'))) return undefined;
  return {
    server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    namespace: mounted(directory, 'namespace'),
    isPod: true,
    credentials: remembered(directory, clock),
  };
}

function remembered(directory: string, clock: Clock): Connection['credentials'] {
  let last: { readonly credentials: Credentials; readonly readAt: number } | undefined;
  return async ({ refresh } = { refresh: false }) => {
    if (refresh || last === undefined || clock.now() - last.readAt > rereadAfter) {
      last = { credentials: read(directory), readAt: clock.now() };
    }
    return last.credentials;
  };
}

function read(directory: string): Credentials {
  const headers = { authorization: `Bearer ${mounted(directory, 'token')}` };
  return { headers, tls: { ca: mounted(directory, 'ca.crt') } };
}

function mounted(directory: string, file: string): string {
  try {
    return readFileSync(join(directory, file), 'utf8').trim();
  } catch (error) {
    throw new ConnectionError('noCredentials', `the service account's ${file} cannot be read`, error);
  }
}
