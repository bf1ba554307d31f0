/** What the log tells of a pass: what was done or is new at `info`, what rests at `debug`. */

import { expect, it } from 'vitest';
import { world } from '../support/world.ts';

const levels = (logged: readonly (readonly unknown[])[]) =>
  logged.filter((line) => line.at(-1) === 'reconciled').map(([level]) => level);

it('tells a creation once', async () => {
  const { apply, pass, logged } = await world();
  apply();
  await pass();
  await pass();
  expect(levels(logged)).toEqual(['info', 'debug']);
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
