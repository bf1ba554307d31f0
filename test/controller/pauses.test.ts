/** R5: a registry that asks for patience gets it from everybody. */

import { describe, expect, it } from 'vitest';
import { openPauses } from '../../src/controller/pauses.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { memoryRegistry } from '../support/memory-registry.ts';
import { clusterWrites, settledWorld, world } from '../support/world.ts';

const throttled = (operation: string, retryAfterSeconds = 7) =>
  new RegistryError('throttled', 'slow down', { operation, retryAfterSeconds });

describe('R5: after a registry was throttled', () => {
  it('nothing is asked of it for anybody, and nobody is told, until its time is over', async () => {
    const made = await world();
    made.apply();
    made.apply({}, 'team-b/shop');
    made.registry.failNext('create', throttled('create'));
    expect(await made.pass()).toEqual({ kind: 'after', seconds: 7 });
    made.cluster.writes.length = 0;
    made.registry.calls.length = 0;
    made.advance(2_000);
    for (const each of ['team-a/shop', 'team-b/shop'])
      expect(await made.pass(each)).toEqual({ kind: 'after', seconds: 5 });
    await made.look();
    expect([made.cluster.writes, made.registry.calls]).toEqual([[], []]);
    made.advance(5_000);
    await made.rest({ resourceKey: 'team-b/shop' });
    expect(made.reasons('team-b/shop')['Ready']).toBe('Succeeded');
  });

  it.each([3_600_000, -3_600_000])(
    'a clock that jumps by %i ms makes that neither longer nor shorter',
    async (leap) => {
      const made = await world();
      made.apply();
      made.registry.failNext('create', throttled('create'));
      await made.pass();
      made.jump(leap);
      made.advance(2_000);
      expect(await made.pass()).toEqual({ kind: 'after', seconds: 5 });
    },
  );

  it('those of another registry are worked on', async () => {
    const made = await world();
    made.cluster.outside.putRegistry({ name: 'eu', spec: { type: 'Store', applicationNamePrefix: 'eu' } });
    made.apply();
    made.registry.failNext('create', throttled('create'));
    await made.pass();
    made.apply({ registryRef: { name: 'eu' } }, 'team-b/shop');
    await made.rest({ resourceKey: 'team-b/shop' });
    expect(made.reasons('team-b/shop')['Ready']).toBe('Succeeded');
  });

  it('while the account was listed, its applications stay as they are', async () => {
    const made = await settledWorld();
    made.advance(120_000);
    made.registry.failNext('list', throttled('list'));
    await made.look();
    made.cluster.writes.length = 0;
    expect(await made.pass()).toEqual({ kind: 'after', seconds: 7 });
    made.advance(7_000);
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
    expect(clusterWrites(made)).toEqual([]);
  });
});

describe('R5: the end of a pause', () => {
  function given() {
    const pauses = openPauses(() => 0);
    const registry = memoryRegistry();
    const heeding: Registry = pauses.heeding('default', registry);
    const fail = async (error: Error) => {
      registry.failNext('list', error);
      await expect(heeding.list()).rejects.toBe(error);
      return pauses.left('default');
    };
    return { fail };
  }

  it.each([
    ['as the registry says', throttled('list', 7), 7],
    ['at most 15 minutes away', throttled('list', 86_400), 900],
    ['now, where it does not say', new RegistryError('throttled', 'slow down', { operation: 'list' }), 0],
    [
      'now, after any other failure',
      new RegistryError('unavailable', 'away', { operation: 'list', retryAfterSeconds: 7 }),
      0,
    ],
  ])('is %s', async (_, error, seconds) => {
    expect(await given().fail(error)).toBe(seconds);
  });

  it('is the latest that was asked for', async () => {
    const { fail } = given();
    await fail(throttled('list', 60));
    expect(await fail(throttled('list', 7))).toBe(60);
  });
});
