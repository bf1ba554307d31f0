/**
 * A replica that is built on client-go's own leader election (`elector/` beside this file), as a process.
 *
 * @module
 */

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { cacheFolder } from '../controlplane/binaries.ts';
import { goBuild } from '../controlplane/compile.ts';
import { machine, say } from '../controlplane/obtain.ts';

/** Its program, compiled once for each state of its source; `undefined`, after saying so, where there is no Go. */
export async function obtainGoElector(): Promise<string | undefined> {
  const path = join(dirname(cacheFolder(machine)), `elector-${sourceHash()}`);
  if (existsSync(path)) return path;
  if (spawnSync('go', ['version']).status !== 0) {
    say('no Go: the tests with client-go’s own elector are skipped');
    return undefined;
  }
  await mkdir(dirname(path), { recursive: true });
  say('compiling client-go’s elector once (half a minute)');
  const unfinished = `${path}.${process.pid}`;
  await goBuild('../kube/elector', ['-o', unfinished, '.'], say);
  await rename(unfinished, path);
  return path;
}

function sourceHash(): string {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.mod', 'go.sum'])
    hash.update(readFileSync(new URL(`elector/${file}`, import.meta.url)));
  return hash.digest('hex').slice(0, 16);
}

/** Starts it; it ends with the test. */
export function startGoElector(program: string, flags: readonly string[]) {
  const child = spawn(program, flags, { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { isLeading: () => said.at(-1) === 'leading', kill: (signal: NodeJS.Signals) => child.kill(signal) };
}
