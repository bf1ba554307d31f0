/** What a collection of many objects takes of the heap while it is watched, measured after a full garbage collection. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { events } from '../../src/kube/events.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { settled } from './manual-clock.ts';
import { complete, over } from './scripted-reflector.ts';
import { scriptedTransport } from './scripted-transport.ts';

const count = 10_000;

/** A line of a watch, of 2.2 KB, as the API server sends a small custom resource with its status. */
function line(n: number): string {
  const name = `application-${n}`;
  const owned = { 'f:spec': { 'f:displayName': {}, 'f:redirectURIs': {}, 'f:scopes': {}, 'f:type': {} } };
  const managedFields = ['kubectl', 'controller', 'status'].map((manager) => ({
    manager,
    operation: 'Update',
    apiVersion: 'example.dev/v1',
    time: '2026-01-01T00:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: owned,
  }));
  const condition = (type: string) => ({
    type,
    status: 'True',
    reason: 'Succeeded',
    message: `the application ${name} is as it should be`,
    observedGeneration: 1,
    lastTransitionTime: '2026-01-01T00:00:00Z',
  });
  const metadata = { name, namespace: `team-${n % 100}`, uid: `uid-${n}`, resourceVersion: `${n + 1}`, managedFields };
  const spec = { displayName: name, redirectURIs: [`https://${name}.example.com/callback`], type: 'Web', note: '' };
  const status = { clientID: `${n}`, conditions: ['Accepted', 'Registered', 'SecretReady', 'Ready'].map(condition) };
  const object = { apiVersion: 'example.dev/v1', kind: 'Thing', metadata, spec, status };
  spec.note = 'x'.repeat(Math.max(0, 2200 - JSON.stringify(object).length));
  return `${JSON.stringify({ type: 'ADDED', object })}\n`;
}

/** What the server sends: every object, and that this was all. */
async function* stream(): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < count; n++) yield Buffer.from(line(n));
  yield Buffer.from(`${JSON.stringify(complete(count + 1))}\n`);
}

/** Bytes in use once everything that nobody holds is gone. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  return process.memoryUsage().heapUsed;
}

test('L12: 10,000 objects of 2.2 KB take no more than 35 MB', async () => {
  expect(line(7).length).toBeGreaterThan(2200);
  const { transport } = scriptedTransport([]);
  const watch: Transport['watch'] = async function* (path, options) {
    yield* events(stream(), path);
    yield* transport.watch(path, options);
  };
  const before = heapUsed();
  const { cache, reflector } = over({ ...transport, watch });
  await reflector.synced;
  await settled();
  const megabytes = (heapUsed() - before) / 1_000_000;
  expect(cache.size).toBe(count);
  expect(megabytes).toBeLessThan(35);
  await reflector.stop();
});
