/**
 * Compiles the control plane's programs from their Go modules: `etcd/` and `kubernetes/` beside this file, or a module that
 * is written for another Kubernetes version.
 *
 * @module
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Found, kubernetesVersion, type Program, programs } from './binaries.ts';
import { writeModule } from './module.ts';

/** The oldest Go that can compile them: what `go.mod` of both modules says. Older versions of Kubernetes need no newer one. */
export const goVersion = '1.26';

/** How often progress is told: a line now and then suits a log as well as a terminal. */
const progressMilliseconds = 15_000;

const etcdPackage = 'go.etcd.io/etcd/server/v3';
const kubernetesPackage = (program: Program) => `k8s.io/kubernetes/cmd/${program}`;

/** What to compile, and where to. */
export interface Compilation {
  /** Of Kubernetes, such as `1.36.2`. */
  readonly version: string;
  /** Programs that are there already. */
  readonly found: Found;
  readonly destination: string;
}

/**
 * Compiles what was not found into `destination`, each file complete from the moment it is there.
 *
 * @param say is told the progress, a line at a time
 * @throws where Go is missing or fails
 */
export async function compilePrograms(
  { version, found, destination }: Compilation,
  say: (line: string) => void,
): Promise<void> {
  const missing = programs.filter((program) => found[program] === undefined);
  if (missing.length === 0) return;
  if (spawnSync('go', ['version']).status !== 0)
    throw new Error(`there is no Go (${goVersion} or newer) to compile with`);
  const folder = `${destination}.${process.pid}`;
  const output = join(folder, 'programs');
  await mkdir(output, { recursive: true });
  try {
    say(`compiling ${missing.join(', ')} ${version} once (6 to 7 minutes for all on two cores)`);
    if (missing.includes('etcd'))
      await goBuild('etcd', ['-ldflags', '-s -w', '-o', join(output, 'etcd'), etcdPackage], say);
    const packages = missing.filter((program) => program !== 'etcd').map(kubernetesPackage);
    if (packages.length > 0) {
      const module = version === kubernetesVersion ? 'kubernetes' : await writeModule(version, packages, folder);
      await goBuild(module, [...versionFlags(version), '-o', `${output}/`, ...packages], say);
    }
    await moveFiles(output, destination);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Without them the server would call itself `v0.0.0-master+$Format`. */
function versionFlags(version: string): string[] {
  const [major, minor] = version.split('.');
  const values = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  const settings = Object.entries(values).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  return ['-ldflags', `-s -w ${settings.join(' ')}`];
}

/**
 * `go build` in a module: the path of its folder, from this one.
 *
 * @throws where it fails, with the last lines it printed
 */
export async function goBuild(module: string, args: readonly string[], say: (line: string) => void): Promise<void> {
  const child = spawn('go', ['build', '-v', '-trimpath', ...args], {
    cwd: fileURLToPath(new URL(`${module}/`, import.meta.url)),
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  const progress = setInterval(() => say(`  ${module}: ${progressOf(lines)}`), progressMilliseconds);
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(failure(module, lines)))));
    });
  } finally {
    clearInterval(progress);
  }
}

/** `-v` prints the name of each package when it is compiled; before that, what is downloaded. */
function progressOf(lines: readonly string[]): string {
  const downloads = lines.filter((line) => line.startsWith('go: ')).length;
  return `${lines.length - downloads} packages compiled, ${downloads} modules downloaded`;
}

function failure(module: string, lines: readonly string[]): string {
  return `go build failed in the module ${module}:\n${lines.slice(-5).join('\n')}`;
}

async function moveFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) await rename(join(from, name), join(to, name));
}
