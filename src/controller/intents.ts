/**
 * What was recorded on resources and is not closed yet: remembered, because whoever replaces a resource by a bare manifest
 * (`kubectl replace`, Argo CD's `Replace=true`) takes our marks off it, and what comes of an attempt would be nobody's.
 *
 * @module
 */

import type { Cluster, Key } from '../cluster/cluster.ts';
import { marks, openOperationOf, type Resource } from '../core/resource.ts';

/** The marks of one resource, as they were written. */
interface Recorded {
  readonly uid: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The same cluster, in which a resource bears the marks of an open intent also after somebody took them off.
 *
 * Its finalizer is not made up: that it is missing is how one sees that the marks must be written again. What is there
 * counts before what is remembered. A process that dies at that moment forgets.
 */
export function rememberingIntents(cluster: Cluster): Cluster {
  const open = new Map<Key, Recorded>();

  return {
    ...cluster,
    read: (key) => {
      const found = cluster.read(key);
      const recorded = open.get(key);
      const marked = found && recorded && withMarks(found, recorded);
      if (marked === undefined) open.delete(key);
      return marked ?? found;
    },
    hold: async (resource, binding, operation) => {
      const held = await cluster.hold(resource, binding, operation);
      const { namespace, name, uid, annotations } = held;
      const ours = Object.entries(annotations).filter(([mark]) => mark === marks.binding || mark === marks.operation);
      open.set(`${namespace}/${name}`, { uid, annotations: Object.fromEntries(ours) });
      return held;
    },
    writeStatus: async (resource, status) => {
      const written = await cluster.writeStatus(resource, status);
      if (openOperationOf(written) === undefined) open.delete(`${written.namespace}/${written.name}`);
      return written;
    },
  };
}

/** The resource as it was when its intent was recorded; `undefined` where that is closed, or of another resource. */
function withMarks(found: Resource, { uid, annotations }: Recorded): Resource | undefined {
  const marked = { ...found, annotations: { ...annotations, ...found.annotations } };
  return found.uid === uid && openOperationOf(marked) !== undefined ? marked : undefined;
}
