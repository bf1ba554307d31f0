/** What happens when somebody lays hands on the Secret. */

import { describe, expect, it } from 'vitest';
import { ClusterError } from '../../src/cluster/cluster.ts';
import { Sensitive } from '../../src/core/sensitive.ts';
import type { ObservedSecret } from '../../src/core/state.ts';
import { owner } from '../support/builders.ts';
import { clusterWrites, registryWrites, settledWorld, type World } from '../support/world.ts';

const key = (name: string) => ({ [name]: new Sensitive(Buffer.from('edited').toString('base64')) });

function without<T>(map: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([each]) => each !== name));
}

interface Damage {
  readonly name: string;
  readonly changes: (secret: ObservedSecret) => Partial<ObservedSecret>;
  readonly writes: readonly string[];
}

const damages: readonly Damage[] = [
  {
    name: 'its client secret is edited',
    changes: ({ data }) => ({ data: { ...data, ...key('client_secret') } }),
    writes: ['patchSecret'],
  },
  {
    name: 'its client ID is edited',
    changes: ({ data }) => ({ data: { ...data, ...key('client_id') } }),
    writes: ['patchSecret'],
  },
  { name: 'a key is taken out', changes: ({ data }) => ({ data: without(data, 'issuer') }), writes: ['patchSecret'] },
  { name: 'it is made immutable', changes: () => ({ immutable: true }), writes: ['replaceSecret'] },
  { name: 'the label that leads to it is taken off', changes: () => ({ labels: {} }), writes: ['patchSecret'] },
  {
    name: 'the label that leads to it is edited',
    changes: ({ labels }) => ({ labels: { ...labels, 'ramify.dev/application': 'another' } }),
    writes: ['patchSecret'],
  },
  { name: 'the owner reference is taken off', changes: () => ({ ownerReferences: [] }), writes: ['patchSecret'] },
  {
    name: 'the annotation of the UID is taken off',
    changes: ({ annotations }) => ({ annotations: without(annotations, 'ramify.dev/application-uid') }),
    writes: ['patchSecret'],
  },
  { name: 'all annotations are taken off', changes: () => ({ annotations: {} }), writes: ['patchSecret'] },
  { name: 'a foreign key is added', changes: ({ data }) => ({ data: { ...data, ...key('foreign') } }), writes: [] },
  { name: 'a foreign label is added', changes: ({ labels }) => ({ labels: { ...labels, foreign: 'x' } }), writes: [] },
  {
    name: 'a foreign owner is added',
    changes: ({ ownerReferences }) => ({ ownerReferences: [...ownerReferences, { ...owner('x'), controller: false }] }),
    writes: [],
  },
];

async function damaged(changes: Damage['changes']): Promise<World> {
  const made = await settledWorld();
  const found = made.secret();
  if (found) made.cluster.outside.putSecret('team-a', 'shop', { ...found, ...changes(found) });
  return made;
}

describe('the Secret', () => {
  it.each(damages)('is as it was after $name, with the same client secret', async ({ changes, writes }) => {
    const untouched = await settledWorld();
    const made = await damaged(changes);

    await made.rest();

    expect(clusterWrites(made).filter((call) => call !== 'writeStatus')).toEqual(writes);
    expect(registryWrites(made)).toEqual([]);
    expect(made.reasons()['Ready']).toBe('Succeeded');
    const { foreign: _foreign, ...values } = made.values();
    expect(values).toEqual(untouched.values());
    expect(made.secret()).toMatchObject({
      labels: untouched.secret()?.labels,
      annotations: untouched.secret()?.annotations,
      immutable: false,
    });
    expect(made.secret()?.ownerReferences).toEqual(
      expect.arrayContaining(untouched.secret()?.ownerReferences as object[]),
    );
  });

  it('that was deleted is written again with the same client secret', async () => {
    const made = await settledWorld();
    const before = made.values();
    made.cluster.outside.deleteSecret('team-a', 'shop');
    await made.pass();
    expect(clusterWrites(made)).toContain('createSecret');
    expect(made.values()).toEqual(before);
    expect(registryWrites(made)).toEqual([]);
  });

  it('keeps what is foreign in it when it is made anew for being immutable', async () => {
    const made = await damaged(({ data, labels }) => ({
      immutable: true,
      data: { ...data, ...key('foreign') },
      labels: { ...labels, theirs: 'x' },
    }));
    const before = made.secret()?.uid;
    await made.rest();
    expect(made.values()['foreign']).toBe('edited');
    expect(made.secret()).toMatchObject({ immutable: false, labels: { theirs: 'x' } });
    expect(made.secret()?.uid).not.toBe(before);
  });

  it('is not worth a status write for its version alone', async () => {
    const made = await damaged(({ labels }) => ({ labels: { ...labels, foreign: 'x' } }));
    await made.rest();
    expect(made.cluster.writes).toEqual([]);
  });

  it('is not touched once it is replaced by one of another type', async () => {
    const made = await damaged(() => ({ type: 'kubernetes.io/tls', labels: {} }));
    const before = made.secret();
    await made.rest();
    expect(made.secret()).toEqual(before);
    expect(made.reasons()['SecretReady']).toBe('!SecretConflict');
  });

  it('without an owner reference by policy is foreign once our annotation is gone', async () => {
    const made = await settledWorld({ deletionPolicy: 'Orphan' });
    made.cluster.outside.putSecret('team-a', 'shop', { ...made.secret(), annotations: {} });
    await made.rest();
    expect(made.reasons()['SecretReady']).toBe('!SecretConflict');
  });
});

describe('a write of the Secret', () => {
  it('that the API server refuses is said, and tried again', async () => {
    const made = await settledWorld();
    made.cluster.outside.deleteSecret('team-a', 'shop');
    made.cluster.failNext('createSecret', new ClusterError('refused', 'exceeded quota: secrets'));
    expect(await made.pass()).toEqual({ kind: 'backoff' });
    expect(made.reasons()).toMatchObject({
      Registered: 'Succeeded',
      SecretReady: '!SecretRefused',
      Reconciling: 'SecretRefused',
    });
    expect(made.cluster.events.at(-1)?.event.note).toBe('exceeded quota: secrets');
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it.each(['conflict', 'exists'] as const)('that meets a %s makes the pass begin anew at once', async (code) => {
    const made = await settledWorld();
    made.cluster.outside.deleteSecret('team-a', 'shop');
    made.cluster.failNext('createSecret', new ClusterError(code, 'another write came first'));
    expect(await made.pass()).toEqual({ kind: 'conflict' });
    expect(clusterWrites(made)).not.toContain('writeStatus');
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('that fails otherwise is left to the queue', async () => {
    const made = await settledWorld();
    made.cluster.outside.deleteSecret('team-a', 'shop');
    made.cluster.failNext('createSecret', new ClusterError('failed', 'no answer'));
    await expect(made.pass()).rejects.toThrow('no answer');
  });
});
