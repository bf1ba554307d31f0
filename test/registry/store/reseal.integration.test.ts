/** A store is sealed with a new key while calls go on; cut short or killed it goes on later, and no wrong key is taken. */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Sensitive } from '../../../src/core/sensitive.ts';
import type { StoreRegistry } from '../../../src/registry/store/store.ts';
import { application, operation } from '../applications.ts';
import { opened, type Place, place } from './fixtures.ts';

/** More than two steps take. */
const size = 450;

const never = new AbortController().signal;
const quietly = () => undefined;

/** The values of client secrets by client. */
type Values = ReadonlyMap<string, Sensitive>;

/** Issues a client secret on each of `count` new applications. */
async function issue(store: StoreRegistry, count: number, prefix = 'shop'): Promise<Values> {
  const issued = Array.from({ length: count }, async (_, n) => {
    const { id } = await store.create(application({ name: `${prefix}-${n}` }), operation());
    return [id, (await store.issueClientSecret(id, operation())).value] as const;
  });
  return new Map(await Promise.all(issued));
}

/** How many of the values the store accepts. */
async function accepted(store: StoreRegistry, values: Values): Promise<number> {
  const answers = await Promise.all([...values].map(([id, value]) => store.accepts(id, value)));
  return answers.filter(Boolean).length;
}

async function filled(count = size) {
  const at = place();
  const store = await opened(at);
  return { at, store, values: await issue(store, count) };
}

const newKey = (version: number) => `${version}:${randomBytes(32).toString('base64')}\n`;

function addKey({ keyFile }: Place, version: number): void {
  appendFileSync(keyFile, newKey(version));
}

/** The lines of the key file. */
function keysOf({ keyFile }: Place): readonly string[] {
  return readFileSync(keyFile, 'utf8').split('\n').filter(Boolean);
}

/** What is left when the store is asked to seal with one of these keys alone. */
async function reopenedWith(at: Place, key: string | undefined): Promise<StoreRegistry> {
  writeFileSync(at.keyFile, `${key}\n`);
  return opened(at);
}

describe('sealing with a new key', () => {
  it('lets calls through between its steps, and then the old key may go', async () => {
    const { at, store, values } = await filled();
    addKey(at, 2);
    const order: (number | string)[] = [];
    let late: Promise<Values> | undefined;
    const onProgress = (left: number) => {
      order.push(left);
      if (left !== size) return;
      void store.list().then(() => order.push('a call'));
      late = issue(store, 20, 'late');
    };
    expect(await store.reseal(onProgress, never)).toEqual({ version: 2, count: size });
    expect(order.slice(0, 2)).toEqual([size, 'a call']);
    expect(order.at(-1)).toBe(0);
    expect(order.length).toBeGreaterThan(4);
    expect(await accepted(store, values)).toBe(size);
    const added = (await late) ?? new Map();
    await store.close();
    const again = await reopenedWith(at, keysOf(at)[1]);
    expect([await accepted(again, values), await accepted(again, added)]).toEqual([size, 20]);
  });

  it('does nothing where nothing is new', async () => {
    const { store } = await filled(3);
    expect(await store.reseal(quietly, never)).toEqual({ version: 1, count: 0 });
  });

  it('changes neither ids, times nor order', async () => {
    const { at, store, values } = await filled(3);
    const look = async () => [await store.list(), ...(await Promise.all([...values.keys()].map(store.clientSecrets)))];
    const before = await look();
    addKey(at, 9);
    await store.reseal(quietly, never);
    expect(await look()).toEqual(before);
  });

  it('is asked for twice at once, and done once', async () => {
    const { at, store, values } = await filled(3);
    addKey(at, 2);
    const both = await Promise.all([store.reseal(quietly, never), store.reseal(quietly, never)]);
    expect(both.map(({ count }) => count)).toEqual([3, 0]);
    expect(await accepted(store, values)).toBe(3);
  });

  it('leaves a store that is backed up as ever', async () => {
    const { at, store, values } = await filled(3);
    addKey(at, 2);
    await store.reseal(quietly, never);
    const to = join(at.folder, 'backup.db');
    await store.backup(to);
    expect(await accepted(await opened({ ...at, path: to }), values)).toBe(3);
  });
});

describe('sealing that is cut short', () => {
  it('leaves everything readable, and is ended by the next request', async () => {
    const { at, store, values } = await filled();
    addKey(at, 2);
    const stop = new AbortController();
    const reason = new Error('enough');
    const cut = store.reseal((left) => left < size && stop.abort(reason), stop.signal);
    await expect(cut).rejects.toBe(reason);
    expect(await accepted(store, values)).toBe(size);
    expect(await store.reseal(quietly, never)).toEqual({ version: 2, count: 250 });
  });

  it('by SIGKILL is ended by the next start; without both keys that start is refused', async () => {
    const { at, store, values } = await filled();
    await store.close();
    const program = fileURLToPath(new URL('reseal-killed.ts', import.meta.url));
    const child = spawn(process.execPath, [program, at.path, at.keyFile], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    addKey(at, 2);
    child.stdin.write('go\n');
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    const [old, fresh] = keysOf(at);
    await expect(reopenedWith(at, fresh)).rejects.toThrow(/250 client secrets need key 1, lacks the key/);
    await expect(reopenedWith(at, old)).rejects.toThrow(/200 client secrets need key 2, lacks the key/);
    const again = await reopenedWith(at, `${old}\n${fresh}`);
    expect(await accepted(again, values)).toBe(size);
    await again.close();
    expect(await accepted(await reopenedWith(at, fresh), values)).toBe(size);
  });
});

describe('a key file that does not open everything', () => {
  it.each([
    ['lacks the key in use', () => newKey(2), 'keyMissing', /, in which 3 client secrets need key 1, lacks the key/],
    ['has another key in its place', () => newKey(1) + newKey(2), 'wrongKey', /holds another key than the one/],
    ['holds no key', () => '', 'keyInvalid', /is not a key file/],
  ])('because it %s is refused, and the store goes on', async (_why, content, code, message) => {
    const { at, store, values } = await filled(3);
    writeFileSync(at.keyFile, content());
    const refused = store.reseal(quietly, never);
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await accepted(store, values)).toBe(3);
    expect(await accepted(store, await issue(store, 2, 'later'))).toBe(2);
  });
});
