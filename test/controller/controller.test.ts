/** What the log tells of a pass: what was done or is new at `info`, what rests at `debug`. */

import { expect, it } from 'vitest';
import { ClusterError } from '../../src/cluster/cluster.ts';
import { key, settledWorld, world } from '../support/world.ts';

const levels = (logged: readonly (readonly unknown[])[]) =>
  logged.filter((line) => line.at(-1) === 'reconciled').map(([level]) => level);

it('tells a creation once', async () => {
  const { apply, pass, logged } = await world();
  apply();
  await pass();
  await pass();
  expect(levels(logged)).toEqual(['info', 'debug']);
});

it.each([
  { call: 'createSecret', told: 'Created application team-a.shop. Issued a client secret.' },
  { call: 'writeStatus', told: 'Created application team-a.shop. Issued a client secret. Wrote Secret shop.' },
] as const)('tells once what was done before another write came first, at $call', async ({ call, told }) => {
  const { cluster, apply, pass, rest, logged } = await world();
  apply({ type: 'Server', redirectURIs: undefined });
  cluster.failNext(call, new ClusterError('conflict', 'another write came first'));
  expect(await pass()).toEqual({ kind: 'conflict' });
  const [level, fields] = logged.at(-1) ?? [];
  expect([level, fields]).toEqual(['info', expect.objectContaining({ reason: 'Conflict' })]);
  expect(fields).toHaveProperty('done', expect.arrayContaining(['CreateApplication', 'IssueClientSecret']));
  expect(cluster.events.map(({ event }) => event.note)).toEqual([told]);
  await rest();
  const notes = cluster.events.map(({ event }) => event.note);
  expect(notes.filter((note) => note.includes('Created'))).toHaveLength(1);
});

it('tells once what went before another write came first', async () => {
  const { cluster, pass, rest } = await settledWorld();
  cluster.outside.delete(key);
  cluster.failNext('release', new ClusterError('conflict', 'another write came first'));
  expect(await pass()).toEqual({ kind: 'conflict' });
  await rest();
  expect(cluster.events.map(({ event }) => event.note)).toEqual([expect.stringContaining('Deleted application')]);
});

it('tells a conflict once, though nothing was done', async () => {
  const { cluster, apply, pass, logged } = await world();
  cluster.outside.putSecret('team-a', 'shop', { data: {} });
  apply();
  await pass();
  await pass();
  expect(levels(logged)).toEqual(['info', 'debug']);
  expect(logged.at(-2)?.at(1)).toMatchObject({ done: [], reason: 'SecretConflict' });
});
