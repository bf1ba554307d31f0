/**
 * The controller as it is measured: a process of its own, its log read, its CPU and memory watched from outside.
 *
 * @module
 */

import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '../support/entrypoint.ts';
import type { Launch } from './launch.ts';
import { type Usage, usageOf } from './process-figures.ts';
import type { Statements } from './statements.ts';

/** What the process knows of itself, since it was last told to begin anew. */
export interface Figures {
  /** The longest time in which nothing else could happen; up to 5 ms too much. */
  readonly stallMilliseconds: number;
  /** MB that live, where it was started with `collectable`. */
  readonly heapMegabytes: number;
  readonly statements: Statements;
}

/** A process that has come to rest. */
export interface Rest {
  /** From the start of the process to the last of its work. */
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export interface MeasuredController {
  /** `performance.now()` at the start of the process. */
  readonly began: number;
  /** Waits for a line of the log and returns the `performance.now()` at which it came. */
  said(message: string): Promise<number>;
  usage(): Usage;
  /** Waits until it has used no CPU worth mentioning for a second. */
  rest(): Promise<Rest>;
  /** Has the process count anew. */
  fresh(): Promise<void>;
  figures(): Promise<Figures>;
  /** SIGTERM, or another signal; returns once it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface ControllerOptions {
  readonly launch: Launch;
  /** Path of the SQLite file. */
  readonly store: string;
  /** Further flags; without any it is alone and stands for no election. */
  readonly flags?: readonly string[];
  readonly logLevel?: string;
  /** Default true: its figures are asked for. Without it there is nothing in the process that is not shipped. */
  readonly observed?: boolean;
  /** Whether garbage is collected before figures are told. */
  readonly collectable?: boolean;
  /** Called with each line of the log. */
  readonly onLine?: (line: Readonly<Record<string, unknown>>) => void;
}

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The bundle, as it is shipped: `npm run bench` builds it first. */
export const program = at('../../dist/ramify.js');

/** Starts `ramify controller` and waits until it says that it is ready. */
export async function startController(options: ControllerOptions): Promise<MeasuredController> {
  const controller = spawnController(options);
  await controller.said('ready');
  return controller;
}

/** Starts `ramify controller` and does not wait. */
export function spawnController(options: ControllerOptions): MeasuredController {
  const { launch, store, flags = [], logLevel = 'info', observed = true, collectable = false } = options;
  const node = [
    ...nodeFlags,
    ...(observed ? ['--import', at('observer.mjs')] : []),
    ...(collectable ? ['--expose-gc'] : []),
  ];
  const quiet = ['--health-address', '0', '--metrics-address', '0', '--leader-elect', 'false'];
  const always = ['--store', `sqlite:${store}`, '--log-level', logLevel, ...quiet];
  const [command, ...before] = launch.command;
  const args = [...before, ...node, program, 'controller', ...launch.flags, ...always, ...flags];
  const began = performance.now();
  const stdio: StdioOptions = ['ignore', 'pipe', 'inherit', 'ipc'];
  return attend(spawn(command, args, { stdio, env: launch.env }), began, options.onLine);
}

function attend(child: ChildProcess, began: number, onLine?: ControllerOptions['onLine']): MeasuredController {
  const { pid, stdout } = child;
  if (pid === undefined || stdout === null) throw new Error('the controller could not be started');
  const exited = once(child, 'exit');
  // Thrown at nobody, so the bench ends: whoever waits for what a controller does would wait for ever.
  const endedAlone = () => {
    throw new Error('the controller ended by itself');
  };
  child.on('exit', endedAlone);
  const log = openLog(exited);
  createInterface({ input: stdout }).on('line', (text) => {
    const line: Readonly<Record<string, unknown>> = JSON.parse(text);
    log.add(String(line['msg']));
    onLine?.(line);
  });
  const ask = async (what: string): Promise<Figures> => {
    child.send({ ask: what });
    const [answer] = await once(child, 'message');
    return answer;
  };
  return {
    began,
    said: log.said,
    usage: () => usageOf(pid),
    rest: () => rest(() => usageOf(pid).cpuSeconds, began),
    fresh: async () => void (await ask('fresh')),
    figures: () => ask('figures'),
    stop: async (signal = 'SIGTERM') => {
      child.off('exit', endedAlone);
      child.kill(signal);
      await exited;
    },
  };
}

/** When each message of a log came first. */
function openLog(exited: Promise<unknown>) {
  const times = new Map<string, PromiseWithResolvers<number>>();
  const timeOf = (message: string) => {
    const known = times.get(message) ?? Promise.withResolvers<number>();
    times.set(message, known);
    return known;
  };
  const gone = exited.then(() => Promise.reject(new Error('the controller ended')));
  // Nobody may be waiting when it ends.
  gone.catch(() => undefined);
  return {
    add: (message: string) => timeOf(message).resolve(performance.now()),
    said: (message: string) => Promise.race([timeOf(message).promise, gone]),
  };
}

const pollMilliseconds = 50;
/** For as many milliseconds a process is to do nothing, and by so many seconds of CPU it may fail to. */
const [quietMilliseconds, negligible] = [1000, 0.005];

async function rest(cpuSeconds: () => number, began: number): Promise<Rest> {
  let last = { cpu: cpuSeconds(), time: performance.now() };
  for (;;) {
    await sleep(pollMilliseconds);
    const cpu = cpuSeconds();
    if (cpu - last.cpu > negligible) last = { cpu, time: performance.now() };
    else if (performance.now() - last.time >= quietMilliseconds)
      return { seconds: (last.time - began) / 1000, cpuSeconds: cpu };
  }
}
