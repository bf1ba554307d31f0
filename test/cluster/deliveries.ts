/**
 * Secrets that the port made on the real API server, and others write to.
 *
 * @module
 */

import type { Resource } from '../../src/core/resource.ts';
import { type SecretManifest, secretLabels, secretMarks } from '../../src/core/secret.ts';
import type { ObservedSecret, OwnerReference } from '../../src/core/state.ts';
import { base64, manifest as manifestOf } from './objects.ts';
import { type Given, type Live, openGiven } from './real.ts';

/** A resource, and the Secret that the port made for it. */
export interface Delivered {
  readonly resource: Resource;
  readonly secret: ObservedSecret;
  manifest(changes?: Partial<SecretManifest>): SecretManifest;
}

export interface Deliveries extends Given {
  /** There really is one: the garbage collector takes references to nothing off. */
  readonly theirOwner: OwnerReference;
  /** Creates a resource, and has the port make its Secret. */
  deliver(name: string): Promise<Delivered>;
  /** Others write to the Secret: metadata, an owner reference, a key, and what `more` says. */
  share(delivered: Delivered, more?: object): Promise<ObservedSecret>;
  /** The Secret as it is, which there must be. */
  secret(name: string): Promise<Live>;
}

/** Everything ends after the file's last test. */
export async function openDeliveries(): Promise<Deliveries> {
  const given = await openGiven();
  const { port } = given;
  const { metadata } = await given.create('configmaps', { metadata: { name: 'owner' } });
  const theirOwner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: metadata.uid };
  return {
    ...given,
    theirOwner,
    deliver: async (name) => {
      const resource = await given.application(name);
      const manifest = manifestFor(resource);
      return { resource, manifest, secret: await port.createSecret(resource, manifest()) };
    },
    share: async ({ resource, secret }, more = {}) => {
      const ownerReferences = [...secret.ownerReferences, theirOwner];
      const metadataOfOthers = { labels: { theirs: 'l' }, annotations: { theirs: 'a' }, ownerReferences };
      const data = { password: base64('p').reveal() };
      await given.patch('secrets', secret.name, { metadata: metadataOfOthers, data, ...more });
      return there(await port.readSecret(resource, secret.name));
    },
    secret: async (name) => there(await given.live('secrets', name)),
  };
}

function manifestFor({ name, uid }: Resource): Delivered['manifest'] {
  return (changes) => {
    const { labels, annotations, ...rest } = manifestOf({ name, ...changes });
    return {
      ...rest,
      labels: { ...labels, [secretLabels.application]: name },
      annotations: { ...annotations, [secretMarks.uid]: uid },
    };
  };
}

function there<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('the Secret is gone');
  return found;
}
