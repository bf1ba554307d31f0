/**
 * Who works on which queue, and what follows a pass there.
 *
 * @module
 */

import { setImmediate } from 'node:timers/promises';
import { ClusterError } from '../cluster/cluster.ts';
import type { After, Controller } from '../controller/controller.ts';
import type { Clock, Random } from '../kube/clock.ts';
import type { Metrics } from '../kube/metrics.ts';
import type { Queue } from '../kube/queue.ts';
import { type Handler, type Outcome, Workers } from '../kube/workers.ts';

/** Keys of OAuthApplications, and names of OAuthRegistries. */
export interface Queues {
  readonly applications: Queue;
  readonly registries: Queue;
}

interface WorkersOptions {
  /** How many applications are worked on at once. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics?: Pick<Metrics, 'observeQueue' | 'observeWorkers'> | undefined;
}

type Pass = (key: string, signal: AbortSignal) => Promise<After>;

/** Registries are looked at one at a time; a change in one wakes its applications. */
export function openWorkers(
  controller: Controller,
  queues: Queues,
  { concurrency, clock, random, metrics }: WorkersOptions,
): readonly Workers[] {
  const wake = (keys: readonly string[]) => void addAll(queues.applications, keys);
  const open = (name: string, queue: Queue, pass: Pass, atOnce: number) => {
    const handler: Handler = (key, signal) => pass(key, signal).then(outcomeOf).catch(apiErrorOf);
    const workers = new Workers({
      queue,
      handler,
      concurrency: atOnce,
      clock,
      random,
      onError: toldAlready,
    });
    metrics?.observeQueue(name, queue);
    metrics?.observeWorkers(name, workers);
    return workers;
  };
  return [
    open('oauthregistry', queues.registries, (name) => controller.registry(name, wake), 1),
    open('oauthapplication', queues.applications, (key, signal) => controller.application(key, signal), concurrency),
  ];
}

/** Keys that are added in one go: some milliseconds. */
const partSize = 500;

/** Where there are many, others have their turn in between. */
async function addAll(queue: Queue, keys: readonly string[]): Promise<void> {
  for (let from = 0; from < keys.length; from += partSize) {
    if (from > 0) await setImmediate();
    for (const key of keys.slice(from, from + partSize)) queue.add(key);
  }
}

function outcomeOf(after: After): Outcome {
  switch (after.kind) {
    case 'after':
      return { kind: 'again', afterSeconds: after.seconds };
    case 'backoff':
      return { kind: 'retry' };
    case 'rest':
      return { kind: 'done' };
    case 'terminal':
    case 'conflict':
      return after;
  }
}

/** The controller told of the error, with what else is known of the pass. */
function toldAlready(): void {}

/** The API server's own error says when to try again. */
function apiErrorOf(error: unknown): never {
  throw error instanceof ClusterError ? (error.cause ?? error) : error;
}
