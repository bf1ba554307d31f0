/**
 * `ramify store backup` and `ramify store reseal` as processes: their lines, their exit codes, and who does the work.
 *
 * @module
 */

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { servingRequests } from '../../src/cli/store-socket.ts';
import { openStore } from '../../src/registry/store/open.ts';
import { application, operation } from '../registry/applications.ts';
import { opened, place } from '../registry/store/fixtures.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

async function ramify(args: readonly string[], env: Record<string, string> = {}) {
  const running = promisify(execFile)(process.execPath, [main, ...args], { env });
  const end = await running.catch((error: { code: number; stdout: string; stderr: string }) => error);
  return { code: 'code' in end ? end.code : 0, stdout: end.stdout, stderr: end.stderr };
}

const made = (file: string) => ({
  code: 0,
  stdout: `backed up to ${file}; the keys are not in it: keep the key file as well, and elsewhere\n`,
  stderr: '',
});

test('a store that nobody holds is backed up by the command itself', async () => {
  const at = place();
  const store = await opened(at);
  const { id } = await store.create(application(), operation());
  await store.close();
  const to = join(at.folder, 'backup.db');
  const flags = ['--store', `sqlite:${at.path}`, '--store-key-file', at.keyFile];
  expect(await ramify(['store', 'backup', ...flags, '--to', to])).toEqual(made(to));
  expect(await (await opened({ ...at, path: to })).list()).toMatchObject([{ id }]);
  expect(readdirSync(at.folder)).not.toContain('store.db-wal');
});

test('a store that is held is sealed anew by the process that holds it; one that is not, when it is opened', async () => {
  const at = place();
  const { path, keyFile } = at;
  const flags = ['--store', `sqlite:${path}`];
  const held = await openStore({ path, keyFile, clock: Date.now, random: randomBytes });
  const store = await servingRequests(held, path, { info: () => undefined, warn: () => undefined });
  onTestFinished(() => store.close());
  const { id } = await store.create(application(), operation());
  await store.issueClientSecret(id, operation());
  appendFileSync(keyFile, `2:${randomBytes(32).toString('base64')}\n`);
  expect(await ramify(['store', 'reseal', ...flags])).toEqual({
    code: 0,
    stdout: 'sealed with key 2, 1 client secrets anew; keep the other keys for as long as a backup needs them\n',
    stderr: '',
  });
  await store.close();
  expect(await ramify(['store', 'reseal', ...flags])).toEqual({
    code: 2,
    stdout: '',
    stderr: `ramify: no controller holds the store ${path}: the next one that starts seals it\n`,
  });
});

test('a store that is held is backed up by the process that holds it, which needs no key file for it', async () => {
  const at = place();
  const { path, keyFile } = at;
  const held = await openStore({ path, keyFile, clock: Date.now, random: randomBytes });
  const store = await servingRequests(held, path, { info: () => undefined, warn: () => undefined });
  onTestFinished(() => store.close());
  unlinkSync(keyFile);
  const to = join(at.folder, 'backup.db');
  expect(await ramify(['store', 'backup', '--store', `sqlite:${path}`, '--to', to])).toEqual(made(to));
  expect(statSync(to).mode & 0o777).toBe(0o600);
  expect(await ramify(['store', 'backup', '--store', `sqlite:${path}`, '--to', to])).toEqual({
    code: 2,
    stdout: '',
    stderr: `ramify: the file ${to} is there already: name another file, or remove it\n`,
  });
});

test.each([
  [[], '--store: must be given; --to: must be given'],
  [
    ['--store', 'sqlite:/no/such/store.db', '--to', '/no/such/backup.db'],
    'the store /no/such/store.db is not there: check the path',
  ],
  [['--store', '/s.db', '--to', ''], '--store: must be sqlite:PATH; --to: must be a path'],
])('%j is told with the way out', async (args, line) => {
  expect(await ramify(['store', 'backup', ...args])).toEqual({ code: 2, stdout: '', stderr: `ramify: ${line}\n` });
});

test('variables count as for the controller', async () => {
  const { stderr } = await ramify(['store', 'backup', '--to', '/x'], { RAMIFY_STORE: 'sqlite:/no/such/store.db' });
  expect(stderr).toBe('ramify: the store /no/such/store.db is not there: check the path\n');
});
