/** Work that several ask for. */

import { describe, expect, it } from 'vitest';
import { shared } from '../../../src/registry/ims/shared.ts';

/** Work that ends when the test says so; each run gives its number. */
function work() {
  const runs: PromiseWithResolvers<number>[] = [];
  const ask = shared(() => {
    const run = Promise.withResolvers<number>();
    runs.push(run);
    return run.promise;
  });
  const begun = async (count: number) => {
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(runs).toHaveLength(count);
  };
  return {
    ask,
    begun,
    end: (index: number) => runs[index]?.resolve(index),
    fail: (index: number) => runs[index]?.reject(new Error('no')),
  };
}

describe('shared work', () => {
  it('is done once for all who ask at once', async () => {
    const { ask, begun, end } = work();
    const asked = [ask(), ask(), ask()];
    await begun(1);
    end(0);
    expect(await Promise.all(asked)).toEqual([0, 0, 0]);
  });

  it('that is under way was begun too early for who asks now', async () => {
    const { ask, begun, end } = work();
    const first = ask();
    await begun(1);
    const later = [ask(), ask()];
    await begun(1);
    end(0);
    expect(await first).toBe(0);
    await begun(2);
    end(1);
    expect(await Promise.all(later)).toEqual([1, 1]);
  });

  it('that fails does so for those who shared it, and for nobody else', async () => {
    const { ask, begun, end, fail } = work();
    const first = ask();
    await begun(1);
    const second = ask();
    fail(0);
    await expect(first).rejects.toThrow('no');
    await begun(2);
    end(1);
    expect(await second).toBe(1);
  });
});
