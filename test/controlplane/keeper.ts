/**
 * Keeps one control plane's processes and folder, and takes both away when its standard input ends.
 *
 * It runs as a process of its own, in its own process group: its standard input is a pipe held open by whoever started
 * it, and the kernel closes that pipe however the holder ends, SIGKILL included. So nothing is ever left behind.
 *
 * Standard input: one {@link Order} a line. Standard output: one {@link Notice} a line, the folder first.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A process to start. Its output goes to `<folder>/<name>.log`. */
export interface Order {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** A process that ended although nobody asked for it. */
export interface Ended {
  readonly ended: string;
  readonly how: string;
}

/** What the keeper tells: where its folder is, and what ended. */
export type Notice = { readonly folder: string } | Ended;

const folder = mkdtempSync(join(tmpdir(), 'ramify-controlplane-'));
const running = new Set<ChildProcess>();
let leaving = false;

function tell(notice: Notice): void {
  process.stdout.write(`${JSON.stringify(notice)}\n`);
}

function start({ name, command, args }: Order): void {
  const log = openSync(join(folder, `${name}.log`), 'a');
  const child = spawn(command, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  running.add(child);
  child.on('error', (error) => tell({ ended: name, how: error.message }));
  child.on('exit', (code, signal) => {
    running.delete(child);
    if (!leaving) tell({ ended: name, how: signal ?? `exit code ${code}` });
  });
}

/** All data is throw-away, so there is nothing to shut down gently. */
async function leave(): Promise<void> {
  if (leaving) return;
  leaving = true;
  const ends = [...running].filter((child) => child.pid !== undefined).map((child) => once(child, 'exit'));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ends);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void leave());
process.stdout.on('error', () => void leave());
createInterface({ input: process.stdin })
  .on('line', (line) => start(JSON.parse(line) as Order))
  .on('close', () => void leave());
tell({ folder });
