/** The store between processes: held by one, whole after that one was killed, refused where it may not be written. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { Sensitive } from '../../../src/core/sensitive.ts';
import { contents, opened, type Place, place } from './fixtures.ts';

/** A line that the writer prints. */
interface Line {
  readonly held?: boolean;
  readonly refused?: string;
  readonly id?: string;
  readonly value?: string;
}

const script = fileURLToPath(new URL('writer.ts', import.meta.url));

/** Root may write everything, so a writer without rights is somebody else. */
const nobody = process.getuid?.() === 0 ? 65_534 : undefined;

/** Starts a writer; killed when the test ends at the latest. */
function writer(at: Place, uid?: number): ChildProcess {
  const args = [script, at.path, at.keyFile, ...(uid === undefined ? [] : [String(uid)])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Reads what a writer prints until `count` lines are there, kills it, and gives all that it printed. */
async function killedAfter(count: number, child: ChildProcess): Promise<readonly Line[]> {
  const lines: Line[] = [];
  if (child.stdout === null) throw new Error('the writer has no output');
  const ended = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(JSON.parse(line) as Line);
    if (lines.length === count) child.kill('SIGKILL');
  }
  await ended;
  return lines;
}

async function firstLine(child: ChildProcess): Promise<Line> {
  if (child.stdout === null) throw new Error('the writer has no output');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return JSON.parse(line) as Line;
}

it('a store that another process holds is refused at once, and free when that process is gone', async () => {
  const at = place();
  const child = writer(at);
  expect(await firstLine(child)).toEqual({ held: true });
  await expect(opened(at)).rejects.toMatchObject({ name: 'StoreError', code: 'locked' });
  const gone = once(child, 'close');
  child.kill('SIGKILL');
  await gone;
  await expect(opened(at)).resolves.toBeDefined();
});

it('a process is refused a store that this one holds', async () => {
  const at = place();
  await opened(at);
  expect(await firstLine(writer(at))).toEqual({ refused: 'locked' });
});

it('everything acknowledged is there after the writer was killed, time and again', async () => {
  const at = place();
  const acknowledged: Line[] = [];
  for (const count of [20, 33, 47]) {
    acknowledged.push(...(await killedAfter(count, writer(at))).filter(({ id }) => id !== undefined));
    const store = await opened(at);
    const held = new Set((await store.list()).map(({ id }) => id));
    for (const { id = '', value = '' } of acknowledged) {
      expect(held).toContain(id);
      expect(await store.accepts(id, new Sensitive(value))).toBe(true);
    }
    await store.close();
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(20 + 33 + 47 - 3);
});

it('values are not in plain form in what a killed writer leaves, the log included', async () => {
  const at = place();
  const lines = await killedAfter(20, writer(at));
  const left = Object.keys(contents(at)).map((name) => readFileSync(`${at.folder}/${name}`, 'latin1'));
  expect(Object.keys(contents(at))).toContain('store.db-wal');
  const values = lines.flatMap(({ value }) => value ?? []);
  expect(values.length).toBeGreaterThan(10);
  for (const value of values) for (const bytes of left) expect(bytes).not.toContain(value.slice(4, 16));
});

it('what a killed writer leaves keeps every byte when the key is wrong, and opens with the right one', async () => {
  const at = place();
  const lines = await killedAfter(20, writer(at));
  copyFileSync(at.keyFile, `${at.folder}/right.key`);
  writeFileSync(at.keyFile, `1:${randomBytes(32).toString('base64')}\n`);
  const before = contents(at);
  await expect(opened(at)).rejects.toMatchObject({ code: 'wrongKey' });
  expect(contents(at)).toMatchObject(before);
  copyFileSync(`${at.folder}/right.key`, at.keyFile);
  const store = await opened(at);
  expect((await store.list()).length).toBeGreaterThanOrEqual(lines.length - 1);
});

it('a store that may not be written is refused, and left as it is', async () => {
  const at = place();
  await (await opened(at)).close();
  chmodSync(at.path, 0o444);
  chmodSync(at.folder, 0o777);
  if (nobody !== undefined) chownSync(at.keyFile, nobody, nobody);
  const before = contents(at);
  expect(await firstLine(writer(at, nobody))).toEqual({ refused: 'readOnly' });
  expect(contents(at)).toEqual(before);
});

it('a new store in a folder that may not be written is refused', async () => {
  const at = place();
  mkdirSync(`${at.folder}/sealed`, { mode: 0o555 });
  chmodSync(at.folder, 0o777);
  const sealed = { ...at, path: `${at.folder}/sealed/store.db` };
  expect(await firstLine(writer(sealed, nobody))).toEqual({ refused: 'unavailable' });
});
