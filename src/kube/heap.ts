/**
 * A binary heap whose items know their place, so that any of them can be taken out.
 *
 * @module
 */

/** An item may be in one heap at a time. */
export interface Placed {
  /** Kept by the heap. */
  place: number;
}

/** Push and removal take logarithmic time; the first item is at hand. */
export class Heap<T extends Placed> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  /** `before` is a strict order. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  /** All items, in no order that means anything. */
  [Symbol.iterator](): Iterator<T> {
    return this.#items.values();
  }

  push(item: T): void {
    this.#settle(item, this.#items.length);
  }

  /** Takes the first item out. */
  shift(): T | undefined {
    const first = this.first;
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Takes out an item that is in this heap. */
  remove(item: T): void {
    const last = this.#items.pop();
    if (last !== undefined && last !== item) this.#settle(last, item.place);
  }

  clear(): void {
    this.#items.length = 0;
  }

  /** Puts `item` at `place` or where it belongs above or below it. */
  #settle(item: T, place: number): void {
    this.#sink(item, this.#rise(item, place));
  }

  #rise(item: T, from: number): number {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#items[parent];
      if (above === undefined || !this.#before(item, above)) break;
      this.#set(above, place);
      place = parent;
    }
    return place;
  }

  #sink(item: T, from: number): void {
    let place = from;
    for (let child = this.#firstChild(place); child !== undefined; child = this.#firstChild(place)) {
      if (!this.#before(child, item)) break;
      const next = child.place;
      this.#set(child, place);
      place = next;
    }
    this.#set(item, place);
  }

  /** The child of `place` that comes before the other. */
  #firstChild(place: number): T | undefined {
    const left = this.#items[2 * place + 1];
    const right = this.#items[2 * place + 2];
    return left !== undefined && right !== undefined && this.#before(right, left) ? right : left;
  }

  #set(item: T, place: number): void {
    this.#items[place] = item;
    item.place = place;
  }
}
