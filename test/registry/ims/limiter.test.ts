/** How fast an account is called, on a clock that only the limiter's own waits move. */

import { describe, expect, it } from 'vitest';
import { openLimiters } from '../../../src/registry/ims/limiter.ts';

const rate = { callsPerSecond: 5, burst: 3 };

function limiters() {
  let now = 0;
  const sleep = async (milliseconds: number) => {
    await Promise.resolve();
    now += milliseconds;
  };
  const limiterOf = openLimiters({ monotonic: () => now, sleep });
  /** When each of so many calls has its turn. */
  const turns = async (count: number, accountID = '1') => {
    const limiter = limiterOf(accountID);
    return Promise.all(Array.from({ length: count }, () => limiter.take(rate).then(() => Math.round(now))));
  };
  return { limiterOf, turns, pass: (milliseconds: number) => (now += milliseconds) };
}

describe('an account', () => {
  it('is called at once as often as the burst says, then at the steady rate', async () => {
    const { turns } = limiters();
    expect(await turns(6)).toEqual([0, 0, 0, 200, 400, 600]);
  });

  it('saves calls up again, and no more than the burst', async () => {
    const { turns, pass } = limiters();
    await turns(3);
    pass(400);
    expect(await turns(3)).toEqual([400, 400, 600]);
    pass(3_600_000);
    expect(await turns(4)).toEqual([3_600_600, 3_600_600, 3_600_600, 3_600_800]);
  });

  it('that asks for patience is left alone, and called without a burst afterwards', async () => {
    const { limiterOf, turns } = limiters();
    limiterOf('1').pause(2_000);
    limiterOf('1').pause(1_000);
    expect(await turns(3)).toEqual([2_000, 2_200, 2_400]);
  });

  it('is left alone by those who wait already, too', async () => {
    const { limiterOf, turns } = limiters();
    await turns(3);
    const waiting = turns(2);
    limiterOf('1').pause(5_000);
    expect(await waiting).toEqual([5_000, 5_200]);
  });

  it('has a limit of its own', async () => {
    const { limiterOf, turns } = limiters();
    expect(limiterOf('1')).toBe(limiterOf('1'));
    limiterOf('1').pause(60_000);
    expect(await turns(1, '2')).toEqual([0]);
  });
});
