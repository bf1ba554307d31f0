/**
 * What kubectl's, Argo CD's and Flux's library makes of a status, as its documentation says
 * (https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md): our own reading, to judge ours by.
 *
 * @module
 */

import { type ApplicationObject, condition } from './tenant.ts';

export type KStatus = 'Terminating' | 'InProgress' | 'Failed' | 'Current';

/** How tools see the resource; without a condition that says otherwise it is taken for done. */
export function kstatus(object: ApplicationObject): KStatus {
  const { deletionTimestamp, generation } = object.metadata;
  const isTrue = (type: string) => condition(object, type)?.status === 'True';
  const ready = condition(object, 'Ready');
  if (deletionTimestamp !== undefined) return 'Terminating';
  if (object.status.observedGeneration !== undefined && object.status.observedGeneration !== generation)
    return 'InProgress';
  if (isTrue('Stalled')) return 'Failed';
  if (isTrue('Reconciling') || (ready !== undefined && ready.status !== 'True')) return 'InProgress';
  return 'Current';
}
