/**
 * Whether the cluster is one that ramify works with.
 *
 * @module
 */

import type { KubeObject } from '../kube/kube.ts';
import type { Transport } from '../kube/transport.ts';
import type { Logger } from '../log.ts';

/** The first with selectable fields of custom resources for good, and what else our CustomResourceDefinitions say. */
const oldestMinor = 32;

/** The cluster's Kubernetes is older than any that ramify works with. The message names both. */
export class OldClusterError extends Error {
  override readonly name = 'OldClusterError';
}

/** What `/version` answers (`k8s.io/apimachinery/pkg/version`); a provider may write its minor as `32+`. */
interface VersionInfo extends KubeObject {
  readonly major?: string;
  readonly minor?: string;
  readonly gitVersion?: string;
}

/**
 * Asks the API server once for its version. One that does not tell is worked with, and warned of in the log.
 *
 * @throws OldClusterError
 */
export async function checkVersion(transport: Pick<Transport, 'get'>, log: Logger, signal: AbortSignal): Promise<void> {
  const info = await transport.get<VersionInfo>('/version', { signal }).catch(() => undefined);
  const [major, minor] = [info?.major, info?.minor].map((part) => Number.parseInt(part ?? '', 10));
  if (major === undefined || minor === undefined || Number.isNaN(major + minor)) {
    log.warn({ oldest: `1.${oldestMinor}` }, 'the version of Kubernetes is not known');
  } else if (major < 1 || (major === 1 && minor < oldestMinor)) {
    const found = info?.gitVersion ?? `${major}.${minor}`;
    throw new OldClusterError(`the cluster runs Kubernetes ${found}: ramify needs 1.${oldestMinor} or later`);
  }
}
