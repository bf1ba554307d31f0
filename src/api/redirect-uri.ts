/**
 * The grammar of redirect URIs, written once: it feeds `parse`, the CRD's `pattern` and its CEL rules.
 *
 * It reads the raw string and repairs nothing, because an authorization server compares redirect URIs as strings
 * (RFC 9700 §4.1.3): a URI that two readers take for different ones is refused. RE2 and JavaScript must read every
 * pattern alike, so there is no look-around, no `.`, no class such as `\s`; none backtracks without bound.
 *
 * @module
 */

import { isDecodableHost } from './punycode.ts';
import { matching, notMatching, type Rule, ruled } from './rule.ts';
import { text } from './text.ts';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

/** The last label begins with a letter; otherwise browsers read the host as an IPv4 address (WHATWG URL §3.5). */
const dnsHost = `(?:${label}\\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?`;
const loopbackHost = '(?:localhost|127\\.0\\.0\\.1|\\[::1\\])';
const port = ':(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';

/** Reverse-domain form (RFC 8252 §7.1): a period keeps schemes like `javascript` out. */
const privateUseScheme = `[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.${label})+`;

/** A host of its own and a path, or a path alone (RFC 8252 §7.1): `com.example.app://host/callback`, `com.example.app:/callback`. */
const privateUse = `${privateUseScheme}:(?://[A-Za-z0-9._~-]+(?:[/?][^[\\]]*)?|/(?:[^/[\\]][^[\\]]*)?)`;
const web = `(?:https://${dnsHost}|https?://${loopbackHost})(?:${port})?(?:[/?][^[\\]]*)?`;

/**
 * A canonical scheme, then visible ASCII in which no reader sees the end of a string, of a host or of a list: RFC 3986 §2
 * without `#` (RFC 6749 §3.1.2), `*` (wildcards) and `;` (which joins the URIs in requests to the IMS API).
 */
const characters = /^[a-z][a-z0-9+.-]*:[A-Za-z0-9._~%!$&'()+,=:@/?[\]-]+$/;

const description = 'an absolute URI in ASCII with a lower-case scheme, without spaces, "#", "*", ";" and quotes';

const hex = '[0-9A-Fa-f]';
const tail = `%[89ABab]${hex}`;

/** Percent-encoded UTF-8 (RFC 3629 §4), shortest form only, without the control characters. */
const encoded = [
  `%[2-6]${hex}|%7[0-9A-Ea-e]`,
  `%[Cc]2%[ABab]${hex}|%(?:[Cc][3-9A-Fa-f]|[Dd]${hex})${tail}`,
  `%[Ee]0%[ABab]${hex}${tail}|%[Ee][1-9A-CEFa-cef](?:${tail}){2}|%[Ee][Dd]%[89]${hex}${tail}`,
  `%[Ff]0%[9ABab]${hex}(?:${tail}){2}|%[Ff][1-3](?:${tail}){3}|%[Ff]4%8${hex}(?:${tail}){2}`,
].join('|');

/** What some readers take for a slash once they have decoded it. */
const encodedSlash = '%(?:2[Ff]|5[Cc])';

/** What an authorization response adds to the query (RFC 6749 §4.1.2 and §4.1.2.1, RFC 9207 §2). */
const responseParameters = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri'];

const rules: readonly Rule<string>[] = [
  matching(
    new RegExp(`^(?:${web}|${privateUse})$`),
    'must be https with a lower-case DNS name, http or https on localhost, 127.0.0.1 or [::1], or (Native only) a ' +
      'private-use scheme in reverse-domain form such as com.example.app:/callback',
  ),
  notMatching(/^https?:\/\/[^/:?]{254}/, 'the host must have at most 253 characters'),
  notMatching(/^(?:https:\/\/[^/?]*:443|http:\/\/[^/?]*:80)(?:[/?]|$)/, 'the default port must be left out'),
  matching(
    new RegExp(`^(?:[^%]|${encoded})*$`),
    'percent-encoding must be two hexadecimal digits, and encode UTF-8 without control characters',
  ),
  notMatching(new RegExp(`%25${hex}{2}`), 'must not be percent-encoded twice'),
  notMatching(
    new RegExp(`^[^?]*(?:/|${encodedSlash})(?:\\.|%2[Ee]){1,2}(?:[/?]|${encodedSlash}|$)`),
    'must not have the path segments "." and "..", encoded or not: clients remove them',
  ),
  notMatching(
    new RegExp(`^[^?]*\\?(?:[^#]*[?&])?(?:${responseParameters.map(spellings).join('|')})(?:[=&]|$)`),
    `the query must not have a parameter that the response adds: ${responseParameters.join(', ')}`,
  ),
];

/**
 * One redirect URI of at most 1,024 characters; whether the type of the application allows its scheme is not decided here.
 *
 * A host that nobody can decode is the only thing that `parse` refuses and the API server does not: CEL cannot calculate it.
 */
export function redirectURI() {
  const written = text({ min: 1, max: 1024 }).regex(characters, `must be ${description}`);
  return ruled(written, rules).refine(
    (uri) => isDecodableHost(hostOf(uri)),
    'a label that begins with xn-- must be punycode (RFC 3492)',
  );
}

function hostOf(uri: string): string {
  return /^https?:\/\/([^/:?]*)/.exec(uri)?.[1] ?? '';
}

/** Whether `uri` uses a private-use scheme, which only a Native application may have (RFC 8252 §7.1). */
export function isPrivateUse(uri: string): boolean {
  return !uri.startsWith('https://') && !uri.startsWith('http://');
}

/** The parameter `name` as a pattern of all its spellings: every letter may be percent-encoded. */
function spellings(name: string): string {
  return [...name].map((letter) => `(?:${letter}|%${eitherCase(letter.charCodeAt(0).toString(16))})`).join('');
}

function eitherCase(digits: string): string {
  return [...digits].map((digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit)).join('');
}
