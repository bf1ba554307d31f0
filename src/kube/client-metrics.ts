/**
 * `rest_client_*` and `leader_election_*`: what was asked of the API server, and who leads.
 *
 * @module
 */

import { Counter, Gauge, type Registry } from 'prom-client';
import type { Elector } from './elector.ts';
import type { TransportOptions } from './http.ts';

export interface ClientMetrics {
  /** Counts the requests of a transport to `host`. */
  sentTo(host: string): NonNullable<TransportOptions['onSent']>;
  /** `name`: of the Lease. */
  observeElector(name: string, elector: Pick<Elector, 'isLeading' | 'observe'>): void;
}

/** What there was no answer to; client-go's word. */
const noAnswer = '<error>';

export function clientMetrics(registry: Registry): ClientMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server, by HTTP status code (<error>: there was no answer), method and host.',
    labelNames: ['code', 'method', 'host'],
    registers,
  });
  const electors = new Map<string, Pick<Elector, 'isLeading'>>();
  // A gauge that asks when it is scraped needs no name here.
  void new Gauge({
    name: 'leader_election_master_status',
    help: 'Whether this process leads by the Lease of that name: 1, or 0 on a standby.',
    labelNames: ['name'],
    registers,
    collect() {
      for (const [name, { isLeading }] of electors) this.set({ name }, isLeading ? 1 : 0);
    },
  });
  const slowPaths = new Counter({
    name: 'leader_election_slowpath_total',
    help: 'Writes of the Lease that met another one than was known, so that it was read first.',
    labelNames: ['name'],
    registers,
  });
  return {
    sentTo: (host) => (method, status) =>
      requests.inc({ code: status === undefined ? noAnswer : `${status}`, method, host }),
    observeElector: (name, elector) => {
      electors.set(name, elector);
      slowPaths.inc({ name }, 0);
      elector.observe(() => slowPaths.inc({ name }));
    },
  };
}
