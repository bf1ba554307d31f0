/**
 * What is read of the cluster: some collections whole, or of some namespaces alone.
 *
 * @module
 */

import * as kinds from '../cluster/kinds.ts';
import type { Caches } from '../cluster/kubernetes.ts';
import { manager, secretLabels } from '../core/secret.ts';
import type { Resource as Kind } from '../kube/kube.ts';
import { collectionPath } from '../kube/path.ts';
import type { Transport } from '../kube/transport.ts';

/** The namespaces that the controller is for; by default all. */
export type Namespaces = readonly string[] | undefined;

/** What one watch tells of. */
interface Collection {
  /** The cache that it fills. */
  readonly cache: keyof Caches;
  readonly resource: Kind;
  readonly namespace?: string | undefined;
  /** The part of the cache that it fills. */
  readonly scope?: string | undefined;
  readonly metadataOnly?: boolean;
  readonly labelSelector?: string;
  readonly fieldSelector?: string | undefined;
}

/**
 * Secrets are watched by our label, as metadata only.
 *
 * Of chosen namespaces what is in them is asked for by its namespace, so that a Role in each is enough; the namespaces
 * themselves by name, which a ClusterRole may narrow by `resourceNames`.
 */
export function collectionsOf(namespaces: Namespaces): readonly Collection[] {
  const scopes = namespaces ?? [undefined];
  const labelSelector = `${secretLabels.managedBy}=${manager}`;
  const inEach = (collection: Collection) => scopes.map((scope) => ({ ...collection, namespace: scope, scope }));
  const each = (collection: Collection) =>
    scopes.map((scope) => ({ ...collection, scope, fieldSelector: scope && `metadata.name=${scope}` }));
  return [
    ...inEach({ cache: 'applications', resource: kinds.applications }),
    { cache: 'registries', resource: kinds.registries },
    ...inEach({ cache: 'secrets', resource: kinds.secrets, metadataOnly: true, labelSelector }),
    ...each({ cache: 'namespaces', resource: kinds.namespaces, metadataOnly: true }),
  ];
}

/**
 * What a newcomer may have forgotten is said at once: it would otherwise be retried in silence.
 *
 * @throws ApiError of the first collection that cannot be listed
 */
export async function checkAccess(transport: Transport, namespaces: Namespaces, signal: AbortSignal): Promise<void> {
  for (const { resource, namespace, fieldSelector } of collectionsOf(namespaces)) {
    const query = { limit: '1', ...(fieldSelector === undefined ? {} : { fieldSelector }) };
    await transport.page(collectionPath(resource, namespace), { query, metadataOnly: true, signal });
  }
}
