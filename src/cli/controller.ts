/**
 * `ramify controller`: the daemon, composed.
 *
 * @module
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import * as kinds from '../cluster/kinds.ts';
import { kubernetesCluster } from '../cluster/kubernetes.ts';
import type { ControllerConfig } from '../config.ts';
import { openController } from '../controller/controller.ts';
import { openRegistries } from '../controller/registries.ts';
import { findConnection } from '../kube/auth.ts';
import { systemClock } from '../kube/clock.ts';
import { ApiError } from '../kube/error.ts';
import { openTransport } from '../kube/http.ts';
import { Manager } from '../kube/manager.ts';
import { collectionPath } from '../kube/path.ts';
import { Queue } from '../kube/queue.ts';
import type { Transport } from '../kube/transport.ts';
import type { Logger } from '../log.ts';
import { openRegistry } from '../registry/open.ts';
import { openStore } from '../registry/store/open.ts';
import type { StoreRegistry } from '../registry/store/store.ts';
import { serveHealth } from './health.ts';
import { openCaches, openReflectors, route } from './watches.ts';
import { messageOf, openWorkers } from './workers.ts';

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
    await checkAccess(transport, stop);
    store = await openConfiguredStore(config);
    log.info({ server: connection.server.href, store: config.store ?? 'none' }, 'starting');
    await run({ config, transport, store, log, stop, ownNamespace: env['POD_NAMESPACE'] });
  } catch (error) {
    // Who stops us while we still look for the cluster is not told that it was not found.
    if (!(error instanceof ApiError && error.reason === 'Aborted')) throw error;
  } finally {
    await transport.close();
    await store?.close();
  }
  log.info('stopped');
}

/** What a newcomer may have forgotten is said at once: it would otherwise be retried in silence. */
async function checkAccess(transport: Transport, signal: AbortSignal): Promise<void> {
  for (const kind of [kinds.applications, kinds.registries, kinds.secrets, kinds.namespaces]) {
    await transport.page(collectionPath(kind), { query: { limit: '1' }, metadataOnly: true, signal });
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

async function run(parts: Parts): Promise<void> {
  const { config, log, stop } = parts;
  const { caches, reflectors, manager } = compose(parts);
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

/** Nothing is sent before the manager starts. */
function compose({ config, transport, store, log, ownNamespace }: Parts) {
  const warn = (message: string) => (error: unknown) => log.warn({ error: messageOf(error) }, message);
  const caches = openCaches(warn('a listener failed'));
  const reflectors = openReflectors(caches, { transport, random, onError: warn('a watch was restarted') });
  const onLostEvent = warn('an event was lost');
  const cluster = kubernetesCluster({ transport, caches, ownNamespace, reporter: hostname(), clock, onLostEvent });
  const registries = openRegistries({ cluster, clock, open: (spec) => openRegistry(spec, { store }) });
  const controller = openController({ cluster, registries, clock, newID: randomUUID }, log);
  const queues = {
    applications: new Queue({ clock: systemClock, random }),
    registries: new Queue({ clock: systemClock, random }),
  };
  route(caches, queues, controller);
  const workers = openWorkers(controller, queues, { concurrency: config.concurrency, random, log });
  return { caches, reflectors, manager: new Manager({ transport, reflectors, workers, clock: systemClock }) };
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
