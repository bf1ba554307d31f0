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
export interface Start {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** A process to start, or the name of one to kill. */
export type Order = Start | { readonly kill: string };

/** A process that ended although nobody asked for it. */
export interface Ended {
  readonly ended: string;
  readonly how: string;
}

/** What the keeper tells: where its folder is, what ended, and what is gone because it was to be killed. */
export type Notice = { readonly folder: string } | Ended | { readonly killed: string };

const folder = mkdtempSync(join(tmpdir(), 'ramify-controlplane-'));
const running = new Map<string, ChildProcess>();
let leaving = false;

function tell(notice: Notice): void {
  process.stdout.write(`${JSON.stringify(notice)}\n`);
}

function start({ name, command, args }: Start): void {
  const log = openSync(join(folder, `${name}.log`), 'a');
  const child = spawn(command, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  running.set(name, child);
  child.on('error', (error) => tell({ ended: name, how: error.message }));
  child.on('exit', (code, signal) => {
    const isKilled = running.get(name) !== child;
    if (!isKilled) running.delete(name);
    if (!isKilled && !leaving) tell({ ended: name, how: signal ?? `exit code ${code}` });
  });
}

async function kill(name: string): Promise<void> {
  const child = running.get(name);
  if (child !== undefined) {
    running.delete(name);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  tell({ killed: name });
}

function carryOut(order: Order): void {
  if ('kill' in order) void kill(order.kill);
  else start(order);
}

/** All data is throw-away, so there is nothing to shut down gently. */
async function leave(): Promise<void> {
  if (leaving) return;
  leaving = true;
  const children = [...running.values()];
  const ends = children.filter((child) => child.pid !== undefined).map((child) => once(child, 'exit'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ends);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void leave());
process.stdout.on('error', () => void leave());
createInterface({ input: process.stdin })
  .on('line', (line) => carryOut(JSON.parse(line) as Order))
  .on('close', () => void leave());
tell({ folder });
