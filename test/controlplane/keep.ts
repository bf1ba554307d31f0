/**
 * Starts a keeper and speaks with it: the holder's side of `keeper.ts`.
 *
 * @module
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Ended, Notice, Order, Start } from './keeper.ts';

/** A folder and processes that end with this process, however it ends. */
export interface Keep {
  /** Absolute path of a folder that goes with the processes. */
  readonly folder: string;
  /** Starts a process; its output goes to `<folder>/<name>.log`. */
  start(what: Start): void;
  /** SIGKILL; returns when the process of that name is gone. It may then be started again. */
  kill(name: string): Promise<void>;
  /** Of a started process that has ended by itself: its name, how it ended and the last lines of its log. */
  failure(): Error | undefined;
  /** Ends the processes and removes the folder; returns when both are gone. */
  stop(): Promise<void>;
}

type Keeper = ChildProcessByStdio<Writable, Readable, null>;

const linesShown = 15;

/** Starts the keeper process and waits for its folder. */
export async function keep(): Promise<Keep> {
  const keeper: Keeper = spawn(process.execPath, [fileURLToPath(new URL('keeper.ts', import.meta.url))], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const folder = Promise.withResolvers<string>();
  const killed = new EventEmitter();
  let ended: Ended | undefined;
  keeper.on('error', folder.reject);
  keeper.on('exit', (code) => folder.reject(new Error(`the keeper ended with exit code ${code}`)));
  createInterface({ input: keeper.stdout }).on('line', (line) => {
    const notice: Notice = JSON.parse(line);
    if ('folder' in notice) folder.resolve(notice.folder);
    else if ('killed' in notice) killed.emit(notice.killed);
    else ended ??= notice;
  });
  const order = (what: Order) => keeper.stdin.write(`${JSON.stringify(what)}\n`);
  const path = await folder.promise;
  return {
    folder: path,
    failure: () => ended && new Error(describe(path, ended)),
    start: order,
    kill: async (name) => {
      order({ kill: name });
      await once(killed, name);
    },
    stop: () => stop(keeper),
  };
}

function describe(folder: string, { ended, how }: Ended): string {
  const lines = readFileSync(join(folder, `${ended}.log`), 'utf8')
    .trimEnd()
    .split('\n');
  return [`${ended} ended (${how})`, ...lines.slice(-linesShown)].join('\n');
}

async function stop(keeper: Keeper): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  keeper.stdin.end();
  await once(keeper, 'exit');
}
