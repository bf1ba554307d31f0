/**
 * Gets the control plane's programs: found, else envtest's archive, else compiled by Go, else a message with all ways.
 *
 * Run by itself it does just that, with progress on standard error.
 *
 * @module
 */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { type Binaries, cacheFolder, findBinaries, isComplete, type Surroundings, versionFor } from './binaries.ts';
import { compilePrograms, goVersion } from './compile.ts';
import { downloadArchive } from './download.ts';

/** This machine, as `binaries.ts` looks at it. */
export const machine: Surroundings = {
  env: process.env,
  platform: process.platform,
  arch: process.arch,
  home: homedir(),
  exists: existsSync,
  list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
};

/**
 * Paths of all programs; takes nothing but a look at the disk where they are there.
 *
 * kube-controller-manager is compiled too where Go is there, and left out where it is not: what needs it must say so.
 *
 * @throws an error that names every way to get them
 */
export async function obtainBinaries(): Promise<Binaries> {
  const present = findBinaries(machine);
  if (isComplete(present) && present['kube-controller-manager'] !== undefined) return present;
  const troubles: string[] = [];
  const version = versionFor(machine);
  const destination = cacheFolder(machine);
  if (!isComplete(present)) await tried(troubles, () => downloadArchive(destination, machine, say));
  await tried(troubles, () => compilePrograms({ version, found: findBinaries(machine), destination }, say));
  const found = findBinaries(machine);
  if (!isComplete(found)) throw new Error(remedy(troubles));
  for (const trouble of troubles) say(trouble);
  if (found['kube-controller-manager'] === undefined) say('no kube-controller-manager: what needs it is skipped');
  return found;
}

async function tried(troubles: string[], way: () => Promise<void>): Promise<void> {
  try {
    await way();
  } catch (error) {
    troubles.push(error instanceof Error ? error.message : String(error));
  }
}

function remedy(troubles: readonly string[]): string {
  return [
    `The tests need a control plane (etcd, kube-apiserver, kubectl ${versionFor(machine)}), and none could be had:`,
    ...troubles.map((trouble) => `  - ${trouble}`),
    'Any one of these helps:',
    `  - install Go ${goVersion} or newer (https://go.dev/dl/): they are compiled once, in 6 to 7 minutes`,
    '  - `setup-envtest use 1.36.x` and run again: its store is looked into',
    '  - KUBEBUILDER_ASSETS=<folder with etcd, kube-apiserver and kubectl>',
    '  - TEST_ASSET_ETCD, TEST_ASSET_KUBE_APISERVER, TEST_ASSET_KUBECTL=<file>, each by itself',
    '  - USE_EXISTING_CLUSTER=true for the cluster of the current kubeconfig (`npm run kind:up` makes one)',
  ].join('\n');
}

/** Progress and errors: on standard error, so that standard output stays the command's. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

if (import.meta.main) {
  await obtainBinaries().catch((error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  });
}
