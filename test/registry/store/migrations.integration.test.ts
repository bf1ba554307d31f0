/** A migration is done or not done, and is not gone back on. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { backUpStore, openStore } from '../../../src/registry/store/open.ts';
import type { StoreRegistry } from '../../../src/registry/store/store.ts';
import { application, operation } from '../applications.ts';
import { contents, opened, type Place, place } from './fixtures.ts';
import { longMigrations } from './migrations.ts';

const script = fileURLToPath(new URL('migrator.ts', import.meta.url));

/** Opens the store as the version after the released one would. */
async function openedByNext({ path, keyFile }: Place): Promise<StoreRegistry> {
  const migrations = longMigrations(async () => undefined);
  const store = await openStore({ path, keyFile, clock: Date.now, random: randomBytes, migrations });
  onTestFinished(() => store.close());
  return store;
}

/** A closed store of the released version, with twenty applications and a client secret each. */
async function released() {
  const at = place();
  const store = await opened(at);
  const names = Array.from({ length: 20 }, (_, n) => `shop-${n}`);
  for (const name of names) {
    const { id } = await store.create(application({ name, displayName: 'Shop' }), operation());
    await store.issueClientSecret(id, operation());
  }
  const before = await held(store);
  await store.close();
  return { at, before };
}

/** All that the store holds, values included. */
async function held(store: StoreRegistry) {
  const applications = await store.list();
  const secrets = await Promise.all(
    applications.map(async ({ id }) => {
      const [secret] = await store.clientSecrets(id);
      return (await store.readClientSecret(id, secret?.id ?? ''))?.value.reveal();
    }),
  );
  return { account: await store.account(), applications, secrets };
}

/** Starts the migration and kills it in the middle. */
async function killedHalfway({ path, keyFile }: Place): Promise<void> {
  const child = spawn(process.execPath, [script, path, keyFile], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close');
  expect(String(await once(child.stdout, 'data'))).toBe('halfway\n');
  child.kill('SIGKILL');
  await ended;
}

const renamed = ({ applications, ...rest }: Awaited<ReturnType<typeof held>>) => ({
  ...rest,
  applications: applications.map((each) => ({ ...each, displayName: 'Shop 2' })),
});

it('keeps every application and client secret', async () => {
  const { at, before } = await released();
  expect(await held(await openedByNext(at))).toEqual(renamed(before));
});

it('that was killed in the middle did nothing: both versions go on from there', async () => {
  const { at, before } = await released();
  await killedHalfway(at);
  expect(statSync(`${at.path}-wal`).size).toBeGreaterThan(100_000);
  const store = await opened(at);
  expect(await held(store)).toEqual(before);
  await store.close();

  await killedHalfway(at);
  expect(await held(await openedByNext(at))).toEqual(renamed(before));
});

it('goes together with a new key, or not at all', async () => {
  const { at, before } = await released();
  appendFileSync(at.keyFile, `2:${randomBytes(32).toString('base64')}\n`);
  await killedHalfway(at);
  expect(await held(await openedByNext(at))).toEqual(renamed(before));
});

it('is not gone back on: the version before refuses the store and changes no byte', async () => {
  const { at } = await released();
  await (await openedByNext(at)).close();
  const after = contents(at);
  await expect(opened(at)).rejects.toMatchObject({ code: 'newer' });
  expect(contents(at)).toEqual(after);
});

it('does not happen to what is backed up before it, so that this is the way back', async () => {
  const { at, before } = await released();
  const to = join(at.folder, 'backup.db');
  const migrations = longMigrations(async () => undefined);
  await backUpStore({ path: at.path, keyFile: at.keyFile, clock: Date.now, random: randomBytes, migrations }, to);
  await (await openedByNext(at)).close();
  expect(await held(await opened({ ...at, path: to }))).toEqual(before);
});
