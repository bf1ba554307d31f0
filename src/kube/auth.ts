/**
 * Finds the cluster to talk to where its users expect it to be found.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Clock } from './clock.ts';
import { type Connection, ConnectionError } from './connection.ts';
import { inCluster } from './in-cluster.ts';
import { proxyFor } from './proxy.ts';

/** Where to look for a cluster. */
export interface ConnectionSource {
  /** The path of a kubeconfig: used instead of everything else. */
  readonly kubeconfig?: string | undefined;
  /** A context of the kubeconfig other than its current one. */
  readonly context?: string | undefined;
  /** The environment: `KUBECONFIG`, `KUBERNETES_SERVICE_HOST`, `KUBERNETES_SERVICE_PORT`, `HOME`, and the proxies. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For how old a remembered token is. */
  readonly clock: Clock;
}

/**
 * Finds the cluster: `kubeconfig`, else `KUBECONFIG`, else the pod's service account, else `~/.kube/config`.
 *
 * Its proxy is the kubeconfig's `proxy-url`, else that of the environment. Fails with a `ConnectionError`. Nothing is sent to the cluster.
 */
export async function findConnection(source: ConnectionSource): Promise<Connection> {
  const connection = await find(source);
  return { ...connection, proxy: connection.proxy ?? proxyFor(connection.server, source.env) };
}

async function find({ kubeconfig, context, env, clock }: ConnectionSource): Promise<Connection> {
  if (kubeconfig !== undefined) return fromFiles([kubeconfig], context);
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (listed.length > 0) return fromFiles(present(listed), context);
  const pod = context === undefined ? inCluster(env, clock) : undefined;
  if (pod !== undefined) return pod;
  const standard = join(env['HOME'] ?? homedir(), '.kube', 'config');
  if (existsSync(standard)) return fromFiles([standard], context);
  throw new ConnectionError('noCluster', `no kubeconfig is given, there is none at ${standard}, and this is not a pod`);
}

/** Of several files some may be missing, as kubectl has it. */
function present(files: readonly string[]): readonly string[] {
  const found = files.filter((file) => existsSync(file));
  return found.length > 0 ? found : files;
}

/** A pod does without what is needed to read a kubeconfig: it takes half a second and 60 MB to load. */
async function fromFiles(files: readonly string[], context: string | undefined): Promise<Connection> {
  const { fromKubeconfig } = await import('./kubeconfig.ts');
  return fromKubeconfig(files, context);
}
