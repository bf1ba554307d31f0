/**
 * How a backup or a new seal is asked for, over real sockets: who may ask, what is answered, and what ends with the store.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { requestBackup, requestReseal, servingRequests } from '../../src/cli/store-socket.ts';
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
  const store = await servingRequests(held, path, { info: tell, warn: tell });
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
      name: 'RequestRefusedError',
      message: `the file ${to} is there already: name another file, or remove it`,
    });
    expect(logged).toEqual([expect.stringMatching(/^what was asked of the store was not done /)]);
  });

  test.each(['', '{', '{}', '{"do":"backup"}', '{"do":"backup","to":""}', '{"do":"backup","to":"/tmp/x","then":"y"}'])(
    'is not made of %j, and the next one is',
    async (words) => {
      const { at, socket, to } = await serving();
      const asking = connect({ path: socket, allowHalfOpen: true });
      asking.end(words);
      expect(await text(asking)).not.toContain('done');
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

describe('a new seal that is asked for', () => {
  const addKey = ({ keyFile }: Place, version: number) =>
    appendFileSync(keyFile, `${version}:${randomBytes(32).toString('base64')}\n`);

  test('is there when the answer is, and what is left is told meanwhile', async () => {
    const { at, store, logged } = await serving();
    const { id } = await store.create(application(), operation());
    const { value } = await store.issueClientSecret(id, operation());
    addKey(at, 2);
    expect(await requestReseal(at.path)).toEqual({ version: 2, count: 1 });
    expect(logged).toEqual([
      'sealing with a new key {"left":1}',
      'sealing with a new key {"left":0}',
      'sealed with the newest key {"version":2,"count":1}',
    ]);
    expect(await store.accepts(id, value)).toBe(true);
  });

  test('is refused with the reason', async () => {
    const { at } = await serving();
    writeFileSync(at.keyFile, `2:${randomBytes(32).toString('base64')}\n`);
    await expect(requestReseal(at.path)).rejects.toMatchObject({
      name: 'RequestRefusedError',
      message: expect.stringMatching(/^the key file .* lacks the key that the store is sealed with: put it back/),
    });
  });

  test('is cut short by the end of the controller, which is told', async () => {
    const at = place();
    const held = await opened(at);
    const { id } = await held.create(application(), operation());
    await held.issueClientSecret(id, operation());
    addKey(at, 2);
    const endings: Promise<void>[] = [];
    const info = () => void endings.push(store.close());
    const store = await servingRequests(held, at.path, { info, warn: () => undefined });
    await expect(requestReseal(at.path)).rejects.toThrow(
      'the controller ended before it was done: the next start seals what is left',
    );
    await Promise.all(endings);
    expect(endings).toHaveLength(1);
  });

  test('finds nobody where there is no socket', async () => {
    expect(await requestReseal(place().path)).toBeUndefined();
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
    expect(logged).toEqual([
      expect.stringMatching(/^neither a backup nor a new seal can be asked for .*(EINVAL|ENAMETOOLONG)/),
    ]);
    expect(await store.list()).toEqual([]);
    await expect(requestBackup(join(folder, 'store.db'), join(folder, 'b'))).rejects.toThrow(/cannot be asked/);
  });
});
