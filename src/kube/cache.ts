/**
 * What is known of a collection: objects by key and by index, as fresh as the watch and our own writes.
 *
 * @module
 */

import type { KubeObject } from './kube.ts';

/** One difference. A recreated object (another uid) gives two: its predecessor goes, then it comes. */
export interface Change<T extends KubeObject> {
  readonly key: string;
  /** Absent: deleted. */
  readonly object?: T;
  /** Absent: added. Where the object was deleted, its last state. */
  readonly previous?: T;
  /** Found by a list rather than told by a watch or made by us: nobody waits for it. */
  readonly listed: boolean;
}

export interface CacheOptions<T extends KubeObject, Index extends string> {
  /** The values under which an object is found, by index. */
  readonly indexes?: Readonly<Record<Index, (object: T) => readonly string[]>>;
  /** Freezes objects to the bottom, so that writing to one throws; for tests. */
  readonly freeze?: boolean;
  /** Told what a listener threw. */
  readonly onError: (error: unknown) => void;
}

/**
 * Objects are shared, never copied: they must not be written to. `managedFields` and kubectl's last-applied annotation,
 * which repeats the object (of a Secret, its values), are left out.
 */
export declare class Cache<T extends KubeObject = KubeObject, Index extends string = never> {
  constructor(options: CacheOptions<T, Index>);

  get(key: string): T | undefined;
  byIndex(index: Index, value: string): readonly T[];
  list(): readonly T[];
  get size(): number;

  /** How far the watch has come; empty before the first list. */
  get resourceVersion(): string;

  /**
   * Takes in what a write of ours returned, so that the next read sees it before the watch tells it.
   *
   * It enters only if it is newer than what is here and newer than how far the watch has come: what the watch has passed
   * and is not here was deleted since.
   */
  assume(object: T): void;

  /** Calls `listener` after each change, in order; returned is how to end that. A listener that throws disturbs nobody. */
  onChange(listener: (change: Change<T>) => void): () => void;

  /** The watch says that the object is now so. An older state than the one here is passed over. */
  put(object: T): void;
  /** The watch says that the object, last seen so, is gone. */
  remove(object: T): void;
  /** The watch has come to this version, and nothing else changed. */
  advance(resourceVersion: string): void;
  /**
   * A list says that there is exactly this at that version: tells only the differences.
   *
   * What we wrote after that version stays, unless versions have gone back (a restored etcd): then all is as listed.
   */
  replace(objects: readonly T[], resourceVersion: string): void;
}
