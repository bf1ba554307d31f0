/**
 * The grammar of redirect URIs against an independent reader: what it accepts, a browser must read as it stands.
 *
 * @module
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPrivateUse, redirectURI } from '../../src/api/redirect-uri.ts';
import { mutatedURI } from './mutated-uris.ts';

const schema = redirectURI();
const accepts = (uri: string) => schema.safeParse(uri).success;
const responseParameters = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri'];

describe('an accepted redirect URI', () => {
  const accepted = mutatedURI.filter(accepts);
  const holds = (property: (url: URL, uri: string) => void) =>
    fc.assert(
      fc.property(accepted, (uri) => property(new URL(uri), uri)),
      { numRuns: 200 },
    );

  test('is what a browser makes of it, but for an empty path and an apostrophe in the query', () => {
    holds((url, uri) => {
      const withPath = uri.replace(/^(https?:\/\/[^/?]+)(?=\?|$)/, '$1/');
      const [path = '', ...query] = withPath.split('?');
      const special = url.protocol.startsWith('http');
      const expected = [path, ...(special ? query.map((part) => part.replaceAll("'", '%27')) : query)].join('?');
      expect(url.href).toBe(expected);
    });
  });

  test('leads to a DNS name over TLS, to loopback, or to a scheme with a period', () => {
    holds(({ protocol, hostname }) => {
      const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
      const isAddress = /^\[|^[0-9.]+$/.test(hostname);
      const web = protocol === 'https:' ? loopback || !isAddress : protocol === 'http:' && loopback;
      expect(web || protocol.includes('.')).toBe(true);
    });
  });

  test('names no user, no fragment and no port 0', () => {
    holds(({ username, password, hash, port }, uri) => {
      expect([username, password, hash]).toEqual(['', '', '']);
      expect(port).not.toBe('0');
      expect(uri).not.toMatch(/[#;*]/);
    });
  });

  test('has no parameter that the response adds, however it is written', () => {
    holds(({ searchParams }) => {
      expect([...searchParams.keys()].filter((name) => responseParameters.includes(name))).toEqual([]);
    });
  });

  test('decodes once, to text without control characters, and to the same text twice', () => {
    holds((_, uri) => {
      const decoded = decodeURIComponent(uri);
      expect(decoded).not.toMatch(/\p{Cc}/u);
      expect(decoded).not.toMatch(/%[0-9A-Fa-f]{2}/);
    });
  });
});

test('mutation reaches both sides of the grammar', () => {
  const sample = fc.sample(mutatedURI, { numRuns: 2000, seed: 7 });
  const share = sample.filter(accepts).length / sample.length;
  expect(share).toBeGreaterThan(0.1);
  expect(share).toBeLessThan(0.9);
});

describe('every broken rule is told', () => {
  test.for([
    ['http://app.example.com/cb', 'https with a lower-case DNS name'],
    ['https://app.example.com:443/cb', 'default port'],
    ['https://app.example.com/%zz', 'percent-encoding must be'],
    ['https://app.example.com/%2541', 'encoded twice'],
    ['https://app.example.com/a/../b', 'path segments'],
    ['https://app.example.com/?state=x', 'response adds'],
    [`https://${'a23456789.'.repeat(26)}com/`, 'at most 253'],
    ['https://app.example.com/a;b', 'an absolute URI in ASCII'],
    [`https://app.example.com/${'a'.repeat(1024)}`, '1 to 1024 characters'],
  ])('%s', ([uri, message]) => {
    const messages = schema.safeParse(uri).error?.issues.map((issue) => issue.message) ?? [];
    expect(messages).toContainEqual(expect.stringContaining(message ?? ''));
  });

  test('two rules broken are two issues', () => {
    expect(schema.safeParse('http://app.example.com/?code=1').error?.issues).toHaveLength(2);
  });
});

test.for([
  ['https://app.example.com/cb', false],
  ['http://127.0.0.1/cb', false],
  ['com.example.app:/cb', true],
  ['https.example:/cb', true],
] as const)('%s has a private-use scheme: %s', ([uri, expected]) => {
  expect(isPrivateUse(uri)).toBe(expected);
});
