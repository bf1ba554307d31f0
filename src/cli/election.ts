/**
 * The controller's part in the election of a leader, composed.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ControllerConfig } from '../config.ts';
import { messageOf } from '../controller/log.ts';
import { Cache } from '../kube/cache.ts';
import { systemClock } from '../kube/clock.ts';
import type { Connection } from '../kube/connection.ts';
import { Elector } from '../kube/elector.ts';
import { openTransport, type TransportOptions } from '../kube/http.ts';
import { type Lease, leases } from '../kube/lease.ts';
import { collectionPath } from '../kube/path.ts';
import { Reflector } from '../kube/reflector.ts';
import type { Logger } from '../log.ts';

/** The elector, the watch that it sees others by, and the connections of both. */
export interface Candidacy {
  readonly elector: Elector;
  /** As the Lease has it. */
  readonly identity: string;
  readonly reflector: Pick<Reflector, 'start' | 'stop' | 'synced' | 'hasSynced' | 'kind' | 'observe'>;
  /** Fails as the API server does where the Lease may not be watched. */
  checkAccess(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Whether this process is one of several, of which one works. */
export function isReplica({ leaderElect }: ControllerConfig, { isPod = false }: Connection): boolean {
  return leaderElect ?? isPod;
}

/** Nothing is sent before something is started. */
export function openCandidacy(
  config: ControllerConfig,
  connection: Connection,
  log: Logger,
  onSent: TransportOptions['onSent'],
): Candidacy {
  const { leaseName: name, leaseNamespace: namespace = connection.namespace } = config;
  const warn = (message: string) => (error: unknown) => log.warn({ error: messageOf(error) }, message);
  const times = {
    leaseDuration: config.leaseDuration,
    renewDeadline: config.leaseRenewDeadline,
    retryPeriod: config.leaseRetryPeriod,
  };
  // Connections of its own, so that a renewal never waits behind other calls; a third of the deadline, so that one may fail.
  const deadline = Math.min(4000, Math.floor((times.renewDeadline * 1000) / 3));
  const userAgent = 'ramify/election';
  const transport = openTransport({ connection, fieldManager: 'ramify', userAgent, deadline, onSent });
  const identity = `${hostname()}_${randomUUID()}`;
  const cache = new Cache<Lease>({ onError: warn('a listener failed') });
  cache.onChange(({ object, previous }) => {
    const leader = object?.spec?.holderIdentity ?? '';
    if (leader !== (previous?.spec?.holderIdentity ?? '')) log.info({ leader, identity }, 'the leader is another');
  });
  const fieldSelector = `metadata.name=${name}`;
  const common = { transport, cache, clock: systemClock };
  return {
    identity,
    elector: new Elector({
      ...common,
      lease: { namespace, name },
      identity,
      times,
      wallClock: Date.now,
      onError: warn('the Lease could not be written'),
    }),
    reflector: new Reflector({
      ...common,
      resource: leases,
      namespace,
      fieldSelector,
      random: Math.random,
      onError: warn('a watch was restarted'),
    }),
    checkAccess: async (signal) => {
      await transport.page(collectionPath(leases, namespace), { query: { fieldSelector, limit: '1' }, signal });
    },
    close: () => transport.close(),
  };
}
