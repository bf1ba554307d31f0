/**
 * What is generated is fresh, and tells of every setting.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { generatedFiles, staleFiles } from '../../scripts/generate.ts';

describe('the generated files', () => {
  test('are what the sources say: otherwise run "npm run generate"', async () => {
    expect(await staleFiles(new URL('../../', import.meta.url))).toEqual([]);
  });

  test('are stale where they are missing', async () => {
    expect(await staleFiles(new URL('./no-such-folder/', import.meta.url))).toEqual([...generatedFiles().keys()]);
  });
});

describe('the reference of flags', () => {
  test.each([
    ['| `--concurrency <n>` | `RAMIFY_CONCURRENCY` | applications worked on at once, 1 to 128 | 16 |'],
    ["| `--store-key-file <path>` | `RAMIFY_STORE_KEY_FILE` | as the controller's; read only"],
  ])('has the row %s', (row) => {
    expect(generatedFiles().get('docs/flags.md')).toContain(row);
  });
});
