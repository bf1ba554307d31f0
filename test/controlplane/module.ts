/**
 * The Go module that another Kubernetes version than the pinned one is compiled from, written when it is asked for.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The parts of `go mod edit -json` that are looked at. */
interface Manifest {
  readonly Go: string;
  readonly Replace: readonly { readonly Old: { readonly Path: string }; readonly New: { readonly Path: string } }[];
}

/**
 * Writes the module of a version, such as `1.35.0`, into a folder of its own below `parent`.
 *
 * Its sums are asked of Go's checksum database, since none are committed.
 *
 * @returns the folder
 * @throws with what Go says: there may be no such version
 */
export async function writeModule(version: string, packages: readonly string[], parent: string): Promise<string> {
  const folder = join(parent, 'module');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'go.mod'), moduleOf(version, packages, await manifestOf(version, folder)));
  await go(folder, 'mod', 'tidy');
  return folder;
}

async function manifestOf(version: string, folder: string): Promise<Manifest> {
  await writeFile(join(folder, 'go.mod'), 'module ramify.dev/test/controlplane/version\n');
  const download: { GoMod: string } = JSON.parse(
    await go(folder, 'mod', 'download', '-json', `k8s.io/kubernetes@v${version}`),
  );
  return JSON.parse(await go(folder, 'mod', 'edit', '-json', download.GoMod));
}

/** k8s.io/kubernetes replaces its staging modules by folders; of a dependency that counts for nothing, so we name versions. */
function moduleOf(version: string, packages: readonly string[], { Go, Replace }: Manifest): string {
  const staged = Replace.filter(({ New }) => New.Path.startsWith('./staging/')).map(({ Old }) => Old.Path);
  return [
    'module ramify.dev/test/controlplane/kubernetes',
    `go ${Go}`,
    ...packages.map((path) => `tool ${path}`),
    `require k8s.io/kubernetes v${version}`,
    ...staged.map((path) => `replace ${path} => ${path} v${version.replace(/^1\./, '0.')}`),
    '',
  ].join('\n');
}

async function go(folder: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, GOTOOLCHAIN: 'local' };
  return (await run('go', args, { cwd: folder, env, maxBuffer: 16 * 1024 * 1024 })).stdout;
}
