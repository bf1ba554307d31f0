/** A disk that is full, or that may no longer be written: calls fail with `unavailable`, and nothing acknowledged is lost. */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompiledQuery, type Dialect, type Driver } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../../src/registry/store/open.ts';
import { sqliteFile } from '../../../src/registry/store/sqlite.ts';
import type { StoreRegistry } from '../../../src/registry/store/store.ts';
import { application, operation } from '../applications.ts';
import { opened, type Place, place } from './fixtures.ts';

/** A store, and a way to set the connection it works with. */
async function openedWithPragmas(at: Place) {
  await (await opened(at)).close();
  const { dialect } = sqliteFile(at.path, 'held');
  let driver: Driver | undefined;
  const watched: Dialect = {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => (driver = dialect.createDriver()),
  };
  const store = await openStore({ dialect: watched, keyFile: at.keyFile, clock: Date.now, random: randomBytes });
  onTestFinished(() => store.close());
  const pragma = async (setting: string) => {
    const connection = await driver?.acquireConnection({});
    await connection?.executeQuery(CompiledQuery.raw(`PRAGMA ${setting}`));
  };
  return { store, pragma };
}

/** Creates applications until one is refused; gives what was acknowledged, and the refusal. */
async function filled(store: StoreRegistry, most = 2_000) {
  const acknowledged: string[] = [];
  for (let n = 0; n < most; n += 1) {
    try {
      const created = await store.create(application({ name: `shop-${acknowledged.length}` }), operation());
      acknowledged.push(created.id);
    } catch (refusal) {
      return { acknowledged, refusal };
    }
  }
  throw new Error('nothing was refused');
}

const ids = async (store: StoreRegistry) => new Set((await store.list()).map(({ id }) => id));

/** A folder with a file system of 512 KiB; `undefined` where this process may not mount one. */
function small({ folder }: Place): string | undefined {
  const mounted = join(folder, 'small');
  mkdirSync(mounted);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'ramify-test', mounted], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', mounted]));
  return mounted;
}

describe('a store that may not grow', () => {
  it('refuses what needs room, serves the rest, and goes on when there is room again', async () => {
    const { store, pragma } = await openedWithPragmas(place());
    await pragma('max_page_count = 40');
    const { acknowledged, refusal } = await filled(store);
    expect(refusal).toMatchObject({ name: 'RegistryError', code: 'unavailable', operation: 'create' });
    expect(refusal).toHaveProperty('message', 'the store failed: database or disk is full');
    expect(await ids(store)).toEqual(new Set(acknowledged));

    await pragma('max_page_count = 1000000');
    const { id } = await store.create(application({ name: 'later' }), operation());
    expect(await ids(store)).toEqual(new Set([...acknowledged, id]));
  });
});

describe('a store that may no longer be written', () => {
  it('refuses changes, serves the rest, and goes on when it may be written again', async () => {
    const { store, pragma } = await openedWithPragmas(place());
    const { id } = await store.create(application(), operation());
    const secret = await store.issueClientSecret(id, operation());
    await pragma('query_only = 1');
    const changes = [
      store.create(application({ name: 'other' }), operation()),
      store.update(id, { displayName: 'Other' }),
      store.issueClientSecret(id, operation()),
      store.deleteClientSecret(id, secret.id),
      store.delete(id),
    ];
    for (const change of await Promise.allSettled(changes))
      expect(change).toMatchObject({
        reason: { code: 'unavailable', message: 'the store failed: attempt to write a readonly database' },
      });
    expect(await store.accepts(id, secret.value)).toBe(true);

    await pragma('query_only = 0');
    expect(await store.update(id, { displayName: 'Other' })).toMatchObject({ id, displayName: 'Other' });
    expect(await ids(store)).toEqual(new Set([id]));
  });
});

describe('a disk without room', () => {
  it('loses nothing that was acknowledged, while it is full, after it was, and over a restart', async ({ skip }) => {
    const at = place();
    const folder = small(at) ?? skip('this user may not mount a file system');
    const full = { ...at, path: join(folder, 'store.db') };
    const store = await opened(full);
    writeFileSync(join(folder, 'ballast'), randomBytes(200_000));
    const { acknowledged, refusal } = await filled(store);
    expect(refusal).toMatchObject({ code: 'unavailable', message: 'the store failed: database or disk is full' });
    expect(await ids(store)).toEqual(new Set(acknowledged));
    await expect(store.backup(join(folder, 'backup.db'))).rejects.toMatchObject({ code: 'backupFailed' });
    expect(readdirSync(folder).filter((name) => name.startsWith('backup'))).toEqual([]);

    rmSync(join(folder, 'ballast'));
    const { id } = await store.create(application({ name: 'later' }), operation());
    await store.close();
    expect(await ids(await opened(full))).toEqual(new Set([...acknowledged, id]));
  });
});
