/** The table that people read. */

import { expect, test } from 'vitest';
import { limit, target } from './row.ts';
import { tableOf } from './table.ts';

test('a table has the ratio last, and says what is missed', () => {
  const table = tableOf([
    {
      name: 'throughput',
      rows: [
        { what: 'rate', value: 181.4, unit: '/s', ...limit(220, { atLeast: 0.8 }), relative: '0.36' },
        { what: 'CPU', value: 4.256, unit: 's', ...target(3.5) },
      ],
    },
    { name: 'calls', rows: [{ what: 'writes', value: 0, unit: '', ...target(0) }] },
  ]);
  expect(table.split('\n')).toEqual([
    '|                | measured |  held against | relative | wanted |       ratio |',
    '|----------------|---------:|--------------:|---------:|-------:|------------:|',
    '| **throughput** |          |               |          |        |             |',
    '| rate           |   181 /s |  limit 220 /s |     0.36 |  ≥ 0.8 |        0.82 |',
    '| CPU            |   4.26 s | target 3.50 s |          |    ≤ 1 | 1.22 missed |',
    '| **calls**      |          |               |          |        |             |',
    '| writes         |        0 |      target 0 |          |    ≤ 1 |           – |',
  ]);
});
