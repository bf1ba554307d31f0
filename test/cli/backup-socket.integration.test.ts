/**
 * How a backup is asked for, over real sockets: who may ask, what is answered, and what ends with the store.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { requestBackup, servingBackups } from '../../src/cli/backup-socket.ts';
import { openStore } from '../../src/registry/store/open.ts';
import { application, operation } from '../registry/applications.ts';
import { opened, type Place, place } from '../registry/store/fixtures.ts';
import { eventually } from '../support/eventually.ts';

/** A store whose backups can be asked for, and what was logged. */
async function serving(at: Place = place()) {
  const { path, keyFile } = at;
  const logged: string[] = [];
  const tell = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const held = await openStore({ path, keyFile, clock: Date.now, random: randomBytes });
  const store = await servingBackups(held, path, { info: tell, warn: tell });
  onTestFinished(() => store.close());
  return { at, store, logged, to: join(at.folder, 'backup.db'), socket: `${path}.sock` };
}

describe('a backup that is asked for', () => {
  test('is there when the answer is', async () => {
    const { at, store, to, logged } = await serving();
    const { id } = await store.create(application(), operation());
    expect(await requestBackup(at.path, to)).toBe(true);
    expect(logged).toEqual([`backed up the store {"file":"${to}"}`]);
    expect(await (await opened({ ...at, path: to })).list()).toMatchObject([{ id }]);
  });

  test('is refused with the reason', async () => {
    const { at, to, logged } = await serving();
    writeFileSync(to, '');
    await expect(requestBackup(at.path, to)).rejects.toMatchObject({
      name: 'BackupRefusedError',
      message: `the file ${to} is there already: name another file, or remove it`,
    });
    expect(logged).toEqual([expect.stringMatching(/^a backup failed /)]);
  });

  test.each(['', '{', '{}', '{"to":""}', '{"to":1}', '{"to":"/tmp/x","then":"y"}'])(
    'is not made of %j, and the next one is',
    async (words) => {
      const { at, socket, to } = await serving();
      const asking = connect({ path: socket, allowHalfOpen: true });
      asking.end(words);
      expect(await text(asking)).not.toBe('{}');
      expect(await requestBackup(at.path, to)).toBe(true);
    },
  );

  test('of many at once is made for each', async () => {
    const { at } = await serving();
    const files = Array.from({ length: 5 }, (_, n) => join(at.folder, `backup-${n}.db`));
    expect(await Promise.all(files.map((file) => requestBackup(at.path, file)))).toEqual(files.map(() => true));
    for (const file of files) expect(statSync(file).size).toBeGreaterThan(4_096);
  });

  test('is nobody’s to ask for but the owner’s', async () => {
    const { socket } = await serving();
    expect(statSync(socket).mode & 0o777).toBe(0o600);
  });
});

describe('nobody is there to ask', () => {
  test('where there is no socket', async () => {
    expect(await requestBackup(place().path, '/no/such/file')).toBe(false);
  });

  test('where the process died that had it; the next one takes its place', async () => {
    const { at, to, socket } = await serving();
    const left = place();
    writeFileSync(`${left.path}.sock`, '');
    expect(await requestBackup(left.path, to)).toBe(false);
    await serving(left);
    expect(await requestBackup(left.path, to)).toBe(true);
    expect(existsSync(socket)).toBe(true);
    expect(at.path).not.toBe(left.path);
  });
});

describe('a store that is closed', () => {
  test('answers who has asked, and takes the socket away', async () => {
    const { at, store, to, socket } = await serving();
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => store.create(application({ name: `shop-${n}` }), operation())),
    );
    const asked = requestBackup(at.path, to);
    await eventually(() => existsSync(to));
    await store.close();
    expect(await asked).toBe(true);
    expect(existsSync(socket)).toBe(false);
    expect(readdirSync(at.folder).toSorted()).toEqual(['backup.db', 'store.db', 'store.key']);
  });

  test('waits for nobody who has not asked', async () => {
    const { store, socket } = await serving();
    const silent = connect(socket).on('error', () => undefined);
    await once(silent, 'connect');
    silent.write('{');
    await store.close();
    expect(existsSync(socket)).toBe(false);
  });

  test('is worked with where there can be no socket', async () => {
    const at = place();
    const folder = join(at.folder, 'x'.repeat(100));
    mkdirSync(folder);
    chmodSync(folder, 0o700);
    const { store, logged } = await serving({ ...at, folder, path: join(folder, 'store.db') });
    expect(logged).toEqual([expect.stringMatching(/^backups cannot be asked for .*(EINVAL|ENAMETOOLONG)/)]);
    expect(await store.list()).toEqual([]);
    await expect(requestBackup(join(folder, 'store.db'), join(folder, 'b'))).rejects.toThrow(/cannot be asked/);
  });
});
