/**
 * Redirect URIs a few edits away from good ones: where the grammar's edges are.
 *
 * @module
 */

import fc from 'fast-check';

const good = [
  'https://app.example.com/cb',
  'https://app.example.com:8443/a/b?tenant=a&env=prod',
  'https://app.example.com/a%2Fb/%E4%BD%A0',
  'https://my-app.example.dev',
  'http://localhost:3000/cb',
  'http://127.0.0.1/cb?x=1',
  'https://[::1]:8080/cb',
  'com.example.app:/oauth2redirect/provider',
  'com.example.app://host/cb?flow=a',
];

const harmless = ['a', '1', '-b', '.c', '/x', '?y=1', '&z', '%2F', '%C3%A9', ':9', '~', 'my_code='];

/** What an attacker or a slip of the hand would write. */
const harmful = [
  ...Array.from('./:@?&=#%;*\\[]-_~!$()+, 0aAzZé\u202e\n\t'),
  '..',
  '%2e',
  '%2F',
  '%00',
  '%25',
  '%c0%ae',
  '%C3%A9',
  '//',
  ':443',
  ':80',
  ':0',
  ':65536',
  'code=',
  'st%61te=',
  'my_code=',
  'user@',
  'xn--',
  '.1',
  '0x7f',
  '127.0.0.1',
  '[::1]',
  'localhost',
  'https://',
  'http://',
  'a.b:/',
];

const edit = fc.record({
  /** Where, in thousandths of the URI; without fast-check's preference for the ends. */
  at: fc.noBias(fc.nat(999)),
  removed: fc.constantFrom(0, 0, 0, 1, 3),
  inserted: fc.oneof(fc.constantFrom(...harmless), fc.constantFrom('', ...harmful)),
});

/** A good URI after one to three edits. */
export const mutatedURI = fc
  .tuple(fc.constantFrom(...good), fc.array(edit, { minLength: 1, maxLength: 3 }))
  .map(([uri, edits]) => edits.reduce(edited, uri));

function edited(uri: string, { at, removed, inserted }: { at: number; removed: number; inserted: string }): string {
  const index = Math.floor((at / 1000) * (uri.length + 1));
  return uri.slice(0, index) + inserted + uri.slice(index + removed);
}
