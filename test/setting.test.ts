/**
 * Settings are told of as their schema has them.
 *
 * @module
 */

import { expect, test } from 'vitest';
import * as z from 'zod';
import { flagOf, setting, settingsOf } from '../src/setting.ts';

test('flags are written as the command line has them', () => {
  expect(flagOf('storeKeyFile')).toBe('--store-key-file');
});

test('a default stands once: in the schema, or in words where the schema has none', () => {
  const number = z.coerce.number();
  const config = z.strictObject({
    first: setting(number.default(3), { value: '<n>', meaning: 'the first' }),
    second: setting(number.prefault('4'), { value: '<n>', meaning: 'the second' }),
    third: setting(number.optional(), { value: '<n>', meaning: 'the third', otherwise: 'as many as there are' }),
    fourth: setting(number, { value: '<n>', meaning: 'the fourth' }),
  });
  expect(settingsOf(config).map(({ otherwise }) => otherwise)).toEqual(['3', '4', 'as many as there are', undefined]);
});

test('a setting that nobody is told of is a fault of ours', () => {
  expect(() => settingsOf(z.strictObject({ quiet: z.string() }))).toThrow('nobody is told of the setting quiet');
});
