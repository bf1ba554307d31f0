/**
 * The port against a real API server: resources, statuses, events, registries.
 *
 * @module
 */

import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Cluster as Port } from '../../src/cluster/cluster.ts';
import { bindingOf, finalizer, openOperationOf, type Resource } from '../../src/core/resource.ts';
import { binding, operation, uid as otherUID, status, writtenSpec } from '../support/builders.ts';
import { eventually } from '../support/eventually.ts';
import { type Given, type Live, openGiven } from './real.ts';

let given: Given;
let port: Port;

beforeAll(async () => {
  given = await openGiven();
  ({ port } = given);
});

const others = 'other.example/finalizer';
/** The API server lets go of what others held, once a test is over. */
const heldByOthers = (name: string) => {
  onTestFinished(async () => void (await given.patch('oauthapplications', name, { metadata: { finalizers: [] } })));
  return { finalizers: [others] };
};

async function live(name: string): Promise<Live> {
  const object = await given.live('oauthapplications', name);
  if (object === undefined) throw new Error(`${name} is gone`);
  return object;
}

describe('reads', () => {
  test('a resource that is not there is undefined', () => {
    expect(port.read(`${given.namespace}/nobody`)).toBeUndefined();
  });

  test('a resource is as the API server keeps it, with the defaults of the schema', async () => {
    const resource = await given.application('read');
    expect(resource).toMatchObject({
      namespace: given.namespace,
      name: 'read',
      generation: 1,
      deletionTime: undefined,
    });
    expect(resource.spec).toMatchObject({ registryRef: { name: 'default' }, suspend: false });
    expect(resource.status).toEqual({ observedGeneration: -1 });
    expect(Math.abs(Date.now() - resource.creationTime)).toBeLessThan(60_000);
  });

  test('keys are those that the filter takes', async () => {
    const { uid } = await given.application('filtered');
    expect(port.keys((resource) => resource.uid === uid)).toEqual([`${given.namespace}/filtered`]);
  });

  test('claimants of a Secret are the other living resources of the namespace that name it', async () => {
    const named = writtenSpec({ secret: { name: 'claimed' } });
    const first = await given.application('claimed');
    await given.application('claims-too', {}, named);
    await given.application('claims-other');
    await given.application('claims-going', heldByOthers('claims-going'), named);
    await given.delete('oauthapplications', 'claims-going');
    const claimants = () => port.claimants(first, 'claimed').map(({ name }) => name);
    await eventually(() => claimants().length === 1);
    expect(claimants()).toEqual(['claims-too']);
  });
});

describe('holding', () => {
  test('writes finalizer, binding and intent at once, and the next read knows it', async () => {
    const resource = await given.application('held');
    const held = await port.hold(
      resource,
      binding(),
      operation({ uid: resource.uid, startTime: resource.creationTime }),
    );
    expect(held.finalizers).toEqual([finalizer]);
    expect(bindingOf(held)).toEqual(binding());
    expect(openOperationOf(held)).toMatchObject({ id: operation().id });
    expect(port.read(`${given.namespace}/held`)).toEqual(held);
    expect((await live('held')).metadata).toMatchObject({ resourceVersion: held.resourceVersion, generation: 1 });
  });

  test('keeps what others hold and say', async () => {
    const metadata = { ...heldByOthers('held-too'), annotations: { theirs: 'a' } };
    const held = await port.hold(await given.application('held-too', metadata), binding(), undefined);
    expect(held.finalizers).toEqual([others, finalizer]);
    expect(held.annotations).toHaveProperty('theirs', 'a');
    await port.release(held);
  });

  test('is recorded as ours', async () => {
    await port.release(await port.hold(await given.application('managed'), binding(), undefined));
    const { managedFields } = (await live('managed')).metadata;
    expect(managedFields.map(({ manager }) => manager)).toContain('ramify');
  });
});

describe('releasing', () => {
  test('leaves the finalizers of others, and lets the deletion go on where there are none', async () => {
    const resource = await given.application('released', heldByOthers('released'));
    await port.release(await port.hold(resource, binding(), undefined));
    expect((await live('released')).metadata.finalizers).toEqual([others]);

    const held = await port.hold(await given.application('let-go'), binding(), undefined);
    await given.delete('oauthapplications', 'let-go');
    const going = await eventually(() => current(held)?.deletionTime !== undefined && current(held));
    await port.release(going);
    expect(current(held)).toBeUndefined();
    expect(await given.live('oauthapplications', 'let-go')).toBeUndefined();
    expect([port.isAlive(resource.uid), port.isAlive(held.uid)]).toEqual([true, false]);
  });

  test('succeeds if the resource is gone', async () => {
    const resource = await given.application('vanished');
    await given.delete('oauthapplications', 'vanished');
    await expect(port.release(resource)).resolves.toBeUndefined();
  });
});

function current({ namespace, name }: Resource): Resource | undefined {
  return port.read(`${namespace}/${name}`);
}

describe('a status', () => {
  const condition = {
    type: 'Ready',
    status: 'True' as const,
    reason: 'Succeeded',
    message: 'all is well',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  const full = status({
    observedGeneration: 1,
    clientID: 'c',
    conditions: [condition, { ...condition, type: 'Stalled' }],
    secretRef: { name: 's', resourceVersion: '1' },
    clientSecrets: [{ id: 's1', role: 'Current', createTime: '2026-01-01T00:00:00Z', fingerprint: 'f' }],
  });

  test('is written whole: what it lacks is gone, and the spec is as it was', async () => {
    const resource = await given.application('told');
    const before = await live('told');
    const first = await port.writeStatus(resource, full);
    expect(first.status).toEqual(full);
    const small = status({ observedGeneration: 1, conditions: [condition], clientID: undefined });
    const second = await port.writeStatus(first, small);
    expect(current(resource)).toEqual(second);
    const after = await live('told');
    expect(after.status).toEqual({ observedGeneration: 1, conditions: [condition] });
    expect(after.spec).toEqual(before.spec);
    expect(after.metadata.generation).toBe(before.metadata.generation);
  });

  test('written as it is writes nothing', async () => {
    const first = await port.writeStatus(await given.application('told-twice'), full);
    const second = await port.writeStatus(first, full);
    expect(second.resourceVersion).toBe(first.resourceVersion);
  });
});

describe('a write for another state is a conflict, and changes nothing', () => {
  type Write = (resource: Resource) => Promise<unknown>;
  const writes: readonly (readonly [string, Write])[] = [
    ['hold', (resource) => port.hold(resource, binding(), undefined)],
    ['release', (resource) => port.release(resource)],
    ['status', (resource) => port.writeStatus(resource, status({ clientID: 'x' }))],
  ];

  test.each(writes)('%s of a resource that changed since', async (name, write) => {
    const resource = await given.application(`stale-${name}`);
    const { metadata } = await given.patch('oauthapplications', resource.name, { metadata: { labels: { a: 'b' } } });
    await expect(write(resource)).rejects.toMatchObject({ name: 'ClusterError', code: 'conflict' });
    expect((await live(resource.name)).metadata.resourceVersion).toBe(metadata.resourceVersion);
  });

  test.each(writes)('%s of a resource that was deleted and made again', async (name, write) => {
    const resource = await given.application(`other-${name}`);
    await given.delete('oauthapplications', resource.name);
    await eventually(() => current(resource) === undefined);
    const { resourceVersion } = await given.application(resource.name);
    await expect(write(resource)).rejects.toMatchObject({ code: 'conflict' });
    expect((await live(resource.name)).metadata.resourceVersion).toBe(resourceVersion);
  });

  // A custom resource's /status looks at the version alone, which no other object has.
  test.each(writes.filter(([name]) => name !== 'status'))('%s for another UID', async (name, write) => {
    const resource = await given.application(`uid-${name}`);
    await expect(write({ ...resource, uid: otherUID })).rejects.toMatchObject({ code: 'conflict' });
    expect((await live(resource.name)).metadata.resourceVersion).toBe(resource.resourceVersion);
  });

  test.each(writes.filter(([name]) => name !== 'release'))('%s of a resource that is gone', async (name, write) => {
    const resource = await given.application(`gone-${name}`);
    await given.delete('oauthapplications', resource.name);
    await expect(write(resource)).rejects.toMatchObject({ code: 'conflict' });
    expect(await given.live('oauthapplications', resource.name)).toBeUndefined();
  });
});

describe('an event', () => {
  const event = { type: 'Warning', reason: 'NameConflict', action: 'CreateApplication' } as const;
  const described = (name: string) =>
    given.cluster.kubectl('describe', 'oauthapplication', name, '--namespace', given.namespace);

  test.each([
    ['short', 'somebody else has the name', 'somebody else has the name'],
    ['long', '字😀'.repeat(1_000), '字😀'.repeat(140)],
  ])('with a %s note is what kubectl describes', async (length, note, shown) => {
    const resource = await given.application(`event-${length}`);
    port.record(resource, { ...event, note });
    const description = await eventually(async () => {
      const text = await described(resource.name);
      return /Warning +NameConflict .* ramify\.dev\/controller/.test(text) && text;
    });
    expect(description).toContain(shown);
    expect(given.lost).toEqual([]);
  });

  test('that is lost is told of, and is no failure', async () => {
    const resource = await given.application('event-lost');
    const elsewhere = { ...resource, namespace: 'no-such-namespace' };
    port.record(elsewhere, { ...event, note: 'x' });
    await eventually(() => given.lost.length > 0);
    expect(given.lost.splice(0)).toMatchObject([{ name: 'ApiError', status: 404 }]);
  });
});

describe('uninstalling', () => {
  test('is not what goes on where definition and namespace stay, or there is no namespace of its own', async () => {
    expect(await port.isUninstalling()).toBe(false);
    expect(await given.within(given.namespace).isUninstalling()).toBe(false);
  });

  test('goes on as soon as its own namespace goes, and after', async () => {
    const namespace = await given.cluster.testNamespace();
    const inside = given.within(namespace);
    await given.cluster.request('DELETE', `/api/v1/namespaces/${namespace}`);
    expect(await inside.isUninstalling()).toBe(true);
    expect(await given.within('no-such-namespace').isUninstalling()).toBe(true);
  });
});
