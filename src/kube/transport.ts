/**
 * The calls of the API server that are used, and what each promises.
 *
 * Every call fails only with an `ApiError`, or with the `ConnectionError` of a kubeconfig whose credentials cannot be had.
 *
 * @module
 */

import type { KubeObject, WatchEvent } from './kube.ts';

/** What every call may be told. */
export interface CallOptions {
  /** Ends the call early, as an `ApiError` of reason `Aborted`. */
  readonly signal?: AbortSignal | undefined;
}

/** What a read may be told. */
export interface ReadOptions extends CallOptions {
  /** Query parameters as the API server names them. */
  readonly query?: Readonly<Record<string, string>>;
  /** Asks for `PartialObjectMetadata`: the server leaves out everything but `metadata`. */
  readonly metadataOnly?: boolean;
}

/** What a watch may be told. */
export interface WatchOptions extends ReadOptions {
  /** Called once, when the server has accepted the watch; its first event may be long in coming. */
  readonly onOpen?: () => void;
}

/** What a write of an object may be told. */
export interface WriteOptions extends CallOptions {
  /** The server checks all that it would check, answers as it would, and changes nothing. */
  readonly dryRun?: boolean;
}

export interface DeleteOptions extends CallOptions {
  /** Deletes only this very object; another of its name gives 409 `Conflict`. */
  readonly uid?: string;
  /** Deletes only in this state; a newer one gives 409 `Conflict`. */
  readonly resourceVersion?: string;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}

/** One page of a list. */
export interface Page<T extends KubeObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** The `continue` parameter of the next page; absent on the last one. */
  readonly next?: string;
}

/**
 * What is asked of the API server.
 *
 * Paths come from `path.ts`. A call ends within its deadline, 4 seconds unless set otherwise (pages: 30). Reads are tried
 * up to three times where the connection breaks or the server is busy for a second at most (429, 503); writes are never
 * repeated, but for a 401, after which the credentials are refreshed once. Writes name the field manager and refuse
 * unknown fields.
 */
export interface Transport {
  /** The object, or `undefined` where there is none. */
  get<T extends KubeObject = KubeObject>(path: string, options?: ReadOptions): Promise<T | undefined>;

  /** Posts to a collection; 409 `AlreadyExists` if the name is taken. */
  create<T extends KubeObject = KubeObject>(path: string, body: object, options?: WriteOptions): Promise<T>;

  /**
   * Merges into an object or its subresource (RFC 7386: null removes, lists are replaced whole).
   *
   * With `metadata.uid` and `metadata.resourceVersion` in the patch it changes only that object in that state, else 409
   * `Conflict` (the uid alone: 422 `Invalid`); 404 `NotFound` if there is none.
   */
  patch<T extends KubeObject = KubeObject>(path: string, mergePatch: object, options?: WriteOptions): Promise<T>;

  /** Deletes an object; one that is already gone is no error. */
  delete(path: string, options?: DeleteOptions): Promise<void>;

  /** One page of a collection, of at most `query.limit` objects. */
  page<T extends KubeObject = KubeObject>(path: string, options?: ReadOptions): Promise<Page<T>>;

  /**
   * The changes of a collection as they come, until the server ends the stream, which ends the iteration.
   *
   * A break, a silence of more than 90 seconds, an `ERROR` line, an unreadable line and an abort throw an `ApiError`.
   * Nothing is sent before the first step of the iteration, and no connection is left after its end.
   */
  watch<T extends KubeObject = KubeObject>(path: string, options?: WatchOptions): AsyncIterable<WatchEvent<T>>;

  /** Ends every call and every connection. */
  close(): Promise<void>;
}
