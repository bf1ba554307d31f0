/** A backup is one whole file of one moment, whoever writes meanwhile; where none can be made, nothing is left of it. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { backUpStore } from '../../../src/registry/store/open.ts';
import type { StoreRegistry } from '../../../src/registry/store/store.ts';
import { application, operation } from '../applications.ts';
import { contents, opened, type Place, place } from './fixtures.ts';

const script = fileURLToPath(new URL('backup-killed.ts', import.meta.url));

/** Opens a backup as the store it is a copy of would be. */
const restored = (path: string, { keyFile, folder }: Place) => opened({ path, keyFile, folder });

const backUp = (at: Place, to: string) =>
  backUpStore({ path: at.path, keyFile: at.keyFile, clock: Date.now, random: randomBytes }, to);

async function issued(store: StoreRegistry, name: string) {
  const { id } = await store.create(application({ name }), operation());
  return { id, secret: await store.issueClientSecret(id, operation()) };
}

/** A closed store with an application and a client secret. */
async function closed() {
  const at = place();
  const store = await opened(at);
  const made = await issued(store, 'shop');
  await store.close();
  return { at, ...made };
}

describe('a backup of a store that is held', () => {
  it('has everything acknowledged before, and nothing by halves, while others write', async () => {
    const at = place();
    const store = await opened(at);
    const before = await Promise.all(Array.from({ length: 50 }, (_, n) => issued(store, `before-${n}`)));
    const meanwhile = Array.from({ length: 50 }, (_, n) => issued(store, `meanwhile-${n}`));
    const to = join(at.folder, 'backup.db');
    const backup = store.backup(to);
    const later = Array.from({ length: 50 }, (_, n) => issued(store, `later-${n}`));
    await backup;
    await Promise.all([...meanwhile, ...later]);
    expect(await store.list()).toHaveLength(150);

    const copy = await restored(to, at);
    const held = await copy.list();
    expect(held.length).toBeGreaterThanOrEqual(50);
    expect(held.length).toBeLessThan(150);
    for (const { id, secret } of before) expect(await copy.accepts(id, secret.value)).toBe(true);
    expect(await copy.account()).toEqual(await store.account());
  });

  it('is one file, for its owner alone', async () => {
    const at = place();
    const folder = join(at.folder, 'backups');
    mkdirSync(folder);
    await (await opened(at)).backup(join(folder, 'backup.db'));
    expect(readdirSync(folder)).toEqual(['backup.db']);
    expect(statSync(join(folder, 'backup.db')).mode & 0o777).toBe(0o600);
  });

  it('holds no value in plain form, and opens with no other key', async () => {
    const at = place();
    const store = await opened(at);
    const { secret } = await issued(store, 'shop');
    const to = join(at.folder, 'backup #1?.db');
    await store.backup(to);
    expect(readFileSync(to, 'latin1')).toContain(secret.id);
    expect(readFileSync(to, 'latin1')).not.toContain(secret.value.reveal().slice(4, 16));
    writeFileSync(join(at.folder, 'other.key'), `1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    await expect(restored(to, { ...at, keyFile: join(at.folder, 'other.key') })).rejects.toMatchObject({
      code: 'wrongKey',
    });
  });

  it('leaves the store held', async () => {
    const at = place();
    const store = await opened(at);
    await store.backup(join(at.folder, 'backup.db'));
    await expect(opened(at)).rejects.toMatchObject({ code: 'locked' });
  });

  it('is refused once the store is closed', async () => {
    const { at } = await closed();
    const store = await opened(at);
    await store.close();
    await expect(store.backup(join(at.folder, 'backup.db'))).rejects.toMatchObject({ code: 'backupFailed' });
    expect(readdirSync(at.folder)).not.toContain('backup.db');
  });
});

describe('a process killed in the middle of a backup', () => {
  it('leaves nothing that is taken for one, and the store as it was', async () => {
    const { at, id, secret } = await closed();
    const to = join(at.folder, 'backup.db');
    const child = spawn(process.execPath, [script, at.path, at.keyFile, to], { stdio: 'inherit' });
    expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
    expect(statSync(to).size).toBe(0);
    await expect(restored(to, at)).rejects.toMatchObject({ code: 'empty' });
    await expect(backUp(at, to)).rejects.toMatchObject({ code: 'exists' });
    expect(await (await opened(at)).accepts(id, secret.value)).toBe(true);
  });
});

describe('a backup that cannot be made', () => {
  it.each(['backup.db', 'backup.db.partial'])('leaves the file %s as it is', async (name) => {
    const at = place();
    const store = await opened(at);
    writeFileSync(join(at.folder, name), 'mine');
    const attempt = store.backup(join(at.folder, 'backup.db'));
    await expect(attempt).rejects.toMatchObject({
      code: 'exists',
      message: `the file ${join(at.folder, name)} is there already: name another file, or remove it`,
    });
    expect(readFileSync(join(at.folder, name), 'utf8')).toBe('mine');
    expect(readdirSync(at.folder).filter((each) => each.startsWith('backup'))).toEqual([name]);
  });

  it('is not begun over the store itself', async () => {
    const at = place();
    const store = await opened(at);
    await expect(store.backup(at.path)).rejects.toMatchObject({ code: 'exists' });
    await expect(store.list()).resolves.toEqual([]);
  });

  it('says so where its folder is missing', async () => {
    const at = place();
    const attempt = (await opened(at)).backup(join(at.folder, 'none', 'backup.db'));
    await expect(attempt).rejects.toThrow(/^the backup \/.*\/none\/backup\.db was not made: check /);
  });
});

describe('a backup of a store that nobody holds', () => {
  it('changes no byte of it: it is neither migrated nor sealed anew', async () => {
    const { at, id, secret } = await closed();
    appendFileSync(at.keyFile, `2:${randomBytes(32).toString('base64')}\n`);
    const before = contents(at);
    const to = join(at.folder, 'backup.db');
    await backUp(at, to);
    expect(contents(at)).toMatchObject(before);
    expect(await (await restored(to, at)).accepts(id, secret.value)).toBe(true);
  });

  it.each<[string, (at: Place) => unknown, Partial<Place>?]>([
    ['absent', () => undefined, { path: '/no/such/store.db' }],
    ['empty', (at) => truncateSync(at.path, 0)],
    ['corrupt', (at) => truncateSync(at.path, 5_000)],
    ['keyMissing', () => undefined, { keyFile: '/no/such/store.key' }],
    ['locked', (at) => opened(at)],
  ])('is refused as %s', async (code, harm, elsewhere = {}) => {
    const { at } = await closed();
    await harm(at);
    const names = readdirSync(at.folder);
    const attempt = backUp({ ...at, ...elsewhere }, join(at.folder, 'backup.db'));
    await expect(attempt).rejects.toMatchObject({ name: 'StoreError', code });
    expect(readdirSync(at.folder)).toEqual(names);
  });
});
