/**
 * Stores in folders of their own, which go when the test ends.
 *
 * @module
 */

import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore } from '../../../src/registry/store/open.ts';
import type { StoreRegistry } from '../../../src/registry/store/store.ts';

/** Where a store of a test is. */
export interface Place {
  readonly folder: string;
  readonly path: string;
  readonly keyFile: string;
}

/** In memory where the system has such a folder: most of the time would go to the disk. */
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export function place(): Place {
  const folder = mkdtempSync(join(base, 'ramify-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, path: join(folder, 'store.db'), keyFile: join(folder, 'store.key') };
}

/** Opens the store at `at`, with a clock that stands still unless one is given; closed when the test ends. */
export async function opened(at: Place = place(), clock = () => 1_800_000_000_000): Promise<StoreRegistry> {
  const store = await openStore({ path: at.path, keyFile: at.keyFile, clock, random: randomBytes });
  onTestFinished(() => store.close());
  return store;
}

/** A digest per file of the folder. Only for a store that this process does not hold: reading gives up its lock. */
export function contents({ folder }: Place): Readonly<Record<string, string>> {
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  return Object.fromEntries(readdirSync(folder).map((name) => [name, digest(name)]));
}
