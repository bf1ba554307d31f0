/**
 * Hosts that can be decoded, against Node's own decoder.
 *
 * @module
 */

import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDecodableHost } from '../../src/api/punycode.ts';

test.for([
  ['app.example.com', true],
  ['xn--fiqs8s.example', true],
  ['a.xn--mnchen-3ya.example', true],
  ['xn--n3h.example', true],
  ['my-app--preview.example', true],
  ['xn--0.example.com', false],
  ['xn--.example.com', false],
  ['xn--abc-.example.com', false],
  ['xn--99999999.example', false],
  [`xn--${'9'.repeat(59)}.example`, false],
  ['xn--fiqs8s.xn--0.example', false],
] as const)('%s: %s', ([host, decodable]) => {
  expect(isDecodableHost(host)).toBe(decodable);
});

test('whatever Node encodes can be decoded', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('az09-üßéдя中文の한글עא😀')), minLength: 1, maxLength: 12 }),
      (label) => {
        const host = domainToASCII(`${label}.example`);
        fc.pre(host.startsWith('xn--'));
        expect(isDecodableHost(host)).toBe(true);
      },
    ),
  );
});

test('a label without its end cannot be decoded to the same text', () => {
  const cut = domainToASCII('münchen-straße-中文.example').replace(/.\.example$/, '.example');
  expect(isDecodableHost(cut)).toBe(false);
});
