/**
 * The objects of one plan: as they are now, as they were one revision ago, and as far as a watch has told of them.
 *
 * Times that the API server notes are told in the time of the plan.
 *
 * @module
 */

import { type KubeObject, keyOf, type ObjectMeta } from '../../../src/kube/kube.ts';
import { compareVersions } from '../../../src/kube/version.ts';
import { eventually } from '../../support/eventually.ts';
import { type Collection, collections, type Observatory, type Sighting } from './observatory.ts';
import type { List } from './replica.ts';

/** A revision as {@link Revision} of the recorded histories has it. */
interface Told {
  readonly type: 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  readonly at: number;
}

export class View {
  readonly #trueTime: () => number;
  readonly #births = new Map<string, number>();
  readonly #now = new Map<string, KubeObject>();
  readonly #before = new Map<string, KubeObject | undefined>();
  readonly #watched = new Map<string, Sighting>();
  /** How far each watch has come, and must come. */
  readonly #reached = new Map<Collection, string>();
  readonly #due = new Map<Collection, string>();
  /** UIDs of what was ended by a call and what a watch told to be gone. */
  readonly #leaving = new Set<string>();
  readonly #gone = new Set<string>();
  #pending: Sighting[] = [];
  /** Everything that was told so far. */
  readonly told: Readonly<Record<Collection, Told[]>> = {
    applications: [],
    secrets: [],
    registries: [],
    namespaces: [],
  };
  readonly leave: () => void;

  constructor(observatory: Observatory, name: string, trueTime: () => number) {
    this.#trueTime = trueTime;
    this.leave = observatory.follow(name, (sighting) => this.#see(sighting));
  }

  /** Takes in what a call answered; returned is the object in the time of the plan. */
  answered<T extends KubeObject>(collection: Collection, object: T): T {
    const { resourceVersion, deletionTimestamp, finalizers = [], uid } = object.metadata;
    const shown = this.#inTime(object);
    this.#due.set(collection, newer(this.#due.get(collection) ?? '', resourceVersion));
    // A watch may have told of what came after the answer.
    if (this.#gone.has(uid)) return shown;
    // What holds a namespace stands in its spec.
    const isOver = deletionTimestamp !== undefined && finalizers.length === 0 && collection !== 'namespaces';
    if (isOver) this.ended(collection, uid, keyOf(object));
    else this.#set(collection, keyOf(object), shown);
    return shown;
  }

  /** Takes in that the object was ended by a call. */
  ended(collection: Collection, uid: string, key: string): void {
    if (!this.#gone.has(uid)) this.#leaving.add(uid);
    this.#set(collection, key, undefined);
  }

  /** The object in the time of the plan. */
  shown<T extends KubeObject>(object: T): T {
    return this.#inTime(object);
  }

  get(collection: Collection, key: string): KubeObject | undefined {
    return this.#now.get(`${collection} ${key}`);
  }

  all(collection: Collection): readonly KubeObject[] {
    return [...this.#now].filter(([key]) => key.startsWith(`${collection} `)).map(([, object]) => object);
  }

  /** The object before it last changed; `undefined` where it never did. */
  past(collection: Collection, key: string): { readonly object: KubeObject | undefined } | undefined {
    const place = `${collection} ${key}`;
    return this.#before.has(place) ? { object: this.#before.get(place) } : undefined;
  }

  /** Waits until the watches have told of everything that was answered. */
  async caughtUp(): Promise<void> {
    const isThere = () =>
      this.#leaving.size === 0 &&
      [...this.#due].every(([collection, due]) => compareVersions(this.#reached.get(collection) ?? '', due) >= 0);
    if (!isThere()) await eventually(isThere, 60_000, 1);
  }

  /** What the watches have told since this was last asked. */
  takePending(): readonly Sighting[] {
    const pending = this.#pending;
    this.#pending = [];
    return pending;
  }

  /** What lists would show, as of what the watches have told. */
  lists(): Readonly<Record<Collection, List>> {
    const list = (collection: Collection): List => ({
      objects: [...this.#watched.values()]
        .filter((sighting) => sighting.collection === collection && !sighting.isGone)
        .map(({ object }) => object),
      version: this.#reached.get(collection) ?? '0',
    });
    const [applications, secrets, registries, namespaces] = collections.map(list);
    if (!applications || !secrets || !registries || !namespaces) throw new Error('there are four collections');
    return { applications, secrets, registries, namespaces };
  }

  #see(sighting: Sighting): void {
    const { collection, isGone } = sighting;
    const object = this.#inTime(sighting.object);
    const key = keyOf(object);
    const { uid, resourceVersion } = object.metadata;
    this.#reached.set(collection, newer(this.#reached.get(collection) ?? '', resourceVersion));
    // A namespace goes step by step, as its controller comes to it; what is asked for is its labels.
    if (collection === 'namespaces' && object.metadata.deletionTimestamp !== undefined) return;
    this.told[collection].push({ type: isGone ? 'DELETED' : 'MODIFIED', object, at: this.#trueTime() });
    this.#watched.set(`${collection} ${key}`, { ...sighting, object });
    this.#pending.push({ ...sighting, object });
    if (isGone) {
      this.#gone.add(uid);
      this.#leaving.delete(uid);
    }
    const known = this.get(collection, key);
    const isOlder = known !== undefined && compareVersions(known.metadata.resourceVersion, resourceVersion) > 0;
    if (isOlder || (isGone && known?.metadata.uid !== uid)) return;
    this.#set(collection, key, isGone ? undefined : object);
  }

  #set(collection: Collection, key: string, object: KubeObject | undefined): void {
    const place = `${collection} ${key}`;
    const known = this.#now.get(place);
    if (known?.metadata.resourceVersion !== object?.metadata.resourceVersion) this.#before.set(place, known);
    if (object === undefined) this.#now.delete(place);
    else this.#now.set(place, object);
  }

  /** Born when it was first seen. */
  #inTime<T extends KubeObject>(object: T): T {
    const { uid, deletionTimestamp } = object.metadata;
    const birth = this.#births.get(uid) ?? this.#trueTime();
    this.#births.set(uid, birth);
    const metadata: ObjectMeta = {
      ...object.metadata,
      creationTimestamp: inSeconds(birth),
      ...(deletionTimestamp !== undefined && { deletionTimestamp: inSeconds(this.#trueTime()) }),
    };
    return { ...object, metadata };
  }
}

function newer(a: string, b: string): string {
  return compareVersions(a, b) >= 0 ? a : b;
}

/** As the API server notes times. */
function inSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
