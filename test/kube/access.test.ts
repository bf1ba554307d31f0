/** What the API server says of a token, for how long it is remembered, and that nothing else lets anybody in. */

import { expect, test } from 'vitest';
import { openAccess } from '../../src/kube/access.ts';
import { ApiError } from '../../src/kube/error.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { ManualClock } from './manual-clock.ts';

const known = { authenticated: true, user: { username: 'prometheus', uid: '7', groups: ['g'], extra: { k: ['v'] } } };

type Answer = object | Error;

/** The API server gives these statuses; `asked` has the specs that it was asked with, by kind. */
function given(token: Answer, right: Answer) {
  const asked: { kind: string; spec: unknown }[] = [];
  const clock = new ManualClock();
  const errors: unknown[] = [];
  const create = async (_path: string, body: object) => {
    const { kind, spec } = body as { kind: string; spec: unknown };
    asked.push({ kind, spec });
    const status = kind === 'TokenReview' ? token : right;
    if (status instanceof Error) throw status;
    return { metadata: { name: '', uid: '', resourceVersion: '' }, status };
  };
  const transport = { create } as unknown as Pick<Transport, 'create'>;
  const verdict = openAccess({ transport, path: '/metrics', clock, onError: (error) => void errors.push(error) });
  return { verdict, asked, clock, errors };
}

const failure = new ApiError('no answer', { status: 0, reason: 'Timeout' });

test.each<[string, Answer, Answer, string]>([
  ['allowed', known, { allowed: true }, 'allowed'],
  ['not allowed', known, { allowed: false }, 'forbidden'],
  ['denied and allowed', known, { allowed: true, denied: true }, 'forbidden'],
  ['of a right nothing is said', known, {}, 'forbidden'],
  ['not authenticated', { authenticated: false }, { allowed: true }, 'unauthenticated'],
  ['nothing is said', {}, { allowed: true }, 'unauthenticated'],
  ['authenticated as nobody', { authenticated: true }, { allowed: true }, 'unauthenticated'],
  [
    'authenticated without a name',
    { authenticated: true, user: { username: '' } },
    { allowed: true },
    'unauthenticated',
  ],
  ['the token cannot be asked about', failure, { allowed: true }, 'unknown'],
  ['the right cannot be asked about', known, failure, 'unknown'],
])('%s: %#', async (_name, token, right, expected) => {
  const { verdict, errors } = given(token, right);
  expect(await verdict('t')).toBe(expected);
  expect(errors).toEqual(expected === 'unknown' ? [failure] : []);
});

test('all that is known of the bearer is asked about, for the path and nothing more', async () => {
  const { verdict, asked } = given(known, { allowed: true });
  await verdict('t');
  const nonResourceAttributes = { path: '/metrics', verb: 'get' };
  expect(asked).toEqual([
    { kind: 'TokenReview', spec: { token: 't' } },
    {
      kind: 'SubjectAccessReview',
      spec: { user: 'prometheus', uid: '7', groups: ['g'], extra: { k: ['v'] }, nonResourceAttributes },
    },
  ]);
});

test.each<[string, Answer, number]>([
  ['a yes holds for a minute', { allowed: true }, 60_000],
  ['a no for ten seconds', { allowed: false }, 10_000],
])('%s', async (_name, right, holds) => {
  const { verdict, asked, clock } = given(known, right);
  await verdict('t');
  await clock.pass(holds - 1);
  await verdict('t');
  expect(asked).toHaveLength(2);
  await clock.pass(1);
  await verdict('t');
  expect(asked).toHaveLength(4);
});

test('what could not be asked is asked again', async () => {
  const { verdict, asked } = given(failure, {});
  await verdict('t');
  await verdict('t');
  expect(asked).toHaveLength(2);
});

test('one token is asked about once at a time, and only a few tokens at once', async () => {
  const { verdict, asked } = given(known, { allowed: true });
  expect(await Promise.all([verdict('a'), verdict('a'), verdict('a')])).toEqual(['allowed', 'allowed', 'allowed']);
  expect(asked).toHaveLength(2);
  const verdicts = await Promise.all(['b', 'c', 'd', 'e', 'f', 'g'].map((token) => verdict(token)));
  expect(verdicts.filter((each) => each === 'allowed')).toHaveLength(4);
  expect(verdicts.filter((each) => each === 'unknown')).toHaveLength(2);
});

test('128 tokens are remembered: the oldest is forgotten first', async () => {
  const { verdict, asked } = given(known, { allowed: true });
  for (let n = 0; n <= 128; n++) await verdict(`t${n}`);
  expect(asked).toHaveLength(2 * 129);
  await verdict('t1');
  expect(asked).toHaveLength(2 * 129);
  await verdict('t0');
  expect(asked).toHaveLength(2 * 130);
});
