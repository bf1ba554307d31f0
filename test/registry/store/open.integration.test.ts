/** A store is made when it is new, and refused, unchanged, when it cannot be worked with. */

import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Sensitive } from '../../../src/core/sensitive.ts';
import { application, operation } from '../applications.ts';
import { contents, opened, type Place, place } from './fixtures.ts';

/** A closed store with something in every table, and so on the last page. */
async function closed(): Promise<Place & { readonly clientID: string; readonly value: Sensitive }> {
  const at = place();
  const store = await opened(at);
  const { id } = await store.create(application(), operation());
  const { value } = await store.issueClientSecret(id, operation());
  await store.provisions.set(id, ['openid']);
  await store.close();
  return { ...at, clientID: id, value };
}

function change(at: Place, statement: string): void {
  const database = new DatabaseSync(at.path);
  database.exec(statement);
  database.close();
}

function otherKey(version: number): string {
  return `${version}:${randomBytes(32).toString('base64')}\n`;
}

describe('a new store', () => {
  it('is made with its key, both for their owner alone', async () => {
    const at = place();
    await opened(at);
    for (const path of [at.path, `${at.path}-wal`, at.keyFile]) expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('uses a key file that is there already', async () => {
    const at = place();
    writeFileSync(at.keyFile, otherKey(7), { mode: 0o600 });
    const before = readFileSync(at.keyFile, 'utf8');
    await opened(at);
    expect(readFileSync(at.keyFile, 'utf8')).toBe(before);
  });

  it('has an account of its own, which stays', async () => {
    const at = await closed();
    const account = await (await opened(at)).account();
    expect(account).toEqual({ accountID: expect.stringMatching(/^1\d{15}$/), consistencyWindow: 0 });
    expect(account).not.toEqual(await (await opened()).account());
  });

  it('is not begun where its key may be read by others', async () => {
    const at = place();
    writeFileSync(at.keyFile, otherKey(1), { mode: 0o644 });
    await expect(opened(at)).rejects.toMatchObject({ code: 'keyExposed' });
    expect(Object.keys(contents(at))).toEqual(['store.key']);
  });

  it('is made where its making was cut short before it held anything', async () => {
    const at = place();
    change(at, 'PRAGMA journal_mode = WAL');
    await expect((await opened(at)).list()).resolves.toEqual([]);
  });

  it('needs a folder', async () => {
    const at = place();
    const missing = { ...at, path: `${at.folder}/none/store.db` };
    await expect(opened(missing)).rejects.toMatchObject({ name: 'StoreError', code: 'unavailable' });
  });
});

describe('a store that is opened again', () => {
  it('holds what it held', async () => {
    const at = await closed();
    const store = await opened(at);
    expect(await store.list()).toMatchObject([application()]);
    expect(await store.accepts(at.clientID, at.value)).toBe(true);
  });

  it('is not written by being opened', async () => {
    const at = await closed();
    const before = contents(at);
    await (await opened(at)).close();
    expect(contents(at)).toEqual(before);
  });
});

describe('a store that cannot be worked with', () => {
  const size = (at: Place) => statSync(at.path).size;

  it.each<[string, string, (at: Place) => void]>([
    ['wrongKey', 'the key is another one', (at) => writeFileSync(at.keyFile, otherKey(1))],
    ['keyMissing', 'the key file is gone', (at) => unlinkSync(at.keyFile)],
    ['keyMissing', 'its key is not in the key file', (at) => writeFileSync(at.keyFile, otherKey(2))],
    ['keyExposed', 'the group may read the key', (at) => chmodSync(at.keyFile, 0o640)],
    ['keyExposed', 'everybody may read the key', (at) => chmodSync(at.keyFile, 0o604)],
    ['keyInvalid', 'the key file holds no keys', (at) => writeFileSync(at.keyFile, '')],
    ['corrupt', 'the last page is cut off', (at) => truncateSync(at.path, size(at) - 4_096)],
    ['corrupt', 'half a page is cut off', (at) => truncateSync(at.path, size(at) - 2_000)],
    ['corrupt', 'only the first bytes are left', (at) => truncateSync(at.path, 50)],
    ['corrupt', 'it is something else', (at) => writeFileSync(at.path, 'hello '.repeat(2_000))],
    ['corrupt', 'its tables are somebody else’s', (at) => change(at, 'ALTER TABLE ramify_store RENAME TO other')],
    ['corrupt', 'its header is gone', (at) => change(at, 'DELETE FROM ramify_store')],
    ['empty', 'nothing is left of it', (at) => truncateSync(at.path, 0)],
    ['newer', 'a later version wrote it', (at) => change(at, 'UPDATE ramify_store SET version = version + 1')],
    ['unavailable', 'it is a folder', (at) => (unlinkSync(at.path), mkdirSync(at.path))],
  ])('is refused as %s when %s, and left as it is', async (code, _when, harm) => {
    const at = await closed();
    harm(at);
    const before = code === 'unavailable' ? {} : contents(at);
    const error: unknown = await opened(at).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ name: 'StoreError', code });
    expect(error).toHaveProperty('message', expect.stringMatching(/^the (store|key file) \/.*: \S.*\S$/));
    if (code !== 'unavailable') expect(contents(at)).toEqual(before);
  });

  it('is refused in the same process, and still held by the first', async () => {
    const at = place();
    const first = await opened(at);
    await expect(opened(at)).rejects.toMatchObject({ code: 'locked' });
    await expect(first.list()).resolves.toEqual([]);
  });

  it('names no key in its message', async () => {
    const at = await closed();
    const key = readFileSync(at.keyFile, 'utf8').slice(2, 45);
    appendFileSync(at.keyFile, `${key}\n`);
    const error: unknown = await opened(at).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ code: 'keyInvalid' });
    expect(String(error)).not.toContain(key);
  });
});
