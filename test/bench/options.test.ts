/** The command line of the bench. */

import { describe, expect, test } from 'vitest';
import { readOptions, sectionNames, UsageError } from './options.ts';

describe('the command line', () => {
  test('asks for everything where it asks for nothing', () => {
    expect(readOptions([])).toEqual({
      sections: sectionNames,
      applications: 1000,
      latencies: 200,
      resources: 10_000,
      reconciles: 30_000,
      rounds: 3,
      json: false,
    });
  });

  test('names sections in any order; they are measured in ours', () => {
    const { sections, applications, json } = readOptions([
      'cold-start',
      'throughput',
      '--applications',
      '50',
      '--json',
    ]);
    expect({ sections, applications, json }).toEqual({
      sections: ['throughput', 'cold-start'],
      applications: 50,
      json: true,
    });
  });

  test.each([
    [['speed'], 'there is no section speed'],
    [['--applications', '0'], '--applications must be a whole number'],
    [['--rounds', 'many'], '--rounds must be a whole number'],
    [['--fast'], '--fast'],
  ])('%j is refused', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });
});
