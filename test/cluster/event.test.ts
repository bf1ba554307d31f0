/**
 * The body of an event, and its note within the API server’s limit.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { eventObject } from '../../src/cluster/event.ts';
import { resource, t0, uid } from '../support/builders.ts';

const event = { type: 'Normal', reason: 'Succeeded', action: 'CreateApplication', note: 'Created it.' } as const;

interface Body {
  readonly note: string;
}

function noteOf(note: string): string {
  return (eventObject(resource(), { ...event, note }, 'pod-1', t0) as Body).note;
}

test('an event is about the resource, in its namespace', () => {
  expect(eventObject(resource(), event, 'pod-1', t0 + 7)).toEqual({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { generateName: 'shop-', namespace: 'team-a' },
    eventTime: '2026-01-01T00:00:00.007000Z',
    reportingController: 'ramify.dev/controller',
    reportingInstance: 'pod-1',
    ...event,
    regarding: {
      apiVersion: 'ramify.dev/v1alpha1',
      kind: 'OAuthApplication',
      namespace: 'team-a',
      name: 'shop',
      uid,
    },
  });
});

describe('a note of at most 1,024 bytes', () => {
  test.each([
    ['of 1 byte', 'a'.repeat(1_024)],
    ['of 2 bytes', 'é'.repeat(512)],
    ['of 3 bytes', '字'.repeat(341)],
    ['of 4 bytes', '😀'.repeat(256)],
  ])('in characters %s is told whole', (_width, note) => {
    expect(noteOf(note)).toBe(note);
  });

  test.each([
    ['of 1 byte', 'a', 1_025, 1_021],
    ['of 2 bytes', 'é', 513, 510],
    ['of 3 bytes', '字', 342, 340],
    ['of 4 bytes', '😀', 257, 255],
  ])('is what is left of a longer one in characters %s', (_width, character, written, told) => {
    const cut = noteOf(character.repeat(written));
    expect(cut).toBe(`${character.repeat(told)}…`);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1_024);
  });
});
