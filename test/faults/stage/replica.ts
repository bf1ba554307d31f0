/**
 * The controller as one process has it: caches, queues, workers and the loop, put together as `ramify controller` does it,
 * on the plan's clock. What it works on is handed to it; when it works, too.
 *
 * @module
 */

import { openCaches, route } from '../../../src/cli/watches.ts';
import { openWorkers } from '../../../src/cli/workers.ts';
import { type Caches, kubernetesCluster } from '../../../src/cluster/kubernetes.ts';
import { openController } from '../../../src/controller/controller.ts';
import type { Log } from '../../../src/controller/log.ts';
import { openRegistries, type RegistriesOptions } from '../../../src/controller/registries.ts';
import { manager, secretLabels } from '../../../src/core/secret.ts';
import { everything } from '../../../src/kube/cache.ts';
import type { NewEvent } from '../../../src/kube/event-recorder.ts';
import type { KubeObject } from '../../../src/kube/kube.ts';
import { Queue } from '../../../src/kube/queue.ts';
import type { Transport } from '../../../src/kube/transport.ts';
import type { Api } from './api-door.ts';
import { type Collection, collections, type Sighting } from './observatory.ts';
import type { StageTime } from './time.ts';

/** A process as its calls know it. */
export interface Life {
  /** Another leads where it does not. */
  isLeading: boolean;
  /** Milliseconds after which another process takes its place; `undefined` while it lives. */
  absence: number | undefined;
  /** Resolved when it dies. */
  readonly death: PromiseWithResolvers<void>;
}

export interface ReplicaOptions {
  readonly life: Life;
  readonly namespace: string;
  readonly time: StageTime;
  readonly api: Api;
  readonly open: RegistriesOptions['open'];
  readonly newID: () => string;
  readonly log: Log;
  readonly record: (event: NewEvent) => void;
}

/** What a list of one collection shows. */
export interface List {
  readonly objects: readonly KubeObject[];
  readonly version: string;
}

/** A queue that gives a key only when it is told to. */
class SteppedQueue extends Queue {
  #gate = Promise.withResolvers<void>();
  #asked = Promise.withResolvers<void>();

  override async take(): Promise<string | undefined> {
    this.#asked.resolve();
    await this.#gate.promise;
    this.#gate = Promise.withResolvers();
    return super.take();
  }

  /** Lets a due key be worked on; resolves when that is over. */
  step(): Promise<void> {
    this.#asked = Promise.withResolvers();
    this.#gate.resolve();
    return this.#asked.promise;
  }
}

/** Spread is for many; here every wait is as long as it says. */
const even = () => 0.5;

export class Replica {
  readonly life: Life;
  readonly #namespace: string;
  readonly #caches: Caches;
  readonly #queues: { readonly applications: SteppedQueue; readonly registries: SteppedQueue };

  constructor(options: ReplicaOptions) {
    const { life, namespace, time, api, open, newID, log, record } = options;
    this.life = life;
    this.#namespace = namespace;
    const clocks = { clock: time.wall, monotonic: () => time.monotonic.now() };
    const queue = () => new SteppedQueue({ clock: time.monotonic, random: even });
    this.#queues = { applications: queue(), registries: queue() };
    this.#caches = openCaches(rethrow, [namespace]);
    const cluster = kubernetesCluster({
      transport: { ...unused, ...api },
      caches: this.#caches,
      ownNamespace: undefined,
      reporter: 'replica',
      clock: time.wall,
      events: { record },
    });
    const registries = openRegistries({ cluster, open, namespaces: [namespace], ...clocks });
    const controller = openController({ cluster, registries, newID, ...clocks }, log);
    route(this.#caches, this.#queues, controller);
    const workers = openWorkers(controller, this.#queues, { concurrency: 1, random: even, clock: time.monotonic });
    for (const each of workers) each.start();
  }

  /** Takes in lists of everything: it begins, or a watch has broken. */
  async relist(lists: Readonly<Record<Collection, List>>): Promise<void> {
    for (const collection of collections) {
      const { objects, version } = lists[collection];
      const kept = objects.flatMap((object) => asWatched(collection, object) ?? []);
      const scope = collection === 'registries' ? everything : this.#namespace;
      await this.#caches[collection].replace(kept, version, scope);
    }
  }

  /** Takes in what a watch tells. */
  see({ collection, isGone, object }: Sighting): void {
    const cache = this.#caches[collection];
    const kept = isGone ? undefined : asWatched(collection, object);
    if (kept === undefined) cache.remove(object);
    else cache.put(kept);
  }

  /** The kind of key that is worked on next; `undefined` if none is due. */
  get next(): 'registries' | 'applications' | undefined {
    if (this.#queues.registries.depth > 0) return 'registries';
    return this.#queues.applications.depth > 0 ? 'applications' : undefined;
  }

  /** Works on one key; resolves when that is over, or the process is. */
  async work(queue: 'registries' | 'applications'): Promise<void> {
    await Promise.race([this.#queues[queue].step(), this.life.death.promise]);
  }
}

/** What the controller's own watch would tell of it; `undefined`: nothing, or that it is gone. */
function asWatched(collection: Collection, object: KubeObject): KubeObject | undefined {
  if (collection !== 'secrets') return object;
  const isOurs = object.metadata.labels?.[secretLabels.managedBy] === manager;
  return isOurs ? { metadata: object.metadata } : undefined;
}

function rethrow(error: unknown): never {
  throw error;
}

/** Watches are the observatory's. */
function unexpected(): never {
  throw new Error('a replica lists and watches nothing');
}

const unused: Pick<Transport, 'page' | 'watch' | 'close'> = { page: unexpected, watch: unexpected, close: unexpected };
