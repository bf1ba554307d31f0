/**
 * The way of one controller to the API server, at which calls are counted and meet faults.
 *
 * @module
 */

import { unreadable } from '../../../src/kube/answer.ts';
import { ApiError } from '../../../src/kube/error.ts';
import type { KubeObject } from '../../../src/kube/kube.ts';
import type { ReadOptions, Transport, WriteOptions } from '../../../src/kube/transport.ts';
import type { Failures, Kind, Site } from './injector.ts';
import { objectIn, placeOf } from './place.ts';
import type { View } from './view.ts';

/** The calls that are made on behalf of a plan; watches are the observatory's. */
export type Api = Pick<Transport, 'get' | 'create' | 'patch' | 'delete'>;

export interface ApiDoorOptions {
  readonly api: Api;
  /** The plan's namespace, whose name is also that of its OAuthRegistry. */
  readonly namespace: string;
  readonly isLeading: () => boolean;
  readonly view: View;
  readonly meet: <T>(site: Site<T>) => Promise<T>;
}

export function apiDoor({ api, namespace, isLeading, view, meet }: ApiDoorOptions): Api {
  const calling = <T>(kind: Pick<Kind, 'verb' | 'isWrite'>, path: string, send: () => Promise<T>, past?: () => T) => {
    const perform = async () => {
      if (kind.isWrite && !isLeading()) throw notLeading(path);
      return send();
    };
    const object = objectIn(path, namespace);
    const hasPast = past !== undefined;
    return meet<T>({ ...kind, side: 'cluster', object, hasPast, perform, send, past, failures: failuresOf(path) });
  };
  return {
    get: <T extends KubeObject>(path: string, options?: ReadOptions) => {
      const place = placeOf(path, namespace);
      const known = place && view.past(place.collection, place.key);
      // What was there is an object of the kind that the path names, as the answer would be.
      const past = known && (() => known.object as T | undefined);
      return calling({ verb: 'get', isWrite: false }, path, () => api.get<T>(path, options), past);
    },
    create: <T extends KubeObject>(path: string, body: object, options?: WriteOptions) =>
      calling({ verb: 'create', isWrite: true }, path, () => api.create<T>(path, body, options)),
    patch: <T extends KubeObject>(path: string, patch: object, options?: WriteOptions) =>
      calling({ verb: 'patch', isWrite: true }, path, () => api.patch<T>(path, patch, options)),
    delete: (path, options) => calling({ verb: 'delete', isWrite: true }, path, () => api.delete(path, options)),
  };
}

function notLeading(path: string): ApiError {
  return new ApiError(`${path}: not leading`, { status: 0, reason: 'NotLeading' });
}

function failuresOf(path: string): Failures {
  const error = (status: number, reason: string, retryAfterSeconds?: number) =>
    new ApiError(`${path}: ${reason}, says the fault`, { status, reason, retryAfterSeconds });
  return {
    unanswered: () => error(0, 'Unreachable'),
    unreadable: () => unreadable(path),
    throttled: (afterSeconds) => error(429, 'TooManyRequests', afterSeconds),
    denied: () => error(403, 'Forbidden'),
    conflict: () => error(409, 'Conflict'),
  };
}
