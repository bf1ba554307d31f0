/** A Secret that the API server refuses, for an application whose registry gives a client secret's value once. */

import { expect, it } from 'vitest';
import { ClusterError } from '../../src/cluster/cluster.ts';
import { key, registryWrites, settledWorld, type World, world } from '../support/world.ts';

const withheld = { readable: false, listsClientSecrets: false };
const refusal = new ClusterError('refused', 'exceeded quota: secrets');

/** One pass a minute, each of which meets the refusal if it asks. */
async function passes({ cluster, advance, pass, reasons }: World, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    cluster.failNext('trySecret', refusal);
    await pass();
    expect(reasons()).toMatchObject({ SecretReady: '!SecretRefused' });
    advance(60_000);
  }
}

it('is asked for before another client secret is issued: the first is all, until it is taken', async () => {
  const made = await world(withheld);
  made.apply();
  made.cluster.failNext('createSecret', refusal);
  expect(await made.pass()).toEqual({ kind: 'backoff' });
  expect(registryWrites(made)).toEqual(['create', 'issueClientSecret']);
  made.cluster.writes.length = 0;
  await passes(made, 5);
  expect(registryWrites(made)).toEqual(['create', 'issueClientSecret']);
  expect(made.cluster.writes.map(({ call }) => call)).toEqual([]);

  await made.rest();
  expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  expect(registryWrites(made)).toEqual(['create', 'issueClientSecret', 'issueClientSecret']);
  const notes = made.cluster.events.map(({ event }) => event.note);
  expect(notes.at(-1)).toBe('Issued a client secret in place of one whose value is lost. Wrote Secret shop.');
});

it('keeps what it holds, and the client secret before it, while a change of it is refused', async () => {
  const made = await settledWorld({}, withheld);
  made.cluster.outside.edit(key, { annotations: { ...made.resource().annotations, ...request } });
  made.cluster.failNext('patchSecret', refusal);
  await made.pass();
  await passes(made, 3);
  expect(registryWrites(made)).toEqual(['issueClientSecret']);
  await made.rest();
  expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  expect(made.resource().status.lastHandledRotateAt).toBe('now');
});

const request = { 'ramify.dev/rotate-requested-at': 'now' };

it('is not asked for where nothing need be issued', async () => {
  const made = await settledWorld();
  made.cluster.outside.deleteSecret('team-a', 'shop');
  made.cluster.failNext('createSecret', refusal);
  await made.pass();
  made.cluster.failNext('trySecret', refusal);
  await made.rest();
  expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  expect(registryWrites(made)).toEqual([]);
});
