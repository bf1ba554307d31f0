/**
 * A way to the API server on which every answer is taken note of, and every write is looked into.
 *
 * @module
 */

import type { KubeObject } from '../../../src/kube/kube.ts';
import type { WriteOptions } from '../../../src/kube/transport.ts';
import type { Api } from './api-door.ts';
import { objectIn, placeOf } from './place.ts';
import type { View } from './view.ts';
import type { Watchman, Writer } from './watchman.ts';

interface Witnesses {
  readonly by: Writer;
  readonly namespace: string;
  readonly view: View;
  readonly watchman: Watchman;
}

export function witnessed(api: Api, { by, namespace, view, watchman }: Witnesses): Api {
  const wrote = async <T extends KubeObject>(
    verb: 'create' | 'patch',
    path: string,
    body: object,
    options: WriteOptions | undefined,
  ) => {
    // What is only tried changes nothing.
    if (options?.dryRun === true) return api[verb]<T>(path, body, options);
    const place = placeOf(path, namespace);
    const before = place && view.get(place.collection, place.key);
    const answer = await api[verb]<T>(path, body, options);
    if (place === undefined) return answer;
    const shown = view.answered(place.collection, answer);
    await watchman.wrote({ by, verb, object: objectIn(path, namespace), body, before });
    return shown;
  };
  return {
    get: async <T extends KubeObject>(path: string, options = {}) => {
      const found = await api.get<T>(path, options);
      return found && view.shown(found);
    },
    create: (path, body, options) => wrote('create', path, body, options),
    patch: (path, patch, options) => wrote('patch', path, patch, options),
    delete: async (path, options) => {
      const place = placeOf(path, namespace);
      const before = place && view.get(place.collection, place.key);
      await api.delete(path, options);
      if (place === undefined || before === undefined) return;
      const left = await api.get(path);
      if (left?.metadata.uid === before.metadata.uid) view.answered(place.collection, left);
      else view.ended(place.collection, before.metadata.uid, place.key);
      await watchman.wrote({ by, verb: 'delete', object: objectIn(path, namespace), body: options, before });
    },
  };
}
