/** Times as Kubernetes writes them. */

import { describe, expect, it } from 'vitest';
import { fromTimestamp, toTimestamp } from '../../src/core/time.ts';

describe('a time', () => {
  it('is written with whole seconds in UTC', () => {
    expect(toTimestamp(Date.UTC(2026, 0, 1, 12, 30, 15, 999))).toBe('2026-01-01T12:30:15Z');
  });

  it.each([
    ['2026-01-01T12:30:15Z', Date.UTC(2026, 0, 1, 12, 30, 15)],
    ['2026-01-01T14:30:15+02:00', Date.UTC(2026, 0, 1, 12, 30, 15)],
    ['yesterday', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('in %j is %j', (text, time) => {
    expect(fromTimestamp(text)).toBe(time);
  });
});
