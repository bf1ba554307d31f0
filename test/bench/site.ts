/**
 * Where everything is measured: one control plane with an audit log, one store, and those who work for the measurement.
 *
 * @module
 */

import { dirname, join } from 'node:path';
import { startControlPlane } from '../controlplane/controlplane.ts';
import { ownCRDs } from '../controlplane/crds.ts';
import type { ApplicationObject } from './application.ts';
import type { Applying } from './applier.ts';
import { type Arrivals, watchArrivals } from './arrivals.ts';
import { type Calls, callsSince, type Mark, markIn } from './audit.ts';
import { type Access, applicationsPath, type Client, openClient, secretsPath } from './client.ts';
import { type ControllerOptions, type MeasuredController, spawnController, startController } from './controller.ts';
import { type Launch, prepareLaunch } from './launch.ts';
import { type Partner, startPartner } from './partner.ts';
import { processesWith, usageOf } from './process-figures.ts';

/** How many of the controller's requests, and of the bare client's, are on their way at a time. */
export const inFlight = 16;

/** How many of the applier's are: the API server is busy with eight. */
const appliedInFlight = 8;

const registries = '/apis/ramify.dev/v1alpha1/oauthregistries';

/** A namespace, and what is seen and done in it. */
export interface Place extends Arrivals {
  readonly namespace: string;
  /** Applies applications from a process of its own, 8 at a time. */
  apply(names: readonly string[]): Promise<void>;
  /** Merges a patch into the spec of every application, and waits until all are Ready with it. */
  update(spec: object): Promise<void>;
  /** Deletes every application, waits until they are gone, and deletes what is left of their Secrets. */
  clear(): Promise<void>;
}

export interface Site {
  readonly access: Access;
  readonly client: Client;
  /** How the controller is started. */
  readonly launch: Launch;
  /** CPU seconds that etcd, the API server and the controller manager have used so far. */
  serverCPUSeconds(): number;
  /** A new namespace. */
  place(): Promise<Place>;
  start(options?: Partial<ControllerOptions>): Promise<MeasuredController>;
  /** The same, without waiting until it is ready. */
  spawn(options?: Partial<ControllerOptions>): MeasuredController;
  mark(): Promise<Mark>;
  /** What the controller asked of the API server since then. */
  callsSince(mark: Mark): Promise<Calls>;
  /** Sets how often the OAuthRegistry has everything looked at, such as `10s`; `null`: as by default. */
  setResyncInterval(interval: string | null): Promise<void>;
  close(): Promise<void>;
}

/** Starts a control plane that is as a user's: its audit log names requests and not bodies. */
export async function openSite(): Promise<Site> {
  const plane = await startControlPlane({ crds: ownCRDs(), auditLog: 'Metadata' });
  const { kubeconfig, auditLog = '' } = plane;
  const folder = dirname(kubeconfig);
  const access = { url: plane.url, tls: plane.tls, headers: plane.headers };
  const client = openClient(access, inFlight);
  const applier = await startPartner('applier.ts');
  const launch = await prepareLaunch({ access, client, kubeconfig, folder });
  const servers = processesWith(folder);
  const store = join(folder, 'store.db');
  let namespaces = 0;
  await client.send('POST', registries, registry);
  return {
    access,
    client,
    launch,
    serverCPUSeconds: () => servers.reduce((sum, pid) => sum + usageOf(pid).cpuSeconds, 0),
    place: () => openPlace({ access, client, applier }, `bench-${(namespaces += 1)}`),
    start: (options) => startController({ launch, store, ...options }),
    spawn: (options) => spawnController({ launch, store, ...options }),
    mark: () => markIn(auditLog),
    callsSince: (mark) => callsSince(auditLog, mark),
    setResyncInterval: (resyncInterval) => client.send('PATCH', `${registries}/default`, { spec: { resyncInterval } }),
    close: async () => {
      await Promise.all([client.close(), applier.stop()]);
      await plane.stop();
    },
  };
}

const registry = {
  apiVersion: 'ramify.dev/v1alpha1',
  kind: 'OAuthRegistry',
  metadata: { name: 'default' },
  spec: { type: 'Store', store: { issuerURL: 'https://login.example.com' } },
};

interface Means {
  readonly access: Access;
  readonly client: Client;
  readonly applier: Partner;
}

async function openPlace({ access, client, applier }: Means, namespace: string): Promise<Place> {
  await client.send('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  const arrivals = watchArrivals(client, namespace);
  return {
    ...arrivals,
    namespace,
    apply: async (names) => {
      const applying: Applying = { access, namespace, names, inFlight: appliedInFlight };
      await applier.ask(applying);
    },
    update: async (spec) => {
      const due = [...arrivals.present].map(async ([name, generation]) => {
        await client.send('PATCH', applicationsPath(namespace, name), { spec });
        await arrivals.until(() => arrivals.ready.has(name) && (arrivals.present.get(name) ?? 0) > generation);
      });
      await Promise.all(due);
    },
    clear: async () => {
      await client.send('DELETE', applicationsPath(namespace));
      await arrivals.until(() => arrivals.present.size === 0);
      await client.send('DELETE', secretsPath(namespace));
    },
  };
}

/** Takes the finalizers off applications that no controller will release. */
export async function release(client: Client, { namespace, present }: Place): Promise<void> {
  const patch = { metadata: { finalizers: null } };
  const released = [...present.keys()].map((name) =>
    client.send<ApplicationObject>('PATCH', applicationsPath(namespace, name), patch),
  );
  await Promise.all(released);
}
