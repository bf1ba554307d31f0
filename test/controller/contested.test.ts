/** Drift that comes back, and applications that are deleted again and again: set right for a while, and then left alone. */

import { describe, expect, it } from 'vitest';
import { key, registryWrites, settledWorld, type World } from '../support/world.ts';

const minute = 60_000;

/** Somebody changes it in the account; the next list shows it. */
async function change(made: World, changes: object = { redirectURIs: ['https://evil.example/cb'] }) {
  await made.registry.outside.update((await made.application())?.id ?? '', changes);
  await made.resync();
  await made.rest();
}

async function remove(made: World) {
  await made.registry.outside.delete((await made.application())?.id ?? '');
  await made.resync();
  await made.rest();
}

const message = (made: World) => made.resource().status.conditions?.find(({ type }) => type === 'Registered')?.message;

async function contestedWorld(): Promise<World> {
  const made = await settledWorld();
  for (let times = 0; times < 7; times++) await change(made);
  expect(registryWrites(made)).toHaveLength(6);
  expect(made.reasons()).toMatchObject({
    Registered: '!DriftContested',
    SecretReady: 'Succeeded',
    Stalled: 'DriftContested',
  });
  made.registry.calls.length = 0;
  return made;
}

describe('contested drift', () => {
  it('is set right six times an hour, then left alone, with the fields named', async () => {
    const made = await contestedWorld();
    expect(message(made)).toContain('redirectURIs of the application team-a.shop');
    expect(made.resource().status.drift).toMatchObject([{ field: 'redirectURIs' }]);
    expect(made.cluster.events.map(({ event }) => event.reason)).toEqual([
      ...Array.from({ length: 6 }, () => 'Succeeded'),
      'DriftContested',
    ]);
  });

  it('is watched at the cost of one list for all, and nothing is written', async () => {
    const made = await contestedWorld();
    made.cluster.writes.length = 0;
    for (let times = 0; times < 20; times++) {
      await made.resync();
      await made.rest();
    }
    expect(new Set(made.registry.calls.map(({ operation }) => operation))).toEqual(new Set(['account', 'list']));
    expect(made.cluster.writes.filter(({ call }) => call !== 'writeRegistryStatus')).toEqual([]);
  });

  it('is tried again after an hour, and once more six times', async () => {
    const made = await contestedWorld();
    made.advance(60 * minute);
    await made.resync();
    await made.rest();
    expect(registryWrites(made)).toEqual(['update']);
    expect(made.reasons()['Ready']).toBe('Succeeded');
    for (let times = 0; times < 7; times++) await change(made);
    expect(registryWrites(made)).toHaveLength(6);
  });

  it('is tried again when the spec changes', async () => {
    const made = await contestedWorld();
    made.apply({ displayName: 'Another' });
    await made.rest();
    expect(registryWrites(made)).toEqual(['update']);
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('is not begun anew by a restart: the condition keeps what the memory forgets', async () => {
    const made = await contestedWorld();
    await made.restart();
    await change(made, { displayName: 'Another' });
    expect(registryWrites(made)).toEqual([]);
    expect(made.reasons()['Registered']).toBe('!DriftContested');
  });

  it('does not stop what is not contested: the Secret comes back', async () => {
    const made = await contestedWorld();
    made.cluster.outside.deleteSecret('team-a', 'shop');
    await made.rest();
    expect(made.secret()).toBeDefined();
    expect(made.reasons()).toMatchObject({ Registered: '!DriftContested', SecretReady: 'Succeeded' });
  });

  it('is no edit of the spec, however often', async () => {
    const made = await settledWorld();
    for (let times = 0; times < 20; times++) {
      made.apply({ displayName: `Shop ${times}` });
      await made.rest();
    }
    expect(made.reasons()['Ready']).toBe('Succeeded');
    await change(made);
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('is none when it is slow', async () => {
    const made = await settledWorld();
    for (let times = 0; times < 20; times++) {
      made.advance(9 * minute);
      await change(made);
    }
    expect(registryWrites(made)).toHaveLength(20);
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });
});

describe('an application that is deleted again and again', () => {
  it('is created six times an hour, then left alone', async () => {
    const made = await settledWorld();
    for (let times = 0; times < 7; times++) await remove(made);
    expect(registryWrites(made).filter((operation) => operation === 'create')).toHaveLength(6);
    expect(made.reasons()).toMatchObject({ Registered: '!DriftContested', Stalled: 'DriftContested' });
    expect(message(made)).toContain('was deleted again and again');
    made.advance(60 * minute);
    await made.rest();
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('gets a new client ID, and an event names both', async () => {
    const made = await settledWorld();
    const before = made.resource().status.clientID ?? '';
    await remove(made);
    const after = made.resource().status.clientID ?? '';
    expect(after).not.toBe(before);
    expect(made.cluster.events.map(({ event }) => event.note)).toContainEqual(
      expect.stringMatching(new RegExp(`its client ID is ${after}, and was ${before}`)),
    );
    expect(made.resource(key).status.provenance).toBe('Created');
  });
});
