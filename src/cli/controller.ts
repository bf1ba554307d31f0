/**
 * `ramify controller`: the daemon, composed.
 *
 * @module
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Cluster } from '../cluster/cluster.ts';
import * as kinds from '../cluster/kinds.ts';
import { kubernetesCluster } from '../cluster/kubernetes.ts';
import type { ControllerConfig } from '../config.ts';
import { type After, type Controller, openController } from '../controller/controller.ts';
import { openRegistries } from '../controller/registries.ts';
import { findConnection } from '../kube/auth.ts';
import { systemClock } from '../kube/clock.ts';
import { openTransport } from '../kube/http.ts';
import { Manager } from '../kube/manager.ts';
import { collectionPath } from '../kube/path.ts';
import { Queue } from '../kube/queue.ts';
import type { Transport } from '../kube/transport.ts';
import { type Outcome, Workers } from '../kube/workers.ts';
import type { Logger } from '../log.ts';
import { openRegistry } from '../registry/open.ts';
import { openStore } from '../registry/store/open.ts';
import type { StoreRegistry } from '../registry/store/store.ts';
import { serveHealth } from './health.ts';
import { openCaches, openReflectors, route } from './watches.ts';

const random = Math.random;
/** Milliseconds since the epoch. */
const clock = Date.now;

/**
 * Reconciles until `stop` is aborted, then lets running passes end.
 *
 * @throws what `farewellOf` knows, before anything is written anywhere
 */
export async function runController(
  config: ControllerConfig,
  env: NodeJS.ProcessEnv,
  log: Logger,
  stop: AbortSignal,
): Promise<void> {
  const connection = await findConnection({ ...config, env, clock: systemClock });
  const transport = openTransport({ connection, fieldManager: 'ramify', userAgent: 'ramify' });
  let store: StoreRegistry | undefined;
  try {
    await checkAccess(transport);
    store = await openConfiguredStore(config);
    log.info({ server: connection.server.href, store: config.store ?? 'none' }, 'starting');
    await run({ config, transport, store, log, stop, ownNamespace: env['POD_NAMESPACE'] });
  } finally {
    await transport.close();
    await store?.close();
  }
  log.info('stopped');
}

/** What a newcomer may have forgotten is said at once: it would otherwise be retried in silence. */
async function checkAccess(transport: Transport): Promise<void> {
  for (const kind of [kinds.applications, kinds.registries, kinds.secrets]) {
    await transport.page(collectionPath(kind), { query: { limit: '1' }, metadataOnly: true });
  }
}

async function openConfiguredStore({ store, storeKeyFile }: ControllerConfig): Promise<StoreRegistry | undefined> {
  if (store === undefined) return undefined;
  return openStore({ path: store, keyFile: storeKeyFile ?? `${store}.key`, clock, random: randomBytes });
}

interface Parts {
  readonly config: ControllerConfig;
  readonly transport: Transport;
  readonly store: StoreRegistry | undefined;
  readonly log: Logger;
  readonly stop: AbortSignal;
  readonly ownNamespace: string | undefined;
}

async function run({ config, transport, store, log, stop, ownNamespace }: Parts): Promise<void> {
  const warn = (message: string) => (error: unknown) => log.warn({ error: messageOf(error) }, message);
  const caches = openCaches(warn('a listener failed'));
  const reflectors = openReflectors(caches, { transport, random, onError: warn('a watch was restarted') });
  const cluster = kubernetesCluster({
    transport,
    caches,
    ownNamespace,
    reporter: hostname(),
    clock,
    onLostEvent: warn('an event was lost'),
  });
  const queues = {
    applications: new Queue({ clock: systemClock, random }),
    registries: new Queue({ clock: systemClock, random }),
  };
  const controller = openConfiguredController(cluster, store, log);
  route(caches, queues);
  const workers = openWorkers(controller, queues, config.concurrency, log);
  const manager = new Manager({ transport, reflectors, workers, clock: systemClock });

  const isReady = () => reflectors.every(({ hasSynced }) => hasSynced);
  const closeHealth = config.healthAddress && (await serveHealth({ ...config.healthAddress, isReady }));
  const stopped = whenAborted(stop);
  try {
    await Promise.race([manager.start(), stopped]);
    if (!stop.aborted) log.info({ applications: caches.applications.size }, 'ready');
    await stopped;
  } finally {
    await manager.stop();
    await closeHealth?.();
  }
}

function openConfiguredController(cluster: Cluster, store: StoreRegistry | undefined, log: Logger): Controller {
  const registries = openRegistries({ cluster, clock, open: (spec) => openRegistry(spec, { store }) });
  return openController({ cluster, registries, clock, newID: randomUUID }, log);
}

interface Queues {
  readonly applications: Queue;
  readonly registries: Queue;
}

function openWorkers(controller: Controller, queues: Queues, concurrency: number, log: Logger): readonly Workers[] {
  const onError = (error: unknown, key: string) => log.error({ key, error: messageOf(error) }, 'a pass failed');
  const common = { clock: systemClock, random, onError };
  const wake = (keys: readonly string[]) => {
    for (const key of keys) queues.applications.add(key);
  };
  return [
    new Workers({
      ...common,
      queue: queues.registries,
      concurrency: 1,
      handler: async (name) => outcomeOf(await controller.registry(name, wake)),
    }),
    new Workers({
      ...common,
      queue: queues.applications,
      concurrency,
      handler: async (key) => outcomeOf(await controller.application(key)),
    }),
  ];
}

function outcomeOf(after: After): Outcome {
  switch (after.kind) {
    case 'after':
      return { kind: 'again', afterSeconds: after.seconds };
    case 'backoff':
      return { kind: 'retry' };
    case 'rest':
      return { kind: 'done' };
    case 'conflict':
      return after;
  }
}

/** Errors are told by their message: what they carry besides may hold what was sent. */
function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
