/**
 * The port over the real API server that tests share, with caches that real watches fill.
 *
 * @module
 */

import { afterAll } from 'vitest';
import { openCaches, openReflectors } from '../../src/cli/watches.ts';
import type { Cluster as Port } from '../../src/cluster/cluster.ts';
import { type Caches, kubernetesCluster } from '../../src/cluster/kubernetes.ts';
import type { Resource } from '../../src/core/resource.ts';
import { findConnection } from '../../src/kube/auth.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { EventRecorder } from '../../src/kube/event-recorder.ts';
import { openTransport } from '../../src/kube/http.ts';
import type { KubeObject, ObjectMeta } from '../../src/kube/kube.ts';
import { writtenSpec } from '../support/builders.ts';
import { type Cluster, sharedCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';

/** An object with what tests look at besides. */
export interface Live extends KubeObject {
  readonly metadata: ObjectMeta & { readonly managedFields: readonly { readonly manager: string }[] };
  readonly type?: string;
  readonly immutable?: boolean;
  readonly data?: Readonly<Record<string, string>>;
}

export type Kind = 'oauthapplications' | 'secrets' | 'configmaps' | 'resourcequotas';

/** A namespace, the port, and how to look at the API server without it. */
export interface Given {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly port: Port;
  readonly caches: Caches;
  /** The errors of events that were lost. */
  readonly lost: unknown[];
  /** A port whose own namespace is this one. */
  within(ownNamespace: string): Port;
  /** Creates an OAuthApplication and waits until the port knows it. */
  application(name: string, metadata?: object, spec?: object): Promise<Resource>;
  /** Creates an object, as somebody else. */
  create(kind: Kind, body: object): Promise<Live>;
  /** Patches an object, as somebody else. */
  patch(kind: Kind, name: string, patch: object, subresource?: string): Promise<Live>;
  delete(kind: Kind, name: string): Promise<void>;
  /** `undefined` if there is none. */
  live(kind: Kind, name: string): Promise<Live | undefined>;
}

/** Everything ends after the file's last test. */
export async function openGiven(cluster: Cluster = sharedCluster()): Promise<Given> {
  const namespace = await cluster.testNamespace();
  const connection = await findConnection({ kubeconfig: cluster.access.kubeconfig, env: {}, clock: systemClock });
  const transport = openTransport({ connection, fieldManager: 'ramify', userAgent: 'ramify-test' });
  const caches = openCaches(fail);
  const reflectors = openReflectors(caches, { transport, random: Math.random, onError: () => undefined });
  for (const reflector of reflectors) reflector.start();
  afterAll(async () => {
    await Promise.all(reflectors.map((reflector) => reflector.stop()));
    await transport.close();
  });
  await Promise.all(reflectors.map(({ synced }) => synced));

  const lost: unknown[] = [];
  const onLost = (error: unknown) => void lost.push(error);
  const events = new EventRecorder({ transport, clock: systemClock, wallClock: Date.now, onLost });
  const within = (ownNamespace: string | undefined) =>
    kubernetesCluster({ transport, caches, ownNamespace, reporter: 'test', clock: Date.now, events });
  const outside = asSomebodyElse(cluster, namespace);
  const port = within(undefined);
  const application: Given['application'] = async (name, metadata = {}, spec = writtenSpec()) => {
    const kind = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthApplication' };
    await outside.create('oauthapplications', { ...kind, metadata: { name, ...metadata }, spec });
    return eventually(() => port.read(`${namespace}/${name}`));
  };
  return { cluster, namespace, port, caches, lost, within, application, ...outside };
}

function asSomebodyElse(cluster: Cluster, namespace: string): Pick<Given, 'create' | 'patch' | 'delete' | 'live'> {
  const pathOf = (kind: Kind, ...rest: readonly string[]) => {
    const root = kind === 'oauthapplications' ? '/apis/ramify.dev/v1alpha1' : '/api/v1';
    return [root, 'namespaces', namespace, kind, ...rest].filter((step) => step !== '').join('/');
  };
  const ask = async (...[method, path, body, type]: Parameters<Cluster['request']>) => {
    const answer = await cluster.request<Live>(method, path, body, type);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  };
  return {
    create: (kind, body) => ask('POST', pathOf(kind), body),
    patch: (kind, name, patch, subresource = '') =>
      ask('PATCH', pathOf(kind, name, subresource), patch, 'application/merge-patch+json'),
    delete: async (kind, name) => void (await ask('DELETE', pathOf(kind, name))),
    live: async (kind, name) => {
      const { status, body } = await cluster.request<Live>('GET', pathOf(kind, name));
      return status === 404 ? undefined : body;
    },
  };
}

function fail(error: unknown): never {
  throw error;
}
