/**
 * What is written of a Secret: ours is set and taken away, what is foreign stays.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import {
  disownPatch,
  foreignContent,
  hasForeignKeys,
  remainingSecretObject,
  retirementPatch,
  secretObject,
  secretPatch,
} from '../../src/cluster/writing.ts';
import { secretLabels, secretMarks } from '../../src/core/secret.ts';
import type { OwnerReference } from '../../src/core/state.ts';
import { owner, resource, secret, uid } from '../support/builders.ts';
import { base64, manifest } from './objects.ts';

const ours = { ...owner(uid), blockOwnerDeletion: false };
const theirs: OwnerReference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'other', uid: 'other-uid' };

/** As `manifest` wrote it, and others added to it. */
const shared = secret({
  ...manifest(),
  resourceVersion: '9',
  labels: { ...manifest().labels, theirs: 'l' },
  annotations: { ...manifest().annotations, theirs: 'a' },
  ownerReferences: [theirs, ours],
  data: { ...manifest().data, password: base64('p') },
});

/** What a JSON merge patch (RFC 7386) makes of a string map. */
function merged(map: object, patch: object): object {
  const entries = Object.entries({ ...map, ...patch });
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

interface Patch {
  readonly metadata: { readonly labels: object; readonly annotations: object; readonly ownerReferences: unknown };
  readonly data: object;
}

/** What the patch makes of `shared`. */
function patched(patch: object) {
  const { metadata, data } = patch as Patch;
  return {
    labels: merged(shared.labels, metadata.labels),
    annotations: merged(shared.annotations, metadata.annotations),
    ownerReferences: metadata.ownerReferences,
    keys: Object.keys(merged(shared.data, data)).toSorted(),
  };
}

describe('a new Secret', () => {
  test('is Opaque, owned, and holds what the manifest says', () => {
    expect(secretObject(resource(), manifest())).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: {
        name: 'shop',
        namespace: 'team-a',
        labels: manifest().labels,
        annotations: manifest().annotations,
        ownerReferences: [ours],
      },
      data: { client_id: Buffer.from('client-1').toString('base64') },
    });
  });

  test('that is to stay behind has no owner', () => {
    const body = secretObject(resource(), manifest({ owned: false }));
    expect(body).toMatchObject({ metadata: { ownerReferences: [] } });
  });
});

describe('a changed Secret', () => {
  const change = (changes: Parameters<typeof manifest>[0]) => secretPatch(resource(), shared, manifest(changes));

  test('is changed only in the state that was seen', () => {
    expect(change({})).toMatchObject({ metadata: { uid: 'secret-uid', resourceVersion: '9' } });
  });

  test('keeps what is foreign, and is as before where nothing changed', () => {
    const { labels, annotations } = shared;
    const expected = { labels, annotations, ownerReferences: [theirs, ours], keys: ['client_id', 'password'] };
    expect(patched(change({}))).toEqual(expected);
  });

  test('loses a key that has another name now', () => {
    const { keys } = patched(change({ data: { CLIENT_ID: base64('client-1') } }));
    expect(keys).toEqual(['CLIENT_ID', 'password']);
  });

  test('loses labels and annotations that the spec no longer has', () => {
    const { team: _team, ...labels } = manifest().labels;
    const { note: _note, ...annotations } = manifest().annotations;
    const after = patched(change({ labels, annotations }));
    expect(after.labels).toEqual({ ...labels, theirs: 'l' });
    expect(after.annotations).toEqual({ ...annotations, theirs: 'a' });
  });

  test('loses the mark of a client secret that it no longer holds', () => {
    const { [secretMarks.clientSecretID]: _id, ...annotations } = manifest().annotations;
    expect(patched(change({ annotations })).annotations).not.toHaveProperty(secretMarks.clientSecretID);
  });

  test('is owned once, or not at all', () => {
    const again = { ...shared, ownerReferences: [ours, theirs, ours] };
    expect(secretPatch(resource(), again, manifest())).toMatchObject({ metadata: { ownerReferences: [theirs, ours] } });
    expect(patched(change({ owned: false })).ownerReferences).toEqual([theirs]);
  });

  test('loses the owner of an earlier life, which our mark names', () => {
    const before = { ...owner('earlier'), blockOwnerDeletion: false };
    const annotations = { ...shared.annotations, [secretMarks.uid]: 'earlier' };
    const { metadata } = secretPatch(
      resource(),
      { ...shared, annotations, ownerReferences: [theirs, before] },
      manifest(),
    ) as unknown as Patch;
    expect(metadata.ownerReferences).toEqual([theirs, ours]);
  });

  test('keeps a foreign label that is called as an annotation of ours, and the other way round', () => {
    const labels = { ...shared.labels, note: 'theirs' };
    const annotations = { ...shared.annotations, team: 'theirs' };
    const { metadata } = secretPatch(resource(), { ...shared, labels, annotations }, manifest()) as unknown as Patch;
    expect(metadata.labels).not.toHaveProperty('note');
    expect(metadata.annotations).not.toHaveProperty('team');
  });

  test('a label named like a member of every object is no label of ours', () => {
    const odd = { ...shared, annotations: { ...shared.annotations, [secretMarks.labels]: 'constructor,team' } };
    const { metadata } = secretPatch(resource(), odd, manifest({ labels: {} })) as unknown as Patch;
    expect(Object.keys(metadata.labels)).not.toContain('constructor');
    expect(metadata.labels).toMatchObject({ team: null });
  });
});

describe('a Secret made anew because it is immutable', () => {
  const renewed = (changes: Parameters<typeof manifest>[0]) =>
    secretObject(resource(), manifest(changes), foreignContent(resource(), shared));

  test('carries over what was foreign and nothing else', () => {
    const data = { CLIENT_ID: base64('client-1') };
    const body = renewed({ labels: { one: '1' }, annotations: { two: '2' }, data, owned: false });
    expect(body).toMatchObject({
      metadata: {
        labels: { one: '1', theirs: 'l' },
        annotations: { two: '2', theirs: 'a' },
        ownerReferences: [theirs],
      },
    });
    expect(Object.keys((body as unknown as Patch).data).toSorted()).toEqual(['CLIENT_ID', 'password']);
    expect(body).not.toHaveProperty('immutable');
  });

  test('is owned again', () => {
    expect(renewed({})).toMatchObject({ metadata: { ownerReferences: [theirs, ours] } });
  });

  test('holds our value where somebody else wrote a key of that name', () => {
    const unmarked = { ...shared, annotations: {}, data: { client_id: base64('theirs') } };
    const body = secretObject(resource(), manifest(), foreignContent(resource(), unmarked));
    expect(body).toMatchObject({ data: { client_id: base64('client-1').reveal() } });
  });
});

describe('a retired Secret', () => {
  const foreign = { labels: { theirs: 'l' }, annotations: { theirs: 'a' }, ownerReferences: [theirs] };

  test('loses our keys, marks, labels and owner reference', () => {
    expect(patched(retirementPatch(resource(), shared))).toEqual({ ...foreign, keys: ['password'] });
  });

  test('that is immutable is made anew with what was foreign, stays immutable, and is ours to give up', () => {
    const { labels, annotations, ownerReferences } = foreign;
    const labelled = { 'app.kubernetes.io/managed-by': 'ramify', 'ramify.dev/application': resource().name };
    expect(remainingSecretObject(resource(), { ...shared, immutable: true })).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      immutable: true,
      metadata: {
        name: 'shop',
        namespace: 'team-a',
        labels: { ...labels, ...labelled },
        annotations: { ...annotations, 'ramify.dev/application-uid': resource().uid },
        ownerReferences,
      },
      data: { password: base64('p').reveal() },
    });
  });

  test.each([
    ['only keys of ours', { client_id: base64('x') }, false],
    ['no keys', {}, false],
    ['a key of others', { client_id: base64('x'), password: base64('p') }, true],
  ])('with %s: is something of others in it?', (_what, data, expected) => {
    expect(hasForeignKeys({ ...shared, data })).toBe(expected);
  });

  test('without the list of our keys is all foreign', () => {
    expect(hasForeignKeys({ ...shared, annotations: {} })).toBe(true);
  });
});

test('disowning takes our owner reference off and says nothing of anything else', () => {
  expect(disownPatch(resource(), shared)).toEqual({
    metadata: { uid: 'secret-uid', resourceVersion: '9', ownerReferences: [theirs] },
  });
});

test('the labels that select our Secrets are among what is retired', () => {
  const { labels } = (retirementPatch(resource(), shared) as unknown as Patch).metadata;
  expect(labels).toMatchObject({ [secretLabels.managedBy]: null, [secretLabels.application]: null });
});
