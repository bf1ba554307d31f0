/** What Linux tells of a process, read. */

import { expect, test } from 'vitest';
import { cpuSecondsIn, megabytesIn } from './process-figures.ts';

test('CPU time is user and system time, whatever the program is called', () => {
  const stat = '4711 (node (a) b) S 1 4711 4711 0 -1 4194304 9000 0 12 0 150 25 7 8 20 0 11 0 123456 1000 20000';
  expect(cpuSecondsIn(stat)).toBe(1.75);
});

const status = 'Name:\tnode\nVmPeak:\t 1000000 kB\nVmHWM:\t  195313 kB\nVmRSS:\t   97657 kB\n';

test('memory is told in MB of 10^6 bytes', () => {
  expect(megabytesIn(status, 'VmHWM')).toBeCloseTo(200, 0);
  expect(megabytesIn(status, 'VmRSS')).toBeCloseTo(100, 0);
});

test('a process that has ended has no memory', () => {
  expect(() => megabytesIn('Name:\tnode\nState:\tZ (zombie)\n', 'VmRSS')).toThrow(/has ended/);
});
