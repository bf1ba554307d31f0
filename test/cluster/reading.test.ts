/**
 * Objects as they come over the wire, forged ones included, become what the core reads.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { registryFrom, resourceFrom, secretFrom, secretMetadataFrom } from '../../src/cluster/reading.ts';
import { owner, t0, uid } from '../support/builders.ts';
import { application } from './objects.ts';

const identity = { name: 'shop', uid, resourceVersion: '1' };

describe('an OAuthApplication', () => {
  test('that has nothing but an identity is read with everything empty', () => {
    expect(resourceFrom(application())).toEqual({
      ...identity,
      namespace: 'team-a',
      generation: 0,
      creationTime: 0,
      deletionTime: undefined,
      finalizers: [],
      annotations: {},
      spec: undefined,
      status: { observedGeneration: -1 },
    });
  });

  test('is read as it is, its times in milliseconds', () => {
    const times = { creationTimestamp: '2026-01-01T00:00:00Z', deletionTimestamp: '2026-01-01T00:01:00Z' };
    const rest = { generation: 4, finalizers: ['a/b'], annotations: { c: 'd' } };
    const read = resourceFrom(application({ ...times, ...rest }));
    expect(read).toMatchObject({ ...rest, creationTime: t0, deletionTime: t0 + 60_000 });
  });

  test('has a status that is checked when it is first read, and once', () => {
    let looks = 0;
    const status = {
      get clientID() {
        looks += 1;
        return 'c';
      },
    };
    const read = resourceFrom(application({}, { status }));
    expect(looks).toBe(0);
    expect([read.status.clientID, read.status.clientID]).toEqual(['c', 'c']);
    expect(looks).toBe(1);
  });

  test.each([
    ['nothing', null],
    ['text', 'Web'],
    ['a list', [1]],
    ['an object of another version', { kind: 'Web' }],
  ])('may have %s for a spec: that is not looked at here', (_what, spec) => {
    expect(resourceFrom(application({}, { spec })).spec).toEqual(spec);
  });

  test.each<[string, unknown]>([
    ['text', 'all is well'],
    ['a list', []],
    ['null', null],
    ['fields of other kinds', { observedGeneration: '7', clientID: 5, conditions: 'Ready', secretRef: ['shop'] }],
    ['fields that there are not', { admin: true, __proto__: { clientID: 'c' } }],
  ])('with %s for a status has none', (_what, status) => {
    expect(resourceFrom(application({}, { status })).status).toEqual({ observedGeneration: -1 });
  });

  test('keeps of a forged status what has the right form', () => {
    const conditions = [{ type: 'Ready' }, 'Ready'];
    const { status } = resourceFrom(application({}, { status: { observedGeneration: 2, clientID: 'c', conditions } }));
    expect(status).toMatchObject({ observedGeneration: 2, clientID: 'c' });
    expect(status.conditions ?? []).toEqual([]);
  });
});

describe('an OAuthRegistry', () => {
  test.each([
    ['stays', undefined, undefined, false, false],
    ['goes', '2026-01-01T00:00:00Z', ['example.com/theirs'], true, false],
    ['is held', undefined, ['example.com/theirs', 'ramify.dev/registry'], false, true],
  ])('that %s', (_what, deletionTimestamp, finalizers, isGoing, isHeld) => {
    const given = { ...(deletionTimestamp && { deletionTimestamp }), ...(finalizers && { finalizers }) };
    const metadata = { ...identity, generation: 4, ...given };
    const read = registryFrom({ metadata, spec: { type: 'Store' }, status: 'unread' });
    const expected = { ...identity, generation: 4, isGoing, isHeld, finalizers: finalizers ?? [] };
    expect(read).toEqual({ ...expected, spec: { type: 'Store' }, status: 'unread' });
  });
});

describe('a Secret', () => {
  const { metadata } = application();
  const binary = Buffer.from([0xff, 0x00, 0xfe]).toString('base64');

  test('that has nothing but an identity is Opaque, mutable and empty', () => {
    const empty = { ...identity, labels: {}, annotations: {}, ownerReferences: [] };
    expect(secretMetadataFrom({ metadata })).toEqual(empty);
    expect(secretFrom({ metadata })).toEqual({ ...empty, type: 'Opaque', immutable: false, data: {} });
  });

  test('is read as it is', () => {
    const marks = { labels: { a: 'b' }, annotations: { c: 'd' }, ownerReferences: [owner(uid)] };
    const read = secretFrom({ metadata: { ...metadata, ...marks }, type: 'kubernetes.io/tls', immutable: true });
    expect(read).toMatchObject({ ...marks, type: 'kubernetes.io/tls', immutable: true });
  });

  test('keeps bytes that are no text, and prints no value', () => {
    const read = secretFrom({ metadata, data: { 'tls.key': binary } });
    expect(read.data['tls.key']?.reveal()).toBe(binary);
    expect(JSON.stringify(read)).not.toContain(binary);
  });
});
