/**
 * Patches of an OAuthApplication and of statuses.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { applicationStatus, type OAuthApplicationStatus } from '../../src/api/application.ts';
import { registryStatus } from '../../src/api/registry.ts';
import { holdPatch, registryStatusPatch, releasePatch, statusPatch } from '../../src/cluster/writing.ts';
import { bindingOf, finalizer, marks, openOperationOf } from '../../src/core/resource.ts';
import { binding, operation, resource, status, uid } from '../support/builders.ts';

/** Fields of a patch that a test looks at. */
interface Patch {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly finalizers?: string[];
    readonly annotations?: Record<string, string>;
  };
  readonly spec?: unknown;
  readonly status?: Record<string, unknown>;
}

const patchOf = (body: object) => body as Patch;
const others = 'other.example/finalizer';

describe('every patch', () => {
  const found = resource({ resourceVersion: '41' });
  test.each([
    ['to hold', holdPatch(found, binding(), undefined)],
    ['to release', releasePatch(found)],
    ['of a status', statusPatch(found, status())],
    ['of the status of a registry', registryStatusPatch(found, {})],
  ])('%s names the object and its state, and leaves the spec alone', (_what, body) => {
    expect(patchOf(body).metadata).toMatchObject({ uid, resourceVersion: '41' });
    expect(patchOf(body)).not.toHaveProperty('spec');
  });
});

describe('holding', () => {
  test.each([
    ['nobody else holds', [], [finalizer]],
    ['others hold', [others], [others, finalizer]],
    ['we hold already', [finalizer, others], [others, finalizer]],
  ])('where %s keeps every finalizer once', (_when, finalizers, expected) => {
    expect(patchOf(holdPatch(resource({ finalizers }), binding(), undefined)).metadata.finalizers).toEqual(expected);
  });

  test('writes binding and intent so that they can be read back', () => {
    const { metadata } = patchOf(holdPatch(resource(), binding(), operation()));
    const { annotations = {} } = metadata;
    expect(bindingOf({ annotations })).toEqual(binding());
    expect(openOperationOf(resource({ annotations }))).toEqual(operation());
  });

  test('without an intent leaves the one that is there', () => {
    const { annotations = {} } = patchOf(holdPatch(resource(), binding(), undefined)).metadata;
    expect(Object.keys(annotations)).toEqual([marks.binding]);
  });
});

describe('releasing', () => {
  test.each([
    ['ours alone', [finalizer], []],
    ['ours among others', ['a/b', finalizer, others], ['a/b', others]],
    ['none of ours', [others], [others]],
  ])('takes off %s', (_what, finalizers, expected) => {
    expect(patchOf(releasePatch(resource({ finalizers }))).metadata.finalizers).toEqual(expected);
  });
});

describe('a status', () => {
  const written = (given: OAuthApplicationStatus) => patchOf(statusPatch(resource(), given)).status ?? {};

  test('is written whole: what it lacks is null', () => {
    const { observedGeneration, clientID, ...rest } = written(status({ observedGeneration: 3, clientID: 'c' }));
    expect({ observedGeneration, clientID }).toEqual({ observedGeneration: 3, clientID: 'c' });
    expect(Object.keys(rest)).toHaveLength(Object.keys(applicationStatus.shape).length - 2);
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
  });

  test('a field that is undefined goes like one that is absent', () => {
    const sent = JSON.parse(JSON.stringify(written(status({ clientID: undefined }))));
    expect(sent).toHaveProperty('clientID', null);
  });

  test('of a registry is written whole too', () => {
    const sent = patchOf(registryStatusPatch(resource(), { accountID: '1' })).status;
    expect(sent).toMatchObject({ accountID: '1', endpoints: null, unclaimed: null, lastListTime: null });
  });

  // A merge patch merges objects: only where all their fields are always written does nothing old stay in them.
  test.each([
    ['an application', applicationStatus],
    ['a registry', registryStatus],
  ])('of %s holds no object with an optional field', (_whose, schema) => {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'output' });
    const objects = Object.values(properties).filter((field) => typeof field === 'object' && field.type === 'object');
    expect(objects.length).toBeGreaterThan(0);
    for (const field of objects) {
      const { required = [], properties: inner = {} } = typeof field === 'object' ? field : {};
      expect(required.toSorted()).toEqual(Object.keys(inner).toSorted());
    }
  });
});
