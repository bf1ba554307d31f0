/**
 * The port's half that deals in Secrets.
 *
 * Secrets are watched as metadata only, by our label; values are read one by one, and none stays in memory.
 *
 * @module
 */

import type { Resource } from '../core/resource.ts';
import { type SecretManifest, secretLabels } from '../core/secret.ts';
import type { ObservedSecret, SecretMetadata } from '../core/state.ts';
import type { Cache } from '../kube/cache.ts';
import type { KubeObject } from '../kube/kube.ts';
import { collectionPath, objectPath } from '../kube/path.ts';
import type { Transport, WriteOptions } from '../kube/transport.ts';
import { failed, ignoreAbsence, refused } from './api-errors.ts';
import type { Cluster } from './cluster.ts';
import * as kinds from './kinds.ts';
import { type SecretObject, secretFrom, secretMetadataFrom } from './reading.ts';
import * as writing from './writing.ts';

/** Metadata of the Secrets with our label. Index `application`: the key of the resource that the label names. */
export type SecretCache = Cache<KubeObject, 'application'>;

type SecretDoor = Pick<
  Cluster,
  | 'secrets'
  | 'readSecret'
  | 'createSecret'
  | 'trySecret'
  | 'patchSecret'
  | 'replaceSecret'
  | 'retireSecret'
  | 'disownSecret'
  | 'deleteSecret'
>;

/** The resource that a Secret's label names, as `namespace/name`. */
export function applicationKeyOf({ metadata }: KubeObject): string | undefined {
  const name = metadata.labels?.[secretLabels.application];
  return name === undefined ? undefined : `${metadata.namespace}/${name}`;
}

export function openSecrets(transport: Transport, cache: SecretCache): SecretDoor {
  const pathOf = ({ namespace }: Resource, name: string) => objectPath(kinds.secrets, { namespace, name });

  function keep(written: SecretObject): ObservedSecret {
    cache.assume({ metadata: written.metadata });
    return secretFrom(written);
  }

  function post({ namespace }: Resource, body: object, options?: WriteOptions): Promise<SecretObject> {
    return transport.create<SecretObject>(collectionPath(kinds.secrets, namespace), body, options).catch(refused);
  }

  function change(resource: Resource, secret: SecretMetadata, manifest: SecretManifest, options?: WriteOptions) {
    const patch = writing.secretPatch(resource, secret, manifest);
    return transport.patch<SecretObject>(pathOf(resource, secret.name), patch, options).catch(refused);
  }

  async function patchIfThere(path: string, patch: object): Promise<void> {
    await transport.patch(path, patch).catch(ignoreAbsence).catch(refused);
  }

  return {
    secrets: ({ namespace, name }) => cache.byIndex('application', `${namespace}/${name}`).map(secretMetadataFrom),
    readSecret: async (resource, name) => {
      const found = await transport.get<SecretObject>(pathOf(resource, name)).catch(failed);
      return found && secretFrom(found);
    },
    createSecret: async (resource, manifest) => keep(await post(resource, writing.secretObject(resource, manifest))),
    trySecret: async (resource, secret, manifest) => {
      const options = { dryRun: true };
      if (secret) await change(resource, secret, manifest, options);
      else await post(resource, writing.secretObject(resource, manifest), options);
    },
    patchSecret: async (resource, secret, manifest) => keep(await change(resource, secret, manifest)),
    replaceSecret: async (resource, secret, manifest) => {
      await transport.delete(pathOf(resource, secret.name), secret).catch(refused);
      const foreign = writing.foreignContent(resource, secret);
      return keep(await post(resource, writing.secretObject(resource, manifest, foreign)));
    },
    retireSecret: async (resource, secret) => {
      const path = pathOf(resource, secret.name);
      const hasForeignKeys = writing.hasForeignKeys(secret);
      if (hasForeignKeys && !secret.immutable) return patchIfThere(path, writing.retirementPatch(resource, secret));
      await transport.delete(path, secret).catch(refused);
      if (!hasForeignKeys) return;
      // A cluster may let us create no Secret but one of ours, and give up only such a one.
      const remaining = secretFrom(await post(resource, writing.remainingSecretObject(resource, secret)));
      await patchIfThere(path, writing.retirementPatch(resource, remaining));
    },
    disownSecret: (resource, secret) =>
      patchIfThere(pathOf(resource, secret.name), writing.disownPatch(resource, secret)),
    deleteSecret: (resource, secret) => transport.delete(pathOf(resource, secret.name), secret).catch(refused),
  };
}
