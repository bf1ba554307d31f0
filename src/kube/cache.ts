/**
 * What is known of a collection: objects by key and by index, as fresh as the watch and our own writes.
 *
 * @module
 */

import { setImmediate } from 'node:timers/promises';
import { KeyIndex } from './indexes.ts';
import { type KubeObject, keyOf } from './kube.ts';
import { freeze, trim } from './trim.ts';
import { compareVersions } from './version.ts';

/** One difference. A recreated object (another uid) gives two: its predecessor goes, then it comes. */
export interface Change<T extends KubeObject> {
  readonly key: string;
  /** Absent: deleted. */
  readonly object?: T | undefined;
  /** Absent: added. Where the object was deleted, its last state. */
  readonly previous?: T | undefined;
  readonly source: Source;
}

/** Who says so: a watch; a list, for which nobody waits; a write of ours, whose maker knows. */
export type Source = 'watch' | 'list' | 'write';

export interface CacheOptions<T extends KubeObject, Index extends string> {
  /** The values under which an object is found, by the index's name. */
  readonly indexes?: Readonly<Record<Index, (object: T) => readonly string[]>>;
  /**
   * Which watch tells of an object where several fill the cache, none of them what another does; its namespace, say. Each
   * has come to a version of its own. By default one watch tells of everything: {@link everything}.
   */
  readonly scopeOf?: ((object: KubeObject) => string) | undefined;
  /** Freezes objects to the bottom, so that writing to one throws; for tests. */
  readonly freeze?: boolean;
  /** Told what a listener threw. */
  readonly onError: (error: unknown) => void;
}

/** The scope of a watch that tells of a whole collection. */
export const everything = '';

/** Objects of a list that are taken in, and told, in one go: some milliseconds. */
const partSize = 200;

/**
 * Objects are shared, never copied: they must not be written to. `managedFields` and kubectl's last-applied annotation are
 * left out.
 *
 * A listener sees the cache as it is after all changes of one call, or of one part of a list.
 */
export class Cache<T extends KubeObject = KubeObject, Index extends string = never> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: ReadonlyMap<string, KeyIndex<T>>;
  readonly #listeners = new Set<(change: Change<T>) => void>();
  readonly #options: CacheOptions<T, Index>;
  readonly #versions = new Map<string, string>();
  readonly #scopeOf: (object: KubeObject) => string;

  constructor(options: CacheOptions<T, Index>) {
    this.#options = options;
    this.#scopeOf = options.scopeOf ?? (() => everything);
    const indexes = Object.entries<(object: T) => readonly string[]>(options.indexes ?? {});
    this.#indexes = new Map(indexes.map(([name, valuesOf]) => [name, new KeyIndex(valuesOf)]));
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  byIndex(index: Index, value: string): readonly T[] {
    const found: T[] = [];
    for (const key of this.#indexes.get(index)?.keys(value) ?? []) {
      const object = this.#objects.get(key);
      if (object !== undefined) found.push(object);
    }
    return found;
  }

  list(): readonly T[] {
    return [...this.#objects.values()];
  }

  get size(): number {
    return this.#objects.size;
  }

  /** How far the watch of that scope has come; empty before the first list. */
  versionIn(scope = everything): string {
    return this.#versions.get(scope) ?? '';
  }

  /** Calls `listener` after each change, in order; returned is how to end that. A listener that throws disturbs nobody. */
  onChange(listener: (change: Change<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Takes in what a write of ours returned, so that the next read sees it before the watch tells it.
   *
   * It enters only if it is newer than what is here and newer than how far the watch has come: what the watch has passed
   * and is not here was deleted since.
   */
  assume(object: T): void {
    if (compareVersions(versionOf(object), this.versionIn(this.#scopeOf(object))) <= 0) return;
    if (this.#isNews(object)) this.#tell(this.#set(keyOf(object), object, 'write'));
  }

  /**
   * Takes in that a write of ours ended the object, such as the one that took its last finalizer off: the next read no
   * longer sees it. Its successor of the same name stays.
   */
  assumeGone(object: T): void {
    const key = keyOf(object);
    if (this.#objects.get(key)?.metadata.uid === object.metadata.uid) this.#tell(this.#set(key, undefined, 'write'));
  }

  /** The watch says that the object is now so. An older state than the one here is passed over. */
  put(object: T): void {
    this.advance(versionOf(object), this.#scopeOf(object));
    if (this.#isNews(object)) this.#tell(this.#set(keyOf(object), object, 'watch'));
  }

  /** The watch says that the object, last seen so, is gone. A newer one of its name stays. */
  remove(object: T): void {
    this.advance(versionOf(object), this.#scopeOf(object));
    const key = keyOf(object);
    const known = this.#objects.get(key);
    if (known === undefined || compareVersions(versionOf(known), versionOf(object)) > 0) return;
    this.#store(key, undefined);
    this.#tell([{ key, previous: this.#kept(object), source: 'watch' }]);
  }

  /** The watch of that scope has come to this version. */
  advance(resourceVersion: string, scope = everything): void {
    this.#versions.set(scope, resourceVersion);
  }

  /**
   * A list says that in that scope there is exactly this at that version: tells only the differences.
   *
   * A short one is there at once. A long one is taken in part by part, and others have their turn in between: until the
   * end they see what a watch that lags would show.
   *
   * What we wrote after that version stays, unless versions have gone back (a restored etcd): then all is as listed.
   */
  async replace(objects: readonly T[], resourceVersion: string, scope = everything): Promise<void> {
    const wentBack = compareVersions(resourceVersion, this.versionIn(scope)) < 0;
    const listed = new Set(objects.map(keyOf));
    const isGone = (key: string, object: T) =>
      !listed.has(key) &&
      this.#scopeOf(object) === scope &&
      (wentBack || compareVersions(versionOf(object), resourceVersion) <= 0);
    // What goes makes room for what comes.
    this.#drop(isGone);
    for (let from = 0; from < objects.length; from += partSize) {
      if (from > 0) await setImmediate();
      const part = objects.slice(from, from + partSize);
      const news = part.filter((object) => (wentBack ? this.#isOther(object) : this.#isNews(object)));
      this.#tell(news.flatMap((object) => this.#set(keyOf(object), object, 'list')));
    }
    this.advance(resourceVersion, scope);
    // A late answer to a write of ours may have brought back meanwhile what was deleted since.
    this.#drop(isGone);
  }

  #drop(isGone: (key: string, object: T) => boolean): void {
    const gone = [...this.#objects].filter(([key, object]) => isGone(key, object));
    this.#tell(gone.flatMap(([key]) => this.#set(key, undefined, 'list')));
  }

  #isNews(object: T): boolean {
    const known = this.#objects.get(keyOf(object));
    return known === undefined || compareVersions(versionOf(object), versionOf(known)) > 0;
  }

  #isOther(object: T): boolean {
    const known = this.#objects.get(keyOf(object))?.metadata;
    return known?.resourceVersion !== versionOf(object) || known.uid !== object.metadata.uid;
  }

  /** Sets or removes an object; returned is what that changed. */
  #set(key: string, given: T | undefined, source: Source): Change<T>[] {
    const previous = this.#objects.get(key);
    const object = given && this.#kept(given);
    this.#store(key, object);
    if (previous !== undefined && object !== undefined && previous.metadata.uid !== object.metadata.uid) {
      return [
        { key, previous, source },
        { key, object, source },
      ];
    }
    return [{ key, object, previous, source }];
  }

  #kept(object: T): T {
    const kept = trim(object);
    return this.#options.freeze === true ? freeze(kept) : kept;
  }

  #store(key: string, object: T | undefined): void {
    for (const index of this.#indexes.values()) index.update(key, this.#objects.get(key), object);
    if (object === undefined) this.#objects.delete(key);
    else this.#objects.set(key, object);
  }

  #tell(changes: readonly Change<T>[]): void {
    for (const change of changes) for (const listener of this.#listeners) this.#call(listener, change);
  }

  #call(listener: (change: Change<T>) => void, change: Change<T>): void {
    try {
      listener(change);
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

function versionOf({ metadata }: KubeObject): string {
  return metadata.resourceVersion;
}
