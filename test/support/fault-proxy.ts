/**
 * A fault proxy for one test.
 *
 * @module
 */
import { onTestFinished } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../faultproxy/proxy.ts';
import type { Cluster } from './cluster.ts';

/** A proxy in front of the cluster. It ends with the test, which fails if a fault was planted and never met. */
export async function faultProxy(cluster: Cluster): Promise<FaultProxy> {
  const proxy = await startFaultProxy(cluster.access);
  onTestFinished(async () => {
    await proxy.stop();
    if (proxy.unfired.length > 0) throw new Error(`faults that never fired: ${JSON.stringify(proxy.unfired)}`);
  });
  return proxy;
}
