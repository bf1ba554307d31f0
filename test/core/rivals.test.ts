/** Who comes first where several want one name, or more than there may be. */

import { describe, expect, it } from 'vitest';
import type { Resource } from '../../src/core/resource.ts';
import { exceeds, holderBefore, isHeldByOther, nameHeld } from '../../src/core/rivals.ts';
import { held, operation, resource, status, t0 } from '../support/builders.ts';

const us = resource({ uid: 'm', creationTime: t0 });
const other = (changes: Partial<Resource> = {}) =>
  resource({ namespace: 'team-b', uid: 'n', creationTime: t0, ...changes });
const bound = { status: status({ applicationID: 'app-1' }) };
const going = { deletionTime: t0 };

describe('one name', () => {
  it.each([
    { name: 'nobody else', others: [], first: undefined },
    { name: 'a younger one', others: [other({ creationTime: t0 + 1_000 })], first: undefined },
    { name: 'an older one', others: [other({ creationTime: t0 - 1_000 })], first: 'n' },
    { name: 'as old, greater UID', others: [other()], first: undefined },
    { name: 'as old, smaller UID', others: [other({ uid: 'a' })], first: 'a' },
    { name: 'a younger one that is bound', others: [other({ creationTime: t0 + 1_000, ...bound })], first: 'n' },
    {
      name: 'a younger one with an intent',
      others: [other({ creationTime: t0 + 1_000, ...held(operation()) })],
      first: 'n',
    },
    { name: 'of several the first', others: [other({ uid: 'b' }), other({ uid: 'a' })], first: 'a' },
    { name: 'an older one that goes and has nothing', others: [other({ uid: 'a', ...going })], first: undefined },
    { name: 'one that goes and still has it', others: [other({ ...going, ...held(), ...bound })], first: 'n' },
  ])('$name: $first', ({ others, first }) => {
    expect(holderBefore(us, others)?.uid).toBe(first);
  });

  it('stays with an older one when both are bound', () => {
    expect(holderBefore({ ...us, ...bound }, [other({ creationTime: t0 - 1, ...bound })])?.uid).toBe('n');
    expect(holderBefore({ ...us, ...bound }, [other({ creationTime: t0 - 1, ...held(operation()) })])).toBeUndefined();
  });

  it('is not ours to delete while another may have it', () => {
    expect(isHeldByOther([other(), other({ ...bound, ...going })])).toBe(false);
    expect(isHeldByOther([other(bound)])).toBe(true);
    expect(isHeldByOther([other(held(operation()))])).toBe(true);
  });

  it('AT06: is told to be held by whom, but not who that is in another namespace', () => {
    const told = (who: string) => ({
      reason: 'NameConflict',
      message: `the application name shop is held by ${who}; choose another, or wait until that one goes`,
    });
    expect(nameHeld('shop', other(), us)).toEqual(told('one of another namespace'));
    expect(nameHeld('shop', resource({ name: 'till' }), us)).toEqual(told('the OAuthApplication till'));
  });
});

describe('so many', () => {
  const older = other({ creationTime: t0 - 1_000 });
  it.each([
    { name: 'none may be', limit: 0, others: [], too: true },
    { name: 'one may be, and there is none', limit: 1, others: [], too: false },
    { name: 'an older one has the place', limit: 1, others: [older], too: true },
    { name: 'there are two places', limit: 2, others: [older], too: false },
    { name: 'one as old that comes later does not count', limit: 1, others: [other()], too: false },
    { name: 'a younger one that is bound has the place', limit: 1, others: [other(bound)], too: true },
    { name: 'one that goes and is released does not count', limit: 1, others: [{ ...older, ...going }], too: false },
    { name: 'one that goes and is held counts', limit: 1, others: [{ ...older, ...going, ...held() }], too: true },
  ])('$name: $too', ({ limit, others, too }) => {
    expect(exceeds(limit, us, others)).toBe(too);
  });
});
