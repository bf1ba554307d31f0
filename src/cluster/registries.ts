/**
 * The port's half that deals in OAuthRegistries, and in the labels of namespaces by which their rules select.
 *
 * @module
 */

import type { Cache } from '../kube/cache.ts';
import { objectPath } from '../kube/path.ts';
import type { Transport } from '../kube/transport.ts';
import { failed, ignoreAbsence } from './api-errors.ts';
import type { Cluster, RegistryResource } from './cluster.ts';
import * as kinds from './kinds.ts';
import { registryFrom } from './reading.ts';
import * as writing from './writing.ts';

/** Caches of cluster-scoped objects. */
interface ClusterCaches {
  readonly registries: Cache;
  /** Metadata alone. */
  readonly namespaces: Cache;
}

type RegistryDoor = Pick<
  Cluster,
  | 'registry'
  | 'registries'
  | 'writeRegistryStatus'
  | 'holdRegistry'
  | 'releaseRegistry'
  | 'namespaceLabels'
  | 'readNamespaceLabels'
>;

export function openRegistries(transport: Transport, { registries, namespaces }: ClusterCaches): RegistryDoor {
  const pathOf = (registry: RegistryResource, subresource?: string) =>
    objectPath(kinds.registries, registry, subresource);

  async function write(path: string, patch: object): Promise<void> {
    registries.assume(await transport.patch(path, patch).catch(failed));
  }

  function namespaceLabels(name: string) {
    const known = namespaces.get(name);
    return known && (known.metadata.labels ?? {});
  }

  return {
    registry: (name) => {
      const object = registries.get(name);
      return object && registryFrom(object);
    },
    registries: () => registries.list().map(registryFrom),
    writeRegistryStatus: (registry, status) =>
      write(pathOf(registry, 'status'), writing.registryStatusPatch(registry, status)),
    holdRegistry: (registry) => write(pathOf(registry), writing.registryHoldPatch(registry)),
    releaseRegistry: async (registry) => {
      await transport
        .patch(pathOf(registry), writing.registryReleasePatch(registry))
        .catch(ignoreAbsence)
        .catch(failed);
    },
    namespaceLabels,
    readNamespaceLabels: async (name) => {
      const known = namespaceLabels(name);
      if (known !== undefined) return known;
      const path = objectPath(kinds.namespaces, { name });
      const found = await transport.get(path, { metadataOnly: true }).catch(failed);
      return found && (found.metadata.labels ?? {});
    },
  };
}
