/**
 * Ways to the real API server for the tests of this folder.
 *
 * @module
 */

import { onTestFinished } from 'vitest';
import { findConnection } from '../../src/kube/auth.ts';
import { Cache, type CacheOptions, type Change } from '../../src/kube/cache.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { openTransport, type TransportOptions } from '../../src/kube/http.ts';
import type { KubeObject } from '../../src/kube/kube.ts';
import { Reflector, type ReflectorOptions } from '../../src/kube/reflector.ts';
import type { Transport } from '../../src/kube/transport.ts';

export const secrets = { group: '', version: 'v1', plural: 'secrets', namespaced: true };
export const configMaps = { group: '', version: 'v1', plural: 'configmaps', namespaced: true };

/** Milliseconds for what takes none on a machine that is not busy; less than any limit of the runtime that a test does not set. */
export const patience = 25_000;

/** A transport as the cluster's administrator, closed after the test. */
export async function transportTo(
  { kubeconfig }: { readonly kubeconfig: string },
  options: Partial<TransportOptions> = {},
): Promise<Transport> {
  const connection = await findConnection({ kubeconfig, env: {}, clock: systemClock });
  const named = { fieldManager: 'kube-test', userAgent: 'kube-test' };
  const transport = openTransport({ connection, ...named, deadline: patience, ...options });
  onTestFinished(() => transport.close());
  return transport;
}

/** A reflector at work, with all that it told; stopped after the test. */
export function reflect(
  options: Pick<ReflectorOptions<KubeObject>, 'transport' | 'resource'> &
    Omit<Partial<ReflectorOptions<KubeObject>>, 'cache'> & { readonly cache?: Cache },
  caching: Partial<CacheOptions<KubeObject, never>> = {},
) {
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const cache = options.cache ?? new Cache<KubeObject>({ freeze: true, onError, ...caching });
  const changes: Change<KubeObject>[] = [];
  cache.onChange((change) => changes.push(change));
  const reflector = new Reflector({ clock: systemClock, random: Math.random, onError, ...options, cache });
  reflector.start();
  onTestFinished(() => reflector.stop());
  return { cache, reflector, changes, errors };
}

/**
 * A transport that notes each list and each watch. `deny` may throw instead of it; the first watch breaks with `breaking`.
 */
export function spied(transport: Transport, deny: (call: string) => void = () => undefined, breaking?: AbortSignal) {
  const calls: string[] = [];
  const note = (call: string) => {
    calls.push(call);
    deny(call);
  };
  const spy: Transport = {
    get: (path, options) => transport.get(path, options),
    create: (path, body, options) => transport.create(path, body, options),
    patch: (path, patch, options) => transport.patch(path, patch, options),
    delete: (path, options) => transport.delete(path, options),
    async page(path, options) {
      note(options?.query?.['continue'] === undefined ? 'list' : 'next page');
      return transport.page(path, options);
    },
    async *watch(path, options) {
      note(options?.query?.['sendInitialEvents'] === undefined ? 'watch' : 'watch list');
      const first = calls.length === 1 ? [breaking] : [];
      const signals = [options?.signal, ...first].filter((signal) => signal !== undefined);
      yield* transport.watch(path, { ...options, signal: AbortSignal.any(signals) });
    },
    close: () => transport.close(),
  };
  return { transport: spy, calls };
}
