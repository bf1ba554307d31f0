/**
 * How Alibaba Cloud's APIs refuse, and how calls to them break, in the port's words: one table, by prefix of the code.
 *
 * The list of codes is not published as a whole, so a code is known by how it begins; and an HTTP status alone says
 * nothing: a wrong access key is a 404 too. Texts of others are cut short and cleaned, and those of Node are left out:
 * they hold the URL with all that was sent.
 *
 * @module
 */

import * as z from 'zod';
import type { FailureCode } from '../../core/failure.ts';
import { RegistryError } from '../errors.ts';
import type { Registry } from '../registry.ts';

/** What was asked, as far as its failure is concerned. */
export interface Asked {
  /** The port's name for it. */
  readonly operation: keyof Registry;
  /** The API's. */
  readonly action: string;
  /** Asked twice it does what it does once. Of any other the outcome may be `uncertain`. */
  readonly isIdempotent: boolean;
}

/** `uncertain` stands for `unavailable` where it does no harm to ask again. */
const table: readonly (readonly [prefix: string, code: FailureCode])[] = [
  ['Throttling', 'throttled'],
  ['EntityNotExist.', 'absent'],
  ['EntityAlreadyExists.', 'nameTaken'],
  ['LimitExceeded.', 'quotaExceeded'],
  ['DeleteConflict.', 'rejected'],
  ['InvalidParameter', 'rejected'],
  ['Missing', 'rejected'],
  ['NoPermission', 'denied'],
  ['Forbidden', 'denied'],
  ['Inactive', 'denied'],
  ['InvalidAccessKeyId', 'denied'],
  ['SignatureDoesNotMatch', 'denied'],
  ['IncompleteSignature', 'denied'],
  // A session that is over: another is asked for.
  ['InvalidSecurityToken.Expired', 'unavailable'],
  ['InvalidSecurityToken', 'denied'],
  ['InvalidTimeStamp', 'unavailable'],
  // Something on the way sent the request twice: the first may have been carried out.
  ['SignatureNonceUsed', 'uncertain'],
  ['InternalError', 'uncertain'],
  ['ServiceUnavailable', 'uncertain'],
];

/** Codes that are about who asks: what was known of that is not worth keeping. */
const credentialCodes = ['InvalidAccessKeyId', 'InvalidSecurityToken', 'SignatureDoesNotMatch'];

const text = z.string().optional().catch(undefined);

/** An error of the SDK that holds an answer of the API. */
const refusal = z.object({
  code: z.string(),
  statusCode: z.number(),
  requestId: text,
  /** Milliseconds. */
  retryAfter: z.number().positive().optional().catch(undefined),
  accessDeniedDetail: z
    .object({ AuthAction: text, NoPermissionType: text, PolicyType: text })
    .optional()
    .catch(undefined),
  data: z.object({ Message: text }).catch({}),
});

type Refusal = z.output<typeof refusal>;

/** What a call of the SDK failed with; `host` is named where it gave no answer. */
export function failureOf(error: unknown, asked: Asked, host: string): RegistryError {
  const refused = refusal.safeParse(error);
  // The SDK writes "undefined" where there was no code: then something else than the API answered.
  return refused.success && refused.data.code !== 'undefined'
    ? refusalOf(refused.data, asked)
    : breakOf(error, asked, host);
}

/** An answer that is not what was asked for: nothing is done by it. `paths`: the fields that are wrong. */
export function malformed(paths: readonly string[], { operation, action, isIdempotent }: Asked): RegistryError {
  const message = `the answer to ${action} is not understood: ${clean(paths.slice(0, 5).join(', '))}`;
  return new RegistryError(isIdempotent ? 'unavailable' : 'uncertain', message, { operation });
}

/** Whether the API's code for the failure begins so. */
export function isRefusedFor(error: unknown, ...prefixes: readonly string[]): boolean {
  const code = error instanceof RegistryError ? error.cause : undefined;
  return typeof code === 'string' && prefixes.some((prefix) => code.startsWith(prefix));
}

/** Absence is what the API says of an entity by its code, never what a status 404 seems to say. */
export function absentAs<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof RegistryError && error.code === 'absent') return value;
    throw error;
  };
}

/** Whether the API did not take who we are. */
export function isAboutCredentials(error: unknown): boolean {
  return isRefusedFor(error, ...credentialCodes);
}

function refusalOf(refused: Refusal, asked: Asked): RegistryError {
  const { code: apiCode, requestId, retryAfter } = refused;
  return new RegistryError(settled(codeOf(refused, asked), asked), explain(refused, asked), {
    operation: asked.operation,
    ...(requestId !== undefined && requestId !== 'undefined' && { requestID: clean(requestId) }),
    ...(retryAfter !== undefined && { retryAfterSeconds: Math.ceil(retryAfter / 1_000) }),
    cause: apiCode,
  });
}

function settled(code: FailureCode, { isIdempotent }: Asked): FailureCode {
  return code === 'uncertain' && isIdempotent ? 'unavailable' : code;
}

function codeOf({ code, statusCode }: Refusal, { operation }: Asked): FailureCode {
  const [, known] = table.find(([prefix]) => code.startsWith(prefix)) ?? [];
  // How the code for too many client secrets goes on is not documented.
  if (known === 'quotaExceeded' && operation === 'issueClientSecret') return 'slotsExhausted';
  return known ?? codeByStatus(statusCode);
}

/** For codes that nobody documents. */
function codeByStatus(status: number): FailureCode {
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403) return 'denied';
  return status >= 400 && status < 500 ? 'rejected' : 'uncertain';
}

function explain({ code, data, accessDeniedDetail }: Refusal, { action }: Asked): string {
  const { AuthAction: missing, NoPermissionType: kind, PolicyType: policy } = accessDeniedDetail ?? {};
  const says = data.Message === undefined ? '' : `: ${data.Message}`;
  if (missing === undefined) return clean(`${action} was refused with ${code}${says}`);
  const by = [kind, policy].filter((each) => each !== undefined).join(', ');
  return clean(`the credentials lack ${missing}${by === '' ? '' : ` (${by})`}: grant it to them; ${action}: ${code}`);
}

/** Codes of Node's errors by which nothing was sent. */
const unsent: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ENOTFOUND: 'cannot be found by name',
  EAI_AGAIN: 'cannot be found by name',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
};

const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/;

function breakOf(error: unknown, { operation, isIdempotent }: Asked, host: string): RegistryError {
  const { name, code } = z
    .object({ name: z.string().catch(''), code: z.string().catch('') })
    .catch({ name: '', code: '' })
    .parse(error);
  const certificate = untrusted.test(code) ? 'shows a certificate that is not trusted: see caBundle' : undefined;
  const nothingSent = certificate ?? unsent[code];
  const happened = nothingSent ?? happenings[name] ?? happenings[code] ?? 'broke the connection';
  const unknown = nothingSent === undefined && !isIdempotent;
  return new RegistryError(unknown ? 'uncertain' : 'unavailable', `${host} ${happened}`, { operation });
}

const notTheAPI = "gave an answer that is not the API's";

/** Names of errors, and a code: what cannot be read as JSON is a SyntaxError of the SDK's, and what is no object a TypeError. */
const happenings: Readonly<Record<string, string>> = {
  RequestTimeoutError: 'gave no answer in time',
  SyntaxError: notTheAPI,
  TypeError: notTheAPI,
  undefined: notTheAPI,
};

/** Characters of others' texts that are shown. */
const shown = 400;

/** Without what moves a cursor or turns text around. */
function clean(others: string): string {
  const line = others.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length <= shown ? line : `${line.slice(0, shown - 1)}…`;
}
