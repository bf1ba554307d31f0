/**
 * Opens what all plans share: ways to one API server, and the watches by which they see it.
 *
 * @module
 */

import { findConnection } from '../../src/kube/auth.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { openTransport } from '../../src/kube/http.ts';
import type { ClusterAccess } from '../controlplane/access.ts';
import type { Upstream } from '../faultproxy/proxy.ts';
import { openObservatory } from './stage/observatory.ts';
import type { Grounds } from './stage/stage.ts';

/** Milliseconds for one call: no fault but those that are planned may come of a machine that is busy. */
const deadline = 60_000;

export async function openGrounds(
  access: Upstream & Pick<ClusterAccess, 'kubeconfig'>,
): Promise<Grounds & { close(): Promise<void> }> {
  const connection = await findConnection({ kubeconfig: access.kubeconfig, env: {}, clock: systemClock });
  const transportOf = (name: string) => openTransport({ connection, fieldManager: name, userAgent: name, deadline });
  const [inside, outside] = [transportOf('ramify'), transportOf('team')];
  const observatory = await openObservatory(outside);
  return {
    access,
    inside,
    outside,
    observatory,
    close: async () => {
      await observatory.close();
      await Promise.all([inside.close(), outside.close()]);
    },
  };
}
