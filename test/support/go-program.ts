/**
 * Programs that tests use and that are written in Go: compiled once from a module beside its test, and kept in the cache.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../controlplane/binaries.ts';
import { goBuild } from '../controlplane/compile.ts';
import { machine, say } from '../controlplane/obtain.ts';

export interface GoProgram {
  readonly name: string;
  /** The folder with its `go.mod`, and with its source if that is ours. */
  readonly module: URL;
  /** What `go build` is told besides where to write; the package last. */
  readonly args: readonly string[];
  /** How long it takes to compile, in words. */
  readonly takes: string;
}

/** The path of the program, compiled once for each state of its module; `undefined`, after saying so, where there is no Go. */
export async function obtainGoProgram({ name, module, args, takes }: GoProgram): Promise<string | undefined> {
  const path = join(dirname(cacheFolder(machine)), `${name}-${stateOf(module)}`);
  if (existsSync(path)) return path;
  if (spawnSync('go', ['version']).status !== 0) {
    say(`no Go: the tests with ${name} are skipped`);
    return undefined;
  }
  await mkdir(dirname(path), { recursive: true });
  say(`compiling ${name} once (${takes})`);
  const unfinished = `${path}.${process.pid}`;
  await goBuild(fileURLToPath(module), ['-o', unfinished, ...args], say);
  await rename(unfinished, path);
  return path;
}

function stateOf(module: URL): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(module).toSorted()) hash.update(readFileSync(new URL(file, module)));
  return hash.digest('hex').slice(0, 16);
}
