/** The cache against what a watch, a list and our own writes tell it; S1-S4. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cache, type Change } from '../../src/kube/cache.ts';
import type { KubeObject, ObjectMeta } from '../../src/kube/kube.ts';
import { settled } from './manual-clock.ts';
import { type Thing, thing } from './objects.ts';

function given(...objects: Thing[]) {
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const indexes = {
    colour: ({ spec: { colour } }: Thing) => (colour === undefined ? [] : [colour]),
    tag: ({ spec: { tags = [] } }: Thing) => tags,
  };
  const cache = new Cache<Thing, 'colour' | 'tag'>({ indexes, freeze: true, onError });
  void cache.replace(objects, '100');
  const changes: string[] = [];
  cache.onChange((change) => changes.push(said(change)));
  return { cache, changes, errors };
}

/** `a: 3→5` for an update, with `-` for nothing. */
function said({ key, object, previous, source }: Change<Thing>): string {
  const version = (state?: Thing) => state?.metadata.resourceVersion ?? '-';
  return `${key.split('/')[1]}: ${version(previous)}→${version(object)}${source === 'list' ? ' listed' : ''}`;
}

function names(objects: readonly Thing[]): string[] {
  return objects.map(({ metadata }) => metadata.name).toSorted();
}

describe('S1: what is found', () => {
  test('an object is found by its key and by each of its values', () => {
    const { cache } = given(thing('a', 1, { colour: 'red', tags: ['x', 'y'] }), thing('b', 2, { colour: 'red' }));
    expect(cache.get('ns/a')?.metadata.name).toBe('a');
    expect(names(cache.byIndex('colour', 'red'))).toEqual(['a', 'b']);
    expect(names(cache.byIndex('tag', 'y'))).toEqual(['a']);
    expect(cache.byIndex('tag', 'z')).toEqual([]);
    expect(cache.size).toBe(2);
  });

  const anything = fc
    .record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      version: fc.integer({ min: 1, max: 300 }),
      tags: fc.subarray(['x', 'y', 'z']),
    })
    .map(({ name, version, tags }) => thing(name, version, { tags }));
  const anyStep = fc.oneof(
    fc.record({ put: anything }),
    fc.record({ remove: anything }),
    fc.record({ assume: anything }),
    fc.record({ assumeGone: anything }),
    fc.record({
      replace: fc.uniqueArray(anything, { selector: ({ metadata }) => metadata.name }),
      at: fc.integer({ min: 1, max: 400 }),
    }),
  );

  test('after any sequence, indexes say what a search through all objects says, and listeners could rebuild the cache', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 30 }), (steps) => {
        const { cache } = given();
        const told = new Map<string, Thing>();
        cache.onChange(({ key, object }) => (object === undefined ? told.delete(key) : told.set(key, object)));
        for (const step of steps) {
          if ('put' in step) cache.put(step.put);
          else if ('remove' in step) cache.remove(step.remove);
          else if ('assume' in step) cache.assume(step.assume);
          else if ('assumeGone' in step) cache.assumeGone(step.assumeGone);
          else void cache.replace(step.replace, `${step.at}`);
          for (const tag of ['x', 'y', 'z']) {
            const searched = cache.list().filter(({ spec }) => spec.tags?.includes(tag));
            expect(names(cache.byIndex('tag', tag))).toEqual(names(searched));
          }
          expect(Object.fromEntries(told)).toEqual(
            Object.fromEntries(cache.list().map((o) => [`ns/${o.metadata.name}`, o])),
          );
        }
      }),
    );
  });
});

describe('S2, L12: what is kept', () => {
  test('objects cannot be written to', () => {
    const { cache } = given(thing('a', 1, { tags: ['x'] }));
    expect(Object.isFrozen(cache.get('ns/a')?.spec.tags)).toBe(true);
  });

  test('managedFields and the annotation that repeats the object are left out, and the given object is left alone', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":"hidden"}', kept: 'yes' };
    const meta: Partial<ObjectMeta> & { managedFields: unknown } = { annotations, managedFields: [{ manager: 'm' }] };
    const whole = thing('a', 1, {}, meta);
    const { cache } = given(whole);
    expect(cache.get('ns/a')?.metadata).not.toHaveProperty('managedFields');
    expect(cache.get('ns/a')?.metadata.annotations).toEqual({ kept: 'yes' });
    expect(whole.metadata).toMatchObject(meta);
  });
});

describe('S3: read your writes', () => {
  test('what a write returned is there at once, and its echo is no change', () => {
    const { cache, changes } = given(thing('a', 90));
    cache.assume(thing('a', 101));
    expect(cache.get('ns/a')?.metadata.resourceVersion).toBe('101');
    cache.put(thing('a', 101));
    expect(changes).toEqual(['a: 90→101']);
  });

  test('a late, older event does not overwrite it', () => {
    const { cache, changes } = given(thing('a', 90));
    cache.assume(thing('a', 105));
    cache.put(thing('a', 103));
    cache.remove(thing('a', 104));
    expect(changes).toEqual(['a: 90→105']);
    expect(cache.versionIn()).toBe('104');
  });

  test('what the watch has already told to be gone does not come back', () => {
    const { cache, changes } = given(thing('a', 90));
    cache.remove(thing('a', 102));
    cache.assume(thing('a', 101));
    cache.assume(thing('a', 102));
    expect(cache.get('ns/a')).toBeUndefined();
    expect(changes).toEqual(['a: 102→-']);
  });

  test('what a write ended is gone at once, told once, and its successor stays', () => {
    const { cache, changes } = given(thing('a', 90), thing('b', 91));
    cache.assumeGone(thing('a', 90));
    cache.remove(thing('a', 101));
    cache.put(thing('b', 102, {}, { uid: 'another' }));
    cache.assumeGone(thing('b', 91));
    expect(names(cache.list())).toEqual(['b']);
    expect(changes).toEqual(['a: 90→-', 'b: 91→-', 'b: -→102']);
  });

  test('a list that is older than the write leaves it there', () => {
    const { cache, changes } = given();
    cache.assume(thing('mine', 120));
    void cache.replace([], '110');
    expect(names(cache.list())).toEqual(['mine']);
    void cache.replace([], '130');
    expect(changes).toEqual(['mine: -→120', 'mine: 120→- listed']);
  });
});

describe('S4, L4, L13: what is told', () => {
  test('a recreated object is told as gone, then come', () => {
    const { cache, changes } = given(thing('a', 90));
    cache.put(thing('a', 101, {}, { uid: 'another' }));
    void cache.replace([thing('a', 102, {}, { uid: 'a third' })], '103');
    expect(changes).toEqual(['a: 90→-', 'a: -→101', 'a: 101→- listed', 'a: -→102 listed']);
  });

  test('a list tells only differences', () => {
    const { cache, changes } = given(thing('same', 1), thing('changed', 2), thing('gone', 3));
    void cache.replace([thing('same', 1), thing('changed', 101), thing('new', 102)], '110');
    expect(changes).toEqual(['gone: 3→- listed', 'changed: 2→101 listed', 'new: -→102 listed']);
  });

  test('where versions have gone back, all is as listed', () => {
    const { cache, changes } = given(thing('newer', 90), thing('same', 5), thing('gone', 80));
    cache.assume(thing('lost', 120));
    void cache.replace([thing('newer', 40), thing('same', 5)], '50');
    expect(changes.slice(1).toSorted()).toEqual(['gone: 80→- listed', 'lost: 120→- listed', 'newer: 90→40 listed']);
    expect(cache.versionIn()).toBe('50');
  });

  test('a deleted object is told with its last state', () => {
    const { cache, changes } = given(thing('a', 90));
    cache.remove(thing('a', 101));
    expect(changes).toEqual(['a: 101→-']);
  });

  test('listeners see what goes, then what comes, as it is after the whole of it', async () => {
    const { cache } = given(thing('gone', 1));
    const seen: string[][] = [];
    cache.onChange(() => seen.push(names(cache.list())));
    await cache.replace([thing('a', 101), thing('b', 102)], '110');
    expect(seen).toEqual([[], ['a', 'b'], ['a', 'b']]);
  });
});

describe('a long list', () => {
  const many = Array.from({ length: 450 }, (_, index) => thing(`t${index}`, index + 1));

  test('L1: is taken in part by part, with a turn for others in between, and its version at the end', async () => {
    const { cache } = given();
    const seen: [number, string][] = [];
    const whole = cache.replace(many, '500').then(() => true);
    do seen.push([cache.size, cache.versionIn()]);
    while (!(await Promise.race([whole, settled()])));
    expect(seen).toEqual([
      [200, '100'],
      [400, '100'],
    ]);
    expect([cache.size, cache.versionIn()]).toEqual([450, '500']);
  });

  test('S3: what a write returned meanwhile is there at once, and is gone in the end if it was deleted since', async () => {
    const { cache } = given(thing('mine', 90), thing('gone', 91));
    const whole = cache.replace([...many, thing('mine', 495)], '500');
    cache.assume(thing('mine', 495));
    cache.assume(thing('gone', 496));
    expect([cache.get('ns/mine'), cache.get('ns/gone')]).toMatchObject([
      { metadata: { resourceVersion: '495' } },
      { metadata: { resourceVersion: '496' } },
    ]);
    await whole;
    expect(cache.get('ns/mine')?.metadata.resourceVersion).toBe('495');
    expect(cache.get('ns/gone')).toBeUndefined();
  });
});

describe('L10: listeners', () => {
  test('one that throws disturbs neither the cache nor the others', () => {
    const { cache, errors } = given();
    const boom = new Error('boom');
    cache.onChange(() => {
      throw boom;
    });
    const told: string[] = [];
    cache.onChange(({ key }) => told.push(key));
    cache.put(thing('a', 101));
    expect({ told, errors, size: cache.size }).toEqual({ told: ['ns/a'], errors: [boom], size: 1 });
  });

  test('one that has ended hears no more', () => {
    const { cache } = given();
    const told: string[] = [];
    const end = cache.onChange(({ key }) => told.push(key));
    end();
    cache.put(thing('a', 101));
    expect(told).toEqual([]);
  });
});

describe('several watches that fill one cache, each in a namespace', () => {
  const inside = (namespace: string, name: string, version: number) => thing(name, version, {}, { namespace });

  function twoNamespaces() {
    const scopeOf = ({ metadata }: KubeObject) => metadata.namespace ?? '';
    const cache = new Cache<Thing>({ scopeOf, onError: () => undefined });
    void cache.replace([inside('one', 'a', 10)], '20', 'one');
    void cache.replace([inside('two', 'b', 11)], '30', 'two');
    return cache;
  }

  const keys = (cache: Cache<Thing>) => cache.list().map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

  test('a list of one leaves the others alone', () => {
    const cache = twoNamespaces();
    void cache.replace([], '40', 'one');
    expect(keys(cache)).toEqual(['two/b']);
  });

  test('each goes on from where it has come to', () => {
    const cache = twoNamespaces();
    cache.put(inside('one', 'c', 25));
    cache.advance('35', 'two');
    cache.remove(inside('one', 'c', 26));
    expect([cache.versionIn('one'), cache.versionIn('two'), cache.versionIn('three')]).toEqual(['26', '35', '']);
  });

  test('S3: what a write returned is news to the watch of its own namespace, however far another has come', () => {
    const cache = twoNamespaces();
    cache.assume(inside('one', 'c', 25));
    cache.assume(inside('two', 'd', 25));
    expect(keys(cache)).toEqual(['one/a', 'two/b', 'one/c']);
  });
});
