/**
 * The keys that client secrets are sealed with, and the file they are kept in.
 *
 * A line per key: its version (1–255), a colon, 32 bytes in base64. The highest version seals, all of them open. So a new
 * key is a further line, and an old one may go once everything is sealed with the new (`reseal.ts`).
 *
 * @module
 */

import { createSecretKey, type KeyObject } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, type Stats, writeFileSync } from 'node:fs';
import { asStoreError, StoreError } from './errors.ts';
import type { Random } from './identifiers.ts';

/** Keys by version. A `KeyObject` does not print itself. */
export interface StoreKeys {
  /** The version that seals. */
  readonly writing: number;
  readonly versions: ReadonlyMap<number, KeyObject>;
}

const line = /^(\d{1,3}):([A-Za-z0-9+/]{43}=)$/;

/**
 * Reads a key file, which only its owner may read (a mode like 0600 or 0400), or that a kubelet mounted ({@link isExposed}).
 *
 * @throws StoreError `keyMissing`, `keyExposed` or `keyInvalid`.
 */
export function readKeys(path: string): StoreKeys {
  const subject = `the key file ${path}`;
  const versions = new Map<number, KeyObject>();
  for (const text of readPrivately(path, subject).split('\n').filter(Boolean)) {
    const [, version = '', key = ''] = line.exec(text) ?? [];
    const number = Number(version);
    if (number < 1 || number > 255 || versions.has(number)) throw new StoreError('keyInvalid', subject);
    versions.set(number, createSecretKey(key, 'base64'));
  }
  if (versions.size === 0) throw new StoreError('keyInvalid', subject);
  return { writing: Math.max(...versions.keys()), versions };
}

/** Makes a key file with one key unless there is a file: for a store that is being made, never for one that exists. */
export function ensureKeys(path: string, random: Random): void {
  if (existsSync(path)) return;
  try {
    writeFileSync(path, `1:${random(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    throw asStoreError(error, `the key file ${path}`);
  }
}

/** The mode is asked of the open file, so that it is the mode of what is read. */
function readPrivately(path: string, subject: string): string {
  if (!existsSync(path)) throw new StoreError('keyMissing', subject);
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    if (isExposed(fstatSync(file), reader())) throw new StoreError('keyExposed', subject);
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw asStoreError(error, subject);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Whom a process reads files as. */
interface Reader {
  /** `undefined` where the system has no such numbers. */
  readonly uid: number | undefined;
  readonly groups: readonly number[];
}

function reader(): Reader {
  const group = process.getegid?.();
  return {
    uid: process.geteuid?.(),
    groups: [...(process.getgroups?.() ?? []), ...(group === undefined ? [] : [group])],
  };
}

/**
 * Whether others than its reader may read or change a file.
 *
 * A group may read what belongs to root, if it is the group of a reader who is not root: a kubelet mounts Secrets so, with
 * the pod's `fsGroup` as group and mode 0440, and nobody but the pod's processes is in it.
 */
export function isExposed(
  { mode, uid, gid }: Pick<Stats, 'mode' | 'uid' | 'gid'>,
  { uid: own, groups }: Reader,
): boolean {
  const isMounted = uid === 0 && own !== 0 && groups.includes(gid);
  return (mode & (isMounted ? 0o037 : 0o077)) !== 0;
}
