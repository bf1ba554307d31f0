/**
 * `ramify controller`: the daemon, composed.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { kubernetesCluster } from '../cluster/kubernetes.ts';
import type { ControllerConfig } from '../config.ts';
import { openController } from '../controller/controller.ts';
import { messageOf } from '../controller/log.ts';
import { openRegistries } from '../controller/registries.ts';
import { findConnection } from '../kube/auth.ts';
import { systemClock, whenAborted } from '../kube/clock.ts';
import type { Connection } from '../kube/connection.ts';
import { ApiError } from '../kube/error.ts';
import { EventRecorder } from '../kube/event-recorder.ts';
import { openTransport } from '../kube/http.ts';
import { type Election, Manager } from '../kube/manager.ts';
import { Queue } from '../kube/queue.ts';
import type { Transport } from '../kube/transport.ts';
import type { Logger } from '../log.ts';
import { registryOpener } from '../registry/open.ts';
import { checkAccess } from './collections.ts';
import { type Candidacy, isReplica, openCandidacy } from './election.ts';
import { fenced } from './fence.ts';
import { configuredStore, type HeldStore } from './held-store.ts';
import { type ControllerMetrics, openControllerMetrics } from './metrics.ts';
import { serveMonitoring } from './monitoring.ts';
import { checkVersion } from './server-version.ts';
import { surroundingsOf } from './surroundings.ts';
import { openCaches, openReflectors, route } from './watches.ts';
import { openWorkers } from './workers.ts';

const random = Math.random;
/** Milliseconds since the epoch. */
const clock = Date.now;
const monotonic = systemClock.now;
/** Milliseconds that the last events are given at the end: another waits to lead. */
const lastEvents = 200;

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
  const metrics = config.metricsAddress && openControllerMetrics(clock);
  const onSent = metrics?.sentTo(connection.server.host);
  const candidacy = isReplica(config, connection) ? openCandidacy(config, connection, log, onSent) : undefined;
  const fence = candidacy && { beforeWrite: candidacy.elector.check };
  const transport = openTransport({ connection, fieldManager: 'ramify', userAgent: 'ramify', onSent, ...fence });
  const store = configuredStore(config, log);
  try {
    await checkAccess(transport, config.namespaces, stop);
    await checkVersion(transport, log, stop);
    await candidacy?.checkAccess(stop);
    if (candidacy === undefined) await store.open();
    log.info({ server: connection.server.href, store: config.store ?? 'none' }, 'starting');
    const ownNamespace = env['POD_NAMESPACE'];
    await run({ config, env, connection, transport, candidacy, store, metrics, log, stop, ownNamespace });
  } catch (error) {
    // Who stops us while we still look for the cluster is not told that it was not found.
    if (!(error instanceof ApiError && error.reason === 'Aborted')) throw error;
  } finally {
    await transport.close();
    await candidacy?.close();
    await store.close();
  }
  log.info('stopped');
}

interface Parts {
  readonly config: ControllerConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly connection: Connection;
  readonly transport: Transport;
  /** `undefined` where this process is the only one. */
  readonly candidacy: Candidacy | undefined;
  readonly store: HeldStore;
  /** `undefined` where nobody can read them. */
  readonly metrics: ControllerMetrics | undefined;
  readonly log: Logger;
  readonly stop: AbortSignal;
  readonly ownNamespace: string | undefined;
}

async function run(parts: Parts): Promise<void> {
  const { log, stop, candidacy } = parts;
  const over = candidacy ? AbortSignal.any([stop, candidacy.elector.lost]) : stop;
  // The first to listen: what else ends then ends after this.
  const isOver = whenAborted(over);
  const { caches, reflectors, manager } = compose(parts, over);
  const isReady = () => !stop.aborted && reflectors.every(({ hasSynced }) => hasSynced);
  const isHealthy = () => candidacy?.elector.isHealthy ?? true;
  const closeMonitoring = await serveMonitoring({ ...parts, isReady, isHealthy });
  try {
    await Promise.race([manager.start(), isOver]);
    if (candidacy && !over.aborted) log.info({ identity: candidacy.identity }, 'standing by');
    if (!over.aborted) await Promise.race([manager.work(), isOver]);
    if (!over.aborted) log.info({ applications: caches.applications.size }, 'ready');
    await isOver;
  } finally {
    await manager.stop();
    await closeMonitoring();
  }
  candidacy?.elector.lost.throwIfAborted();
}

/** Nothing is sent before the manager starts. */
function compose(parts: Parts, over: AbortSignal) {
  const { config, env, connection, transport, candidacy, store, metrics, log, ownNamespace } = parts;
  const warn = (message: string) => (error: unknown) => log.warn({ error: messageOf(error) }, message);
  const { namespaces } = config;
  const caches = openCaches(warn('a listener failed'), namespaces);
  const reflectors = [
    ...openReflectors(caches, { transport, random, onError: warn('a watch was restarted') }, namespaces),
    ...(candidacy ? [candidacy.reflector] : []),
  ];
  const onLost = warn('an event was lost');
  const events = new EventRecorder({ transport, clock: systemClock, wallClock: clock, onLost });
  const cluster = kubernetesCluster({ transport, caches, ownNamespace, reporter: hostname(), clock, events });
  const isLeading = () => candidacy?.elector.isLeading ?? true;
  const namespace = ownNamespace ?? connection.namespace;
  const surroundings = surroundingsOf({ env, transport, namespace, isLeading });
  const open = registryOpener({ store: () => store.registry, surroundings });
  const registries = openRegistries({
    cluster,
    clock,
    monotonic,
    namespaces,
    open: async (spec, name) => {
      const registry = await open(spec, name);
      return fenced(metrics?.metered(registry, name) ?? registry, isLeading);
    },
  });
  const controller = openController({ cluster, registries, clock, monotonic, newID: randomUUID }, log);
  const queues = {
    applications: new Queue({ clock: systemClock, random }),
    registries: new Queue({ clock: systemClock, random }),
  };
  route(caches, queues, controller);
  const workers = openWorkers(controller, queues, {
    concurrency: config.concurrency,
    clock: systemClock,
    random,
    metrics,
  });
  metrics?.observeCaches(caches, reflectors);
  if (candidacy) metrics?.observeElector(config.leaseName, candidacy.elector);
  const election = candidacy && electionOf(candidacy, store, over);
  const onDrained = () => events.close(lastEvents);
  const manager = new Manager({ transport, reflectors, workers, onDrained, election, clock: systemClock });
  return { caches, reflectors, manager };
}

function electionOf({ elector }: Candidacy, store: HeldStore, over: AbortSignal): Election {
  return { elector, onElected: () => store.openWhenFree(over), onRelease: store.close };
}
