/**
 * The one control plane that all integration tests share: started before the first, ended after the last.
 *
 * `USE_EXISTING_CLUSTER=true` runs the same tests against the current kubeconfig instead.
 *
 * @module
 */
import type { TestProject } from 'vitest/node';
import { type ClusterAccess, existingCluster } from './access.ts';
import { startControlPlane } from './controlplane.ts';
import { ownCRDs } from './crds.ts';

declare module 'vitest' {
  interface ProvidedContext {
    cluster: ClusterAccess;
  }
}

/** Vitest's global set-up of the integration project; what it returns is called at the end. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (process.env['USE_EXISTING_CLUSTER'] === 'true') {
    project.provide('cluster', await existingCluster());
    return undefined;
  }
  const { stop, servers: _servers, ...access } = await startControlPlane({ crds: ownCRDs(), auditLog: 'Metadata' });
  project.provide('cluster', access);
  return stop;
}
