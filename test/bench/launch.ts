/**
 * How the controller is started, as in a pod: a service account's token where the kubelet mounts it, and nothing else to read.
 *
 * Those files go into a mount namespace of the process's own, which needs no rights where Linux allows user namespaces.
 *
 * @module
 */

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Access, Client } from './client.ts';

/** How a program is started so that it finds the cluster: before it, with it, and after it on the command line. */
export interface Launch {
  /** As figures are to be read. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  readonly flags: readonly string[];
}

interface Surroundings {
  readonly access: Access;
  readonly client: Client;
  readonly kubeconfig: string;
  /** Where files may be put. */
  readonly folder: string;
}

const mounted = '/var/run/secrets/kubernetes.io/serviceaccount';
const ownNamespace = ['--user', '--map-root-user', '--mount'];

/** What is done within before the program starts; it ends with whoever measures. */
const enter = [
  'mount -t tmpfs tmpfs "$(readlink -f /var/run)"',
  `mkdir -p ${mounted}`,
  `cp "$0"/* ${mounted}`,
  'exec setpriv --pdeathsig KILL "$@"',
].join(' && ');

/** A launch as in a pod that may do everything; with a kubeconfig where there are no user namespaces. */
export async function prepareLaunch({ access, client, kubeconfig, folder }: Surroundings): Promise<Launch> {
  const node = process.execPath;
  if (!(await hasUserNamespaces()))
    return { name: 'with a kubeconfig', command: [node], env: process.env, flags: ['--kubeconfig', kubeconfig] };
  const files = join(folder, 'pod');
  await writeMounted(files, { token: await tokenOf(client), namespace: 'default', 'ca.crt': access.tls.ca ?? '' });
  const { hostname: host, port } = new URL(access.url);
  return {
    name: 'in a pod',
    command: ['unshare', ...ownNamespace, 'sh', '-c', enter, files, node],
    env: { PATH: process.env['PATH'], KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port },
    flags: [],
  };
}

function hasUserNamespaces(): Promise<boolean> {
  return promisify(execFile)('unshare', [...ownNamespace, 'setpriv', 'true']).then(
    () => true,
    () => false,
  );
}

async function writeMounted(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
}

const account = { kind: 'ServiceAccount', name: 'bench', namespace: 'default' };

async function tokenOf(client: Client): Promise<string> {
  const accounts = '/api/v1/namespaces/default/serviceaccounts';
  await client.send('POST', accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account.name } });
  await client.send('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: account.name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [account],
  });
  const { status } = await client.send<{ status: { token: string } }>('POST', `${accounts}/${account.name}/token`, {
    spec: { expirationSeconds: 7200 },
  });
  return status.token;
}
