/**
 * An elector on a real Lease, with a watch of its own.
 *
 * @module
 */

import { onTestFinished } from 'vitest';
import { Cache } from '../../src/kube/cache.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { Elector } from '../../src/kube/elector.ts';
import { defaultLeaseTimes, type Lease, leases } from '../../src/kube/lease.ts';
import { objectPath } from '../../src/kube/path.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { transportTo } from './real.ts';

/** Stands for election; stopped after the test, without a release. */
export async function candidate(
  access: { readonly kubeconfig: string },
  lease: { readonly namespace: string; readonly name: string },
  identity: string,
  times = defaultLeaseTimes,
) {
  const transport = await transportTo(access, { deadline: 2000, silence: 5000 });
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const cache = new Cache<Lease>({ freeze: true, onError });
  const common = { transport, cache, clock: systemClock, onError };
  const selection = { namespace: lease.namespace, fieldSelector: `metadata.name=${lease.name}` };
  const reflector = new Reflector({ ...common, ...selection, resource: leases, random: Math.random });
  const elector = new Elector({ ...common, lease, identity, times, wallClock: Date.now });
  onTestFinished(async () => {
    await elector.stop({ release: false });
    await reflector.stop();
  });
  reflector.start();
  await reflector.synced;
  elector.start();
  return { elector, errors, cache, read: () => transport.get<Lease>(objectPath(leases, lease)) };
}
