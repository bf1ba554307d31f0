/** Consents to applications: kept, taken back, and gone with their application. */

import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { released } from '../../../src/registry/store/migrations.ts';
import { openStore } from '../../../src/registry/store/open.ts';
import { application, operation } from '../applications.ts';
import { opened, place } from './fixtures.ts';

it('is set whole, and is as old as the first time', async () => {
  let now = 1_000;
  const store = await opened(place(), () => now);
  const { id } = await store.create(application(), operation());
  const first = { applicationID: id, scopes: ['openid', 'profile'], createTime: 1_000, updateTime: 1_000 };
  expect(await store.provisions.set(id, ['openid', 'profile'])).toEqual(first);
  now = 2_000;
  const second = { ...first, scopes: ['openid'], updateTime: 2_000 };
  expect(await store.provisions.set(id, ['openid'])).toEqual(second);
  expect(await store.provisions.get(id)).toEqual(second);
  expect(await store.provisions.list()).toEqual([second]);
});

it('is taken back, once or twice', async () => {
  const store = await opened();
  const { id } = await store.create(application(), operation());
  await store.provisions.set(id, []);
  await store.provisions.delete(id);
  await store.provisions.delete(id);
  expect(await store.provisions.get(id)).toBeUndefined();
});

it('goes with its application, and there is none without', async () => {
  const store = await opened();
  const { id } = await store.create(application(), operation());
  await store.provisions.set(id, []);
  await store.delete(id);
  expect(await store.provisions.list()).toEqual([]);
  await expect(store.provisions.set(id, [])).rejects.toMatchObject({ name: 'RegistryError', code: 'absent' });
});

it('outlives the process', async () => {
  const at = place();
  const store = await opened(at);
  const { id } = await store.create(application(), operation());
  const provision = await store.provisions.set(id, ['openid']);
  await store.close();
  expect(await (await opened(at)).provisions.list()).toEqual([provision]);
});

it('comes to a store of the version before there were any, which keeps what it holds', async () => {
  const at = place();
  const migrations = released.slice(0, 1);
  const older = await openStore({
    path: at.path,
    keyFile: at.keyFile,
    clock: Date.now,
    random: randomBytes,
    migrations,
  });
  const { id } = await older.create(application(), operation());
  const held = await older.list();
  await older.close();
  const file = new DatabaseSync(at.path);
  expect(file.prepare('SELECT version FROM ramify_store').get()).toEqual({ version: 1 });
  file.close();
  const store = await opened(at);
  expect(await store.list()).toEqual(held);
  expect(await store.provisions.set(id, ['openid'])).toMatchObject({ applicationID: id });
});
