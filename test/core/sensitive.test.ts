/** A value that does not print itself. */

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';

const value = 'not-for-your-eyes';
const secret = new Sensitive(value);

const prints: readonly { name: string; print: () => string }[] = [
  { name: 'a template', print: () => `x${String(secret)}` },
  { name: 'JSON', print: () => JSON.stringify({ secret }) },
  { name: 'inspect', print: () => inspect({ secret }, { depth: 9, showHidden: true }) },
  { name: 'inspect through a proxy', print: () => inspect(new Proxy(secret, {}), { showProxy: true }) },
  { name: 'an error', print: () => inspect(new Error(`failed with ${String(secret)}`, { cause: secret })) },
  { name: 'a copy', print: () => inspect(Object.assign({}, secret)) },
  {
    name: 'its keys and descriptors',
    print: () => inspect([Reflect.ownKeys(secret), Object.getOwnPropertyDescriptors(secret)]),
  },
  { name: 'a structured clone', print: () => inspect(structuredClone(secret)) },
];

describe('a sensitive value', () => {
  it.each(prints)('is not printed by $name', ({ print }) => {
    expect(print()).not.toContain(value);
  });

  it('is revealed only when it is asked for', () => {
    expect(secret.reveal()).toBe(value);
  });

  it.each([
    { other: new Sensitive(value), equal: true },
    { other: new Sensitive('other'), equal: false },
    { other: undefined, equal: false },
  ])('equals another that holds the same ($equal)', ({ other, equal }) => {
    expect(secret.equals(other)).toBe(equal);
  });
});
