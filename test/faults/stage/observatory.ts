/**
 * Every revision of what plans work on, by one watch for each collection: all plans at a time see the cluster through it.
 *
 * @module
 */

import { applications, namespaces, registries, secrets } from '../../../src/cluster/kinds.ts';
import { systemClock } from '../../../src/kube/clock.ts';
import { type KubeObject, keyOf, type Resource } from '../../../src/kube/kube.ts';
import { Reflector } from '../../../src/kube/reflector.ts';
import type { Transport } from '../../../src/kube/transport.ts';
import { trim } from '../../../src/kube/trim.ts';

export type Collection = 'applications' | 'secrets' | 'registries' | 'namespaces';

export const kindOf: Readonly<Record<Collection, Resource>> = { applications, secrets, registries, namespaces };

export const collections: readonly Collection[] = ['applications', 'secrets', 'registries', 'namespaces'];

/** What a watch told, in its order. */
export interface Sighting {
  readonly collection: Collection;
  /** Whether the object is gone; it is then as it was last. */
  readonly isGone: boolean;
  readonly object: KubeObject;
}

export interface Observatory {
  /** Calls `listener` with each sighting in the namespace, or of the cluster-scoped objects of its name; returned is how to end that. */
  follow(name: string, listener: (sighting: Sighting) => void): () => void;
  close(): Promise<void>;
}

/** Returns once all that is there was seen. */
export async function openObservatory(transport: Transport): Promise<Observatory> {
  const followers = new Map<string, (sighting: Sighting) => void>();
  const tell = (sighting: Sighting) => {
    const { namespace, name } = sighting.object.metadata;
    followers.get(namespace ?? name)?.(sighting);
  };
  const reflectors = collections.map(
    (collection) =>
      new Reflector({
        transport,
        resource: kindOf[collection],
        metadataOnly: collection === 'namespaces',
        cache: sink(collection, tell),
        clock: systemClock,
        random: Math.random,
        onError: () => undefined,
      }),
  );
  for (const reflector of reflectors) reflector.start();
  await Promise.all(reflectors.map(({ synced }) => synced));
  return {
    follow: (name, listener) => {
      followers.set(name, listener);
      return () => followers.delete(name);
    },
    close: async () => {
      await Promise.all(reflectors.map((reflector) => reflector.stop()));
    },
  };
}

/** What a reflector fills in place of a cache: it remembers versions alone, and passes everything on. */
function sink(collection: Collection, tell: (sighting: Sighting) => void) {
  const known = new Map<string, KubeObject>();
  let version = '';
  const put = (object: KubeObject) => {
    known.set(keyOf(object), { metadata: object.metadata });
    tell({ collection, isGone: false, object: trim(object) });
  };
  const remove = (object: KubeObject) => {
    known.delete(keyOf(object));
    tell({ collection, isGone: true, object: trim(object) });
  };
  return {
    versionIn: () => version,
    advance: (to: string) => void (version = to),
    put: (object: KubeObject) => {
      version = object.metadata.resourceVersion;
      put(object);
    },
    remove: (object: KubeObject) => {
      version = object.metadata.resourceVersion;
      remove(object);
    },
    replace: async (objects: readonly KubeObject[], to: string) => {
      const listed = new Set(objects.map(keyOf));
      for (const [key, object] of known) if (!listed.has(key)) remove(object);
      for (const object of objects)
        if (known.get(keyOf(object))?.metadata.resourceVersion !== object.metadata.resourceVersion) put(object);
      version = to;
    },
  };
}
