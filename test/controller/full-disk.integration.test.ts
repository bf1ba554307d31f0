/**
 * The store's disk is full under a running controller: it says so, and goes on by itself when there is room again.
 *
 * @module
 */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { install } from '../support/installation.ts';
import { condition, newTenant } from '../support/tenant.ts';

const folder = mkdtempSync(join(tmpdir(), 'ramify-full-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file system of 1 MiB in the folder; false where this user may not mount one. */
function mounted(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'ramify-test', folder], { stdio: 'ignore' });
  } catch {
    return false;
  }
  afterAll(() => void execFileSync('umount', ['--lazy', folder]));
  return true;
}

test.runIf(mounted())('a full disk is RegistryUnavailable, and nothing is lost by it', async () => {
  const { cluster, stop, withStore } = await install({}, { store: join(folder, 'store.db'), controllerManager: false });
  const team = await newTenant(cluster);
  const before = await team.applyReady('before');
  const ballast = join(folder, 'ballast');
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(ballast, randomBytes(bavail * bsize));

  const names = Array.from({ length: 20 }, (_, n) => `during-${n}`);
  await Promise.all(names.map((name) => team.apply(name)));
  for (const name of names) {
    const refused = await team.reason(name, 'RegistryUnavailable', 60_000);
    expect(condition(refused, 'Ready')?.message).toContain('database or disk is full');
  }
  expect(await team.application('before')).toEqual(before);

  rmSync(ballast);
  for (const name of [...names, 'before']) await team.reason(name, 'Succeeded', 60_000);
  const served = await Promise.all(names.map(async (name) => (await team.application(name))?.status.clientID));
  await stop();
  const held = new Set(await withStore(async (store) => (await store.list()).map(({ clientID }) => clientID)));
  expect(held.size).toBe(names.length + 1);
  for (const clientID of served) expect(held).toContain(clientID);
});
