/** When the time of a client secret is over. */

import { describe, expect, it } from 'vitest';
import { rotationOf } from '../../src/core/rotation.ts';
import { intervalEnd } from '../../src/core/schedule.ts';
import { desired, issued, resource, secret, settled, status, t0 } from '../support/builders.ts';

const hour = 3_600_000;
const rotating = desired({ rotation: { interval: '100h', overlap: '10h' } });
const year = 8_766 * hour;

describe('the interval', () => {
  it('is over up to a tenth early, at a time of its own for each client secret', () => {
    const ends = Array.from({ length: 100 }, (_, n) => intervalEnd(rotating, settled(), issued(`s${n}`)) ?? 0);
    expect(Math.min(...ends)).toBeGreaterThanOrEqual(t0 + 90 * hour);
    expect(Math.max(...ends)).toBeLessThanOrEqual(t0 + 100 * hour);
    expect(new Set(ends).size).toBeGreaterThan(95);
  });

  it('is over at a whole second, whichever part of one the registry tells', () => {
    const end = intervalEnd(rotating, settled(), issued('s1')) ?? 0;
    expect(end % 1_000).toBe(0);
    expect(intervalEnd(rotating, settled(), issued('s1', t0 + 999))).toBe(end);
  });

  it('of a client secret from the future begins when that is first seen, and stays', () => {
    const future = issued('s1', t0 + 10 * year);
    const end = intervalEnd(rotating, settled(), future) ?? 0;
    expect(end).toBeLessThanOrEqual(t0 + 100 * hour);
    const recorded = resource({ status: status({ nextRotationTime: new Date(end).toISOString() }) });
    expect(intervalEnd(rotating, settled({ time: t0 + hour, resource: recorded }), future)).toBe(end);
  });
});

describe('the next look', () => {
  const noted = (revokeAfter: number) => {
    const previous = { id: 's0', createTime: t0 - hour, revokeAfter };
    const found = secret();
    const annotations = {
      ...found.annotations,
      'ramify.dev/previous-client-secret-id': previous.id,
      'ramify.dev/previous-revoke-after': new Date(revokeAfter).toISOString(),
    };
    return settled({ secret: { ...found, annotations }, clientSecrets: [issued('s0', t0 - hour), issued('s1')] });
  };

  it.each([
    { name: 'is when the interval is over', found: settled(), at: intervalEnd(rotating, settled(), issued('s1')) },
    { name: 'is when the overlap is over', found: noted(t0 + 5 * hour), at: t0 + 5 * hour },
    { name: 'is not for what is due already', found: noted(t0), at: undefined },
    { name: 'is one overlap away where a clock was ten years ahead', found: noted(t0 + 10 * year), at: t0 + 10 * hour },
  ])('$name', ({ found, at }) => {
    expect(rotationOf(rotating, found).dueTime).toBe(at);
  });
});
