/**
 * Objects for the tests of this folder.
 *
 * @module
 */

import type { KubeObject, ObjectMeta } from '../../src/kube/kube.ts';

export interface Thing extends KubeObject {
  readonly spec: { readonly colour?: string; readonly tags?: readonly string[] };
}

/** A thing in namespace `ns`; its uid follows from its name unless given. */
export function thing(name: string, version: number, spec: Thing['spec'] = {}, meta: Partial<ObjectMeta> = {}): Thing {
  return { metadata: { namespace: 'ns', name, uid: `uid-${name}`, resourceVersion: `${version}`, ...meta }, spec };
}
