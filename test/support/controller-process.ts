/**
 * The controller as its users run it: a process of its own, which ends with its test at the latest.
 *
 * @module
 */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

/** One line of the controller's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface ControllerProcess {
  /** Every line so far, as it was written. */
  readonly output: readonly string[];
  /** The lines that are JSON, read. */
  log(): readonly LogLine[];
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** A line for the module that was preloaded. */
  write(line: string): void;
  /** Any signal, without waiting. */
  kill(signal: NodeJS.Signals): void;
  /**
   * SIGSTOP at an instant at which it waits: between its last look at the Lease and the socket are some microseconds, and what
   * is stopped there is sent when it goes on.
   */
  hang(): Promise<void>;
  /** Resolves with the exit code when the process ends. */
  readonly exited: Promise<number | null>;
}

export interface ControllerOptions {
  readonly kubeconfig: string;
  /** Path of the SQLite file; without one, registries of type Store are not ready. */
  readonly store?: string;
  readonly logLevel?: string;
  /** Further flags; they count before those that are given here. */
  readonly flags?: readonly string[];
  /** Variables beside those of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** URL of a further module that is loaded before the controller. */
  readonly preload?: string;
  /** Called with each line as it comes. */
  readonly onLine?: (line: string) => void;
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const leash = new URL('leash.ts', import.meta.url).href;

/** Starts `ramify controller` and returns once it says that it is ready. */
export async function startController(options: ControllerOptions): Promise<ControllerProcess> {
  return ready(spawnController(options));
}

/** Starts `ramify controller` and does not wait. */
export function spawnController({
  kubeconfig,
  store,
  logLevel = 'info',
  flags = [],
  env = {},
  preload = leash,
  onLine,
}: ControllerOptions): ControllerProcess {
  const always = [
    '--kubeconfig',
    kubeconfig,
    '--health-address',
    '0',
    '--metrics-address',
    '0',
    '--log-level',
    logLevel,
  ];
  const stored = store === undefined ? [] : ['--store', `sqlite:${store}`];
  return spawnRamify(['controller', ...always, ...stored, ...flags], { env, preload, ...(onLine && { onLine }) });
}

/** Starts `ramify` with these arguments and does not wait. */
export function spawnRamify(
  args: readonly string[],
  { env = {}, preload = leash, onLine }: Pick<ControllerOptions, 'env' | 'preload' | 'onLine'> = {},
): ControllerProcess {
  const command = ['--import', leash, '--import', preload, main, ...args];
  return attend(spawn(process.execPath, command, { env: { ...process.env, ...env } }), onLine);
}

/** What is known of a controller that was started, in whichever way. */
export function attend(
  child: ChildProcessByStdio<Writable | null, Readable, Readable>,
  onLine?: (line: string) => void,
): ControllerProcess {
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line);
      onLine?.(line);
    });
  }
  const exited = once(child, 'exit').then(([code]): number | null => (typeof code === 'number' ? code : null));
  return {
    output,
    exited,
    log: () => output.filter((line) => line.startsWith('{')).map((line): LogLine => JSON.parse(line)),
    write: (line) => void child.stdin?.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
    hang: async () => {
      await eventually(() => isAsleep(child.pid));
      child.kill('SIGSTOP');
    },
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Whether the process waits for something to happen, where Linux tells. */
function isAsleep(pid: number | undefined): boolean {
  const file = `/proc/${pid}/stat`;
  return !existsSync(file) || /\) S /.test(readFileSync(file, 'utf8'));
}

/** Returns the controller once it says that it is ready. */
export async function ready<T extends ControllerProcess>(controller: T): Promise<T> {
  const state = await Promise.race([
    eventually(() => controller.log().some(({ msg }) => msg === 'ready'), 90_000),
    controller.exited.then((code) => `exited with ${code}`),
  ]);
  if (state !== true) throw new Error(`the controller ${state}:\n${controller.output.join('\n')}`);
  return controller;
}
