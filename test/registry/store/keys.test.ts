/** The key file: its form, its mode, and when it is made. */

import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ensureKeys, isExposed, readKeys } from '../../../src/registry/store/keys.ts';
import { place } from './fixtures.ts';

const one = Buffer.alloc(32, 1).toString('base64');
const two = Buffer.alloc(32, 2).toString('base64');

function written(text: string, mode = 0o600): string {
  const { keyFile } = place();
  writeFileSync(keyFile, text);
  chmodSync(keyFile, mode);
  return keyFile;
}

describe('readKeys', () => {
  it.each([
    [`1:${one}\n`, 1, [1]],
    [`1:${one}`, 1, [1]],
    [`1:${one}\n2:${two}\n`, 2, [1, 2]],
    [`255:${two}\n\n1:${one}\n`, 255, [255, 1]],
  ])('takes the highest version for the one that seals: %j', (text, writing, versions) => {
    const keys = readKeys(written(text));
    expect(keys.writing).toBe(writing);
    expect([...keys.versions.keys()]).toEqual(versions);
    expect(keys.versions.get(writing)?.export().toString('base64')).toBe(writing === 1 ? one : two);
  });

  it.each([
    '',
    '\n',
    one,
    `0:${one}`,
    `256:${one}`,
    `-1:${one}`,
    `1:${one}\n1:${two}`,
    `1:${one.slice(4)}`,
    `1:${one}${one}`,
    `1: ${one}`,
    `1:${one}\nrubbish`,
  ])('refuses %j', (text) => {
    expect(() => readKeys(written(text))).toThrow(expect.objectContaining({ code: 'keyInvalid' }));
  });

  it.each(['600', '400'])('accepts mode %s', (mode) => {
    expect(readKeys(written(`1:${one}`, Number.parseInt(mode, 8))).writing).toBe(1);
  });

  it.each(['640', '604', '620', '601', '660'])('refuses mode %s', (mode) => {
    expect(() => readKeys(written(`1:${one}`, Number.parseInt(mode, 8)))).toThrow(
      expect.objectContaining({ code: 'keyExposed' }),
    );
  });

  it('follows a link, and judges what it leads to', () => {
    const { keyFile } = place();
    symlinkSync(written(`1:${one}`, 0o644), keyFile);
    expect(() => readKeys(keyFile)).toThrow(expect.objectContaining({ code: 'keyExposed' }));
  });

  it('says that there is no file', () => {
    expect(() => readKeys(place().keyFile)).toThrow(expect.objectContaining({ code: 'keyMissing' }));
  });

  it('gives keys that do not print themselves', () => {
    const printed = inspect(readKeys(written(`1:${one}`)), { depth: 9, showHidden: true });
    expect(printed).not.toContain(one);
    expect(printed).not.toContain('01 01 01');
  });
});

describe('a file is private', () => {
  const pod = { uid: 65_532, groups: [65_532, 2000] };
  const mounted = { mode: 0o100440, uid: 0, gid: 2000 };

  it.each([
    ['that a kubelet mounted for the group of the pod', mounted, pod, false],
    ['with the sticky bits of a mount', { ...mounted, mode: 0o102440 }, pod, false],
    ['that the group may write as well', { ...mounted, mode: 0o100460 }, pod, true],
    ['that everybody may read', { ...mounted, mode: 0o100444 }, pod, true],
    ['of a group that is not the reader’s', { ...mounted, gid: 3000 }, pod, true],
    ['of somebody else who is not root', { ...mounted, uid: 1000 }, pod, true],
    ['of the reader, and its group may read it', { ...mounted, uid: 65_532 }, pod, true],
    ['of root, whose group may read it', { ...mounted, gid: 0 }, { uid: 0, groups: [0] }, true],
    ['on a system without users', { ...mounted, gid: 0 }, { uid: undefined, groups: [] }, true],
    ['for its owner alone', { mode: 0o100600, uid: 65_532, gid: 65_532 }, pod, false],
  ])('or not: one %s', (_what, file, reader, exposed) => {
    expect(isExposed(file, reader)).toBe(exposed);
  });
});

describe('ensureKeys', () => {
  it('makes one key, for its owner alone', () => {
    const { keyFile } = place();
    ensureKeys(keyFile, randomBytes);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect([...readKeys(keyFile).versions.keys()]).toEqual([1]);
  });

  it('leaves a file that is there, whatever it holds', () => {
    const keyFile = written('rubbish');
    ensureKeys(keyFile, randomBytes);
    expect(readFileSync(keyFile, 'utf8')).toBe('rubbish');
  });

  it('says where it cannot', () => {
    expect(() => ensureKeys(`${place().folder}/none/key`, randomBytes)).toThrow(/^the key file \/.* cannot be opened/);
  });
});
