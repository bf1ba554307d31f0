/**
 * `npm run kind:up` and `kind:down`: a kind cluster, which the current kubeconfig then points to.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from './binaries.ts';
import { goBuild } from './compile.ts';
import { machine, say } from './obtain.ts';

/** As in kind/go.mod. */
const kindVersion = 'v0.33.0';
const clusterName = 'ramify';

const kindArgs: Readonly<Record<string, readonly string[]>> = {
  up: ['create', 'cluster', '--name', clusterName, '--wait', '2m'],
  down: ['delete', 'cluster', '--name', clusterName],
};

function succeeds(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** kind on the PATH, else our own, compiled once. */
async function obtainKind(): Promise<string> {
  if (succeeds('kind', 'version')) return 'kind';
  const path = join(dirname(cacheFolder(machine)), `kind-${kindVersion}`);
  if (existsSync(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  say('compiling kind once (a minute)');
  const unfinished = `${path}.${process.pid}`;
  await goBuild('kind', ['-o', unfinished, 'sigs.k8s.io/kind'], say);
  await rename(unfinished, path);
  return path;
}

async function main(direction: string): Promise<number> {
  const args = kindArgs[direction];
  if (args === undefined) throw new Error('say up or down');
  if (!['docker', 'podman', 'nerdctl'].some((runtime) => succeeds(runtime, 'info')))
    throw new Error(
      'kind runs the cluster in a container: it needs a running Docker (or podman, or nerdctl), and `docker info` fails here. ' +
        '`npm run controlplane` starts an API server without one.',
    );
  return spawnSync(await obtainKind(), args, { stdio: 'inherit' }).status ?? 1;
}

try {
  process.exitCode = await main(process.argv[2] ?? '');
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
