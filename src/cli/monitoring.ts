/**
 * What others see of the controller while it runs: health for the kubelet, metrics for Prometheus.
 *
 * @module
 */

import type { ControllerConfig } from '../config.ts';
import { messageOf } from '../controller/log.ts';
import { openAccess } from '../kube/access.ts';
import { systemClock } from '../kube/clock.ts';
import type { Connection } from '../kube/connection.ts';
import { openTransport } from '../kube/http.ts';
import type { Logger } from '../log.ts';
import { certificateFrom, selfSigned } from './certificate.ts';
import { type HealthOptions, serveHealth } from './health.ts';
import type { ControllerMetrics } from './metrics.ts';
import { type Guard, isLoopback, metricsPath, serveMetrics } from './metrics-server.ts';

interface Monitored extends Pick<HealthOptions, 'isReady' | 'isHealthy'> {
  readonly config: ControllerConfig;
  /** To ask who may read the metrics. */
  readonly connection: Connection;
  readonly metrics: ControllerMetrics | undefined;
  readonly log: Logger;
}

/** Serves both, as far as the configuration has an address for them; returned is how to end that. */
export async function serveMonitoring(monitored: Monitored): Promise<() => Promise<void>> {
  const { config, isReady, isHealthy } = monitored;
  const closeHealth = config.healthAddress && (await serveHealth({ ...config.healthAddress, isReady, isHealthy }));
  try {
    const closeMetrics = await openMetricsDoor(monitored);
    return async () => {
      await closeMetrics?.();
      await closeHealth?.();
    };
  } catch (error) {
    await closeHealth?.();
    throw error;
  }
}

async function openMetricsDoor(monitored: Monitored): Promise<(() => Promise<void>) | undefined> {
  const { config, metrics, log } = monitored;
  const { metricsAddress: address } = config;
  if (address === undefined || metrics === undefined) return undefined;
  const guarding = isLoopback(address.host) ? undefined : await openGuard(address.host, monitored);
  const server = await serveMetrics({ ...address, text: metrics.text, guard: guarding?.guard });
  log.info({ host: address.host, port: server.port, open: guarding === undefined }, 'serving metrics');
  return async () => {
    await server.close();
    await guarding?.close();
  };
}

async function openGuard(host: string, { config, connection, log }: Monitored) {
  const warn = (message: string) => (error: unknown) => log.warn({ error: messageOf(error) }, message);
  const certificate = await certificateOf(config, host, warn('the certificate of the metrics was not taken anew'));
  // Connections of its own: no fence, since a standby has metrics too, and no pass waits behind who asks for them.
  const transport = openTransport({ connection, fieldManager: 'ramify', userAgent: 'ramify/metrics' });
  const onError = warn('whether somebody may read the metrics could not be asked');
  const guard: Guard = {
    verdict: openAccess({ transport, path: metricsPath, clock: systemClock, onError }),
    certificate,
  };
  return { guard, close: () => transport.close() };
}

function certificateOf(
  { metricsCertFile: cert, metricsKeyFile: key }: ControllerConfig,
  host: string,
  onError: (error: unknown) => void,
) {
  if (cert === undefined || key === undefined) return selfSigned(host);
  return certificateFrom({ cert, key }, systemClock, onError);
}
