/**
 * Where a resource lives on the API server.
 *
 * @module
 */

import type { Named, Resource } from './kube.ts';

/** The path of all objects, or of those in one namespace. */
export function collectionPath({ group, version, plural, namespaced }: Resource, namespace?: string): string {
  const root = group === '' ? ['api', version] : ['apis', group, version];
  const scope = namespaced && namespace !== undefined ? ['namespaces', namespace] : [];
  return join([...root, ...scope, plural]);
}

/** The path of one object, or of a subresource of it such as `status`. */
export function objectPath(resource: Resource, { namespace, name }: Named, subresource?: string): string {
  const rest = subresource === undefined ? [name] : [name, subresource];
  return collectionPath(resource, namespace) + join(rest);
}

/** Encoded, so that no name can lead to another path. */
function join(segments: readonly string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}
