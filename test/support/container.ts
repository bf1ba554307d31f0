/**
 * The controller as its image runs it in a pod, without a container engine.
 *
 * In a mount namespace of its own it finds the service account where the kubelet mounts it; it has the image's user,
 * environment and command, and may write nowhere but to the store's volume.
 *
 * @module
 */

import { spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { attend, type ControllerProcess } from './controller-process.ts';
import { nodeFlags } from './entrypoint.ts';

const isRoot = process.getuid?.() === 0;

/** Of distroless images. Who is not root has no other users to become. */
const user = isRoot ? ['--reuid=65532', '--regid=65532', '--clear-groups', '--bounding-set=-all'] : [];
const namespace = isRoot ? ['--mount'] : ['--map-root-user', '--mount'];

/** Whether this machine has mount namespaces for us: Linux, and root or what unprivileged users may do on most of them. */
export function canRunContainers(): boolean {
  return spawnSync('unshare', [...namespace, 'mount', '-t', 'tmpfs', 'ramify-test', '/var/run']).status === 0;
}

/** What a container is given. */
export interface ContainerOptions {
  /** A folder of the test's, for its volumes. */
  readonly folder: string;
  /** The folder with the bundle. */
  readonly bundle: string;
  /** Address of the API server. */
  readonly server: URL;
  /** The files that the kubelet mounts. */
  readonly serviceAccount: { readonly 'ca.crt': string; readonly token: string; readonly namespace: string };
  readonly args: readonly string[];
}

/** Where the container has the volume for its store. */
export const storeFolder = '/var/run/store';

/** What is bound is reached even where the folders above are somebody's own. */
const script = `set -eu
mount -t tmpfs -o mode=755 ramify-test /var/run
cd /var/run
mkdir -p app store secrets/kubernetes.io/serviceaccount
touch node
mount --bind "$NODE" node
mount --bind "$BUNDLE" app
mount -o remount,bind,ro app
mount --bind "$FOLDER/store" store
mount --bind "$FOLDER/serviceaccount" secrets/kubernetes.io/serviceaccount
mount -o remount,ro /var/run
cd app
exec env -i NODE_ENV=production KUBERNETES_SERVICE_HOST="$HOST" KUBERNETES_SERVICE_PORT="$PORT" "$@"`;

/** A controller in its container. */
export interface Container extends ControllerProcess {
  /** Kibibytes that it has in memory now. */
  residentSize(): number;
}

/** Starts `ramify controller`; it ends with the test. */
export function startContainer({ folder, bundle, server, serviceAccount, args }: ContainerOptions): Container {
  for (const volume of ['store', 'serviceaccount']) mkdirSync(join(folder, volume), { recursive: true });
  if (isRoot) chownSync(join(folder, 'store'), 65_532, 65_532);
  for (const [name, text] of Object.entries(serviceAccount)) writeFileSync(join(folder, 'serviceaccount', name), text);
  const confined = ['setpriv', ...user, '--no-new-privs', '--pdeathsig=KILL'];
  const command = [...confined, '/var/run/node', ...nodeFlags, 'ramify.js', 'controller', ...args];
  const env = { PATH: process.env['PATH'], NODE: process.execPath, BUNDLE: bundle, FOLDER: folder };
  const child = spawn('unshare', [...namespace, 'sh', '-c', script, 'sh', ...command], {
    env: { ...env, HOST: server.hostname, PORT: server.port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const controller = attend(child);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await controller.exited;
  });
  const residentSize = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);
  return { ...controller, residentSize };
}
