/**
 * A whole installation for one test file: a control plane of its own, the controller as a process, and its store.
 *
 * @module
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { requestBackup } from '../../src/cli/store-socket.ts';
import { openStore } from '../../src/registry/store/open.ts';
import type { StoreRegistry } from '../../src/registry/store/store.ts';
import type { AuditLevel } from '../controlplane/controlplane.ts';
import { ownCRDs } from '../controlplane/crds.ts';
import { type OwnCluster, ownCluster } from './cluster.ts';
import { type ControllerProcess, type LogLine, startController } from './controller-process.ts';
import { eventually } from './eventually.ts';

/** The issuer of the registry `default`, which every installation has. */
export const issuerURL = 'http://127.0.0.1:8400';

const faults = new URL('store-faults.ts', import.meta.url).href;

/** What a test does with an installation. */
export interface Installation {
  readonly cluster: OwnCluster;
  /** Path of the SQLite file. */
  readonly store: string;
  /** Every line of every controller so far. */
  readonly output: readonly string[];
  /** The lines of the log, read. */
  log(): readonly LogLine[];
  /** Waits until each of the resources, as `namespace/name`, was passed over once more, `within` milliseconds. */
  passes(keys: ReadonlySet<string>, within: number): Promise<void>;
  /** A scrape of the controller's metrics. */
  metrics(): Promise<string>;
  /** Starts the controller and waits until it is ready. */
  start(): Promise<void>;
  /** SIGTERM, or another signal; returns the exit code once the process is gone. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Works on the store, which only one process may hold: the controller must not run. */
  withStore<T>(work: (store: StoreRegistry) => Promise<T>): Promise<T>;
  /** Looks at the store as it is now, in a backup of it: the controller goes on. */
  withBackup<T>(look: (store: StoreRegistry) => Promise<T>): Promise<T>;
  /** Runs a PRAGMA in the controller's connection to the store. */
  pragma(text: string): void;
}

interface InstallOptions {
  /** Path of the SQLite file; by default in the control plane's folder, which goes however the test ends. */
  readonly store?: string;
  /** Module that is loaded before the controller; by default the one that `pragma` speaks to. */
  readonly preload?: string;
  /** Default Metadata. */
  readonly auditLog?: AuditLevel;
  /** Default true; without it, which starts sooner, nobody collects garbage and no namespace goes. */
  readonly controllerManager?: boolean;
}

/** Installs everything, with an OAuthRegistry `default` of type Store, and starts the controller; it ends with the file. */
export async function install(
  registrySpec: object = {},
  { store, preload = faults, auditLog = 'Metadata', controllerManager = true }: InstallOptions = {},
): Promise<Installation> {
  const cluster = await ownCluster({ crds: ownCRDs(), auditLog, controllerManager });
  const installation = openInstallation(
    cluster,
    store ?? join(dirname(cluster.access.kubeconfig), 'store.db'),
    preload,
  );
  const spec = { type: 'Store', store: { issuerURL }, ...registrySpec };
  const metadata = { name: 'default' };
  await cluster.apply(JSON.stringify({ apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata, spec }));
  await installation.start();
  return installation;
}

function openInstallation(cluster: OwnCluster, store: string, preload: string): Installation {
  const output: string[] = [];
  let controller: ControllerProcess | undefined;
  const stop: Installation['stop'] = async (signal = 'SIGTERM') => {
    controller?.kill(signal);
    return controller?.exited ?? null;
  };
  afterAll(() => stop());
  const log = () => output.filter((line) => line.startsWith('{')).map((line): LogLine => JSON.parse(line));
  return {
    cluster,
    store,
    output,
    log,
    passes: async (keys, within) => {
      const seen = log().length;
      await eventually(() => keys.isSubsetOf(passed(log().slice(seen))), within);
    },
    metrics: async () => {
      const serving = log().findLast(({ msg }) => msg === 'serving metrics');
      const answer = await fetch(`http://127.0.0.1:${String(serving?.['port'])}/metrics`);
      if (!answer.ok) throw new Error(`the metrics were refused: ${answer.status}`);
      return answer.text();
    },
    start: async () => {
      const onLine = (line: string) => output.push(line);
      const { kubeconfig } = cluster.access;
      const flags = ['--metrics-address', '127.0.0.1:0'];
      controller = await startController({ kubeconfig, store, logLevel: 'trace', flags, onLine, preload });
    },
    stop,
    withStore: (work) => withStore(store, `${store}.key`, work),
    withBackup: (look) => withBackup(store, look),
    pragma: (text) => controller?.write(`PRAGMA ${text}`),
  };
}

function passed(lines: readonly LogLine[]): ReadonlySet<unknown> {
  return new Set(lines.filter(({ msg }) => msg === 'reconciled').map((line) => line['application']));
}

async function withBackup<T>(path: string, look: (store: StoreRegistry) => Promise<T>): Promise<T> {
  const backup = `${path}.${randomUUID()}`;
  if (!(await requestBackup(path, backup))) throw new Error('no controller holds the store');
  return withStore(backup, `${path}.key`, look);
}

async function withStore<T>(path: string, keyFile: string, work: (store: StoreRegistry) => Promise<T>): Promise<T> {
  const store = await openStore({ path, keyFile, clock: Date.now, random: randomBytes });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
