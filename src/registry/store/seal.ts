/**
 * Client secrets at rest: AES-256-GCM (NIST SP 800-38D).
 *
 * A seal is base64url of: key version (1 byte), nonce (12 bytes, fresh), ciphertext, tag (16 bytes). The place it belongs
 * to is authenticated with it, so a seal that was moved to another row does not open.
 *
 * @module
 */

import { createCipheriv, createDecipheriv } from 'node:crypto';
import { Sensitive } from '../../core/sensitive.ts';
import { StoreError } from './errors.ts';
import type { Random } from './identifiers.ts';
import type { StoreKeys } from './keys.ts';

const cipher = 'aes-256-gcm';
const nonceEnd = 13;
const tagLength = 16;

/** Seals and opens values, each bound to its place in the store. */
export interface Sealer {
  seal(value: Sensitive, place: string): string;
  /** @throws StoreError `keyMissing` or `wrongKey`; the latter also where the seal was moved or altered. */
  open(seal: string, place: string): Sensitive;
  /** The version of the key that seals now. */
  readonly version: number;
  /** Whether a seal was made with the key that seals now; its first two characters tell. */
  isCurrent(seal: string): boolean;
  /** @throws StoreError `keyMissing`, which says that `count` client secrets need the key of that version. */
  requireKey(version: number, count: number): void;
}

/** A sealer that works with the keys of another one from the moment that it is told so. */
export interface ExchangeableSealer extends Sealer {
  exchange(next: Sealer): void;
}

/** @param first whose keys it begins with. */
export function exchangeable(first: Sealer): ExchangeableSealer {
  let current = first;
  return {
    get version() {
      return current.version;
    },
    seal: (value, place) => current.seal(value, place),
    open: (seal, place) => current.open(seal, place),
    isCurrent: (seal) => current.isCurrent(seal),
    requireKey: (version, count) => current.requireKey(version, count),
    exchange: (next) => {
      current = next;
    },
  };
}

/** @param keyFile named in errors. */
export function createSealer(keys: StoreKeys, keyFile: string, random: Random): Sealer {
  const keyOf = (version: number) => {
    const key = keys.versions.get(version);
    if (key !== undefined) return key;
    throw new StoreError('keyMissing', `the key file ${keyFile}`);
  };
  return {
    seal(value, place) {
      const head = Buffer.concat([Buffer.of(keys.writing), random(nonceEnd - 1)]);
      const sealing = createCipheriv(cipher, keyOf(keys.writing), head.subarray(1)).setAAD(Buffer.from(place));
      const body = [sealing.update(value.reveal(), 'utf8'), sealing.final()];
      return Buffer.concat([head, ...body, sealing.getAuthTag()]).toString('base64url');
    },
    open(seal, place) {
      const bytes = Buffer.from(seal, 'base64url');
      const key = keyOf(versionOf(seal));
      try {
        const opening = createDecipheriv(cipher, key, bytes.subarray(1, nonceEnd), { authTagLength: tagLength });
        opening.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-tagLength));
        const body = bytes.subarray(nonceEnd, -tagLength);
        return new Sensitive(opening.update(body, undefined, 'utf8') + opening.final('utf8'));
      } catch (cause) {
        throw new StoreError('wrongKey', `the key file ${keyFile}`, cause);
      }
    },
    version: keys.writing,
    isCurrent: (seal) => versionOf(seal) === keys.writing,
    requireKey(version, count) {
      if (keys.versions.has(version)) return;
      const subject = `the key file ${keyFile}, in which ${count} client secrets need key ${version},`;
      throw new StoreError('keyMissing', subject);
    },
  };
}

/** The version of the key that made a seal; its first two characters tell. */
export function versionOf(seal: string): number {
  return Buffer.from(seal, 'base64url')[0] ?? 0;
}
