/** The same store over PostgreSQL's dialect keeps the same promises: one PGlite for all cases, an empty schema for each. */

import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PGliteDialect } from 'kysely';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../../src/registry/store/open.ts';
import { application, operation } from '../applications.ts';
import { registryConformance } from '../conformance.ts';
import { place } from './fixtures.ts';

const database = new PGlite();
afterAll(() => database.close());

/** Closing a store closes its database; this one goes on to the next case. */
const shared = new Proxy(database, {
  get(target, name) {
    if (name === 'close') return async () => undefined;
    const value: unknown = Reflect.get(target, name, target);
    return typeof value === 'function' ? value.bind(target) : value;
  },
});

async function opened(keyFile: string) {
  const dialect = new PGliteDialect({ pglite: shared });
  const store = await openStore({ dialect, keyFile, clock: () => 1_800_000_000_000, random: randomBytes });
  onTestFinished(() => store.close());
  return store;
}

async function fresh() {
  await database.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  return opened(place().keyFile);
}

registryConformance('The store over PostgreSQL', fresh);

describe('the store over PostgreSQL', () => {
  it('holds what it held when it is opened again, and refuses another key', async () => {
    const { keyFile } = place();
    await database.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const store = await opened(keyFile);
    const { id } = await store.create(application(), operation());
    const { value } = await store.issueClientSecret(id, operation());
    const account = await store.account();
    await store.close();
    const again = await opened(keyFile);
    expect(await again.account()).toEqual(account);
    expect(await again.accepts(id, value)).toBe(true);
    await again.close();
    await expect(opened(place().keyFile)).rejects.toMatchObject({ code: 'keyMissing' });
  });

  it('refuses tables that are not its own', async () => {
    await database.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE other (a int)');
    await expect(opened(place().keyFile)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('is sealed with a new key', async () => {
    const { keyFile } = place();
    await database.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const store = await opened(keyFile);
    const { id } = await store.create(application(), operation());
    const { value } = await store.issueClientSecret(id, operation());
    appendFileSync(keyFile, `2:${randomBytes(32).toString('base64')}\n`);
    const done = await store.reseal(() => undefined, new AbortController().signal);
    expect(done).toEqual({ version: 2, count: 1 });
    expect(await store.accepts(id, value)).toBe(true);
  });

  it('is backed up by other means', async () => {
    const store = await fresh();
    await expect(store.backup('/no/such/backup.db')).rejects.toMatchObject({ code: 'backupFailed' });
  });
});
