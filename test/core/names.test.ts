/** The name that an application bears in its account. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivedName, namespaceIn, sameName } from '../../src/core/names.ts';

const long = { namespace: 'n'.repeat(40), name: 'a'.repeat(40) };

const rows = [
  { name: 'has no prefix where the registry has none', args: [undefined, 'team-a', 'shop'], result: 'team-a.shop' },
  { name: 'begins with the prefix and an underscore', args: ['eu', 'team-a', 'shop'], result: 'eu_team-a.shop' },
  {
    name: 'keeps 64 characters whole',
    args: [undefined, 'n'.repeat(31), 'a'.repeat(32)],
    result: `${'n'.repeat(31)}.${'a'.repeat(32)}`,
  },
  {
    name: 'is cut past 64 characters and ends in a digest of namespace/name',
    args: ['eu', 'team', 'a'.repeat(63)],
    result: `eu_team.${'a'.repeat(29)}_`,
  },
] as const;

describe('a derived name', () => {
  it.each(rows)('$name', ({ args: [prefix, namespace, name], result }) => {
    const derived = derivedName(prefix, namespace, name);
    expect(derived.slice(0, result.length)).toBe(result);
    expect(derived).toMatch(result.endsWith('_') ? /^.{37}_[a-z2-7]{26}$/ : /^[^ ]{1,64}$/);
  });

  it('ends in base32 as RFC 4648 has it', () => {
    // SHA-256 of "n…n/a…a" (40 of each) begins with these 130 bits.
    expect(derivedName('eu', long.namespace, long.name).slice(38)).toBe('5752rpnjmdd7gzsqfs6c6tepvn');
  });

  it('of a cut name differs with the last character', () => {
    expect(derivedName(undefined, long.namespace, `${long.name}b`)).not.toBe(
      derivedName(undefined, long.namespace, `${long.name}c`),
    );
  });

  it('is never shared by two resources, in one cluster or in several with different prefixes', () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/);
    const prefix = fc.option(fc.stringMatching(/^[a-z0-9]{1,15}$/), { nil: undefined });
    const resource = fc.record({
      prefix,
      namespace: label,
      name: fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,40}[a-z0-9])?$/),
    });
    fc.assert(
      fc.property(resource, resource, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        return derivedName(a.prefix, a.namespace, a.name) !== derivedName(b.prefix, b.namespace, b.name);
      }),
    );
  });

  it('is what RAM takes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9-]{1,63}$/), fc.stringMatching(/^[a-z0-9.-]{1,63}$/), (namespace, name) =>
        /^[A-Za-z0-9._-]{1,64}$/.test(derivedName('eu', namespace, name)),
      ),
    );
  });
});

describe('the namespace in a name', () => {
  it.each([
    ['eu', 'eu_team-a.shop', 'team-a'],
    ['eu', 'EU_Team-A.shop.eu', 'team-a'],
    ['eu', 'us_team-a.shop', undefined],
    ['eu', 'eu_shop', undefined],
    ['eu', 'eu_.shop', undefined],
    [undefined, 'team-a.shop', 'team-a'],
    [undefined, 'shop', undefined],
    ['eu', derivedName('eu', 'team-a', 'a'.repeat(60)), 'team-a'],
    ['eu', derivedName('eu', 'n'.repeat(40), 'a'.repeat(30)), undefined],
  ])('with prefix %s, %s is of %s', (prefix, name, namespace) => {
    expect(namespaceIn(prefix, name)).toBe(namespace);
  });
});

describe('names', () => {
  it.each([
    ['shop', 'Shop', true],
    ['shop', 'shop', true],
    ['shop', 'shops', false],
  ] as const)('%s and %s are the same: %s', (a, b, same) => {
    expect(sameName(a, b)).toBe(same);
  });
});
