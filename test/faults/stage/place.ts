/**
 * Paths of the API server, as what they name.
 *
 * @module
 */

import { type Collection, collections, kindOf } from './observatory.ts';

/** What a path names. */
export interface Place {
  readonly collection: Collection;
  /** As the view knows it. */
  readonly key: string;
}

/** `undefined`: nothing that is looked at. */
export function placeOf(path: string, namespace: string): Place | undefined {
  const [plural, name = ''] = objectIn(path, namespace).split('/');
  const collection = collections.find((each) => kindOf[each].plural === plural);
  if (collection === undefined) return undefined;
  return { collection, key: kindOf[collection].namespaced ? `${namespace}/${name}` : namespace };
}

/** `oauthapplications/shop/status`: the path without what differs from plan to plan. */
export function objectIn(path: string, namespace: string): string {
  const [, root, ...rest] = path.split('/');
  const own = rest.slice(root === 'api' ? 1 : 2).join('/');
  const prefix = `namespaces/${namespace}/`;
  return own.startsWith(prefix) ? own.slice(prefix.length) : own.replace(namespace, 'own');
}
