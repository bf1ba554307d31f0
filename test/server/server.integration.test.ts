/**
 * A whole server over a store and a real socket: both placements, and what an attacker or a broken client is told.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import { request } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WireRequest } from '../../src/server/request.ts';
import { openServer } from '../../src/server/server.ts';
import { opened } from '../registry/store/fixtures.ts';
import { accessKey, now, type Oddity, signed } from './requests.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const inHeaders = { 'x-acs-action': 'ListPredefinedScopes' };
const inParameters = 'Action=ListPredefinedScopes&Version=2019-08-15';
const older = { 'x-acs-version': undefined };

/** Listens, and gives the function that sends requests there; they are signed for that place. */
async function running(callsPerSecond?: number) {
  const registry = await opened();
  const server = await openServer({
    registry,
    accessKeys: [accessKey],
    clock: () => now,
    newID: randomUUID,
    log: { error: (fields) => expect.fail(JSON.stringify(fields)) },
    behaviour: { callsPerSecond },
  });
  const { port, close } = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(close);
  const host = `127.0.0.1:${port}`;
  const send = async ({ method, target, headers, body }: WireRequest) => {
    const given = { method: method as 'GET', headers: present(headers), body: Buffer.from(body) };
    const answer = await request(`http://${host}${target}`, body.length > 0 ? given : { ...given, body: null });
    const told = (await answer.body.json()) as Record<string, unknown>;
    return { status: answer.statusCode, id: answer.headers['x-acs-request-id'], body: told };
  };
  const asked = (oddity: Oddity) => signed({ ...oddity, headers: { host, ...oddity.headers } });
  return { send, ask: async (oddity: Oddity) => send(asked(oddity)), asked };
}

describe('is answered', () => {
  test.each<[string, Oddity]>([
    ['action in headers, parameters in the query', { target: '/?AppType=WebApp', headers: inHeaders }],
    ['all of it in the query of a GET', { method: 'GET', target: `/?${inParameters}&AppType=WebApp`, headers: older }],
    ['all of it in the query of a POST', { target: `/?${inParameters}&AppType=WebApp`, headers: older }],
    ['all of it in a form', { body: `${inParameters}&AppType=WebApp`, headers: { ...form, ...older } }],
    ['action in headers, parameters in a form', { body: 'AppType=WebApp', headers: { ...form, ...inHeaders } }],
  ])('%s', async (_, oddity) => {
    const { ask } = await running();
    const { status, id, body } = await ask(oddity);
    expect({ status, id }).toEqual({ status: 200, id: body['RequestId'] });
    const names = JSON.stringify(body['PredefinedScopes']);
    expect(names).toContain('"openid"');
    expect(names).not.toContain('"/acs/scim"');
  });
});

describe('is refused', () => {
  test.each<[string, Oddity, number, string]>([
    ['a wrong signature', { headers: inHeaders, secret: 'other' }, 400, 'SignatureDoesNotMatch'],
    [
      'an expired date',
      { headers: { ...inHeaders, 'x-acs-date': '2026-11-22T06:00:00Z' } },
      400,
      'InvalidTimeStamp.Expired',
    ],
    ['an unknown action', { headers: { 'x-acs-action': 'CreateUser' } }, 404, 'InvalidAction.NotFound'],
    ['another path', { target: '/v1', headers: inHeaders }, 404, 'InvalidApi.NotFound'],
    [
      'a parameter twice',
      { target: '/?AppType=WebApp', body: 'AppType=WebApp', headers: { ...form, ...inHeaders } },
      400,
      'InvalidParameter',
    ],
  ])('%s', async (_, oddity, status, code) => {
    const { ask } = await running();
    const { status: got, id, body } = await ask(oddity);
    expect({ got, body }).toEqual({
      got: status,
      body: {
        RequestId: id,
        HostId: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        Code: code,
        Message: expect.any(String),
        Recommend: '',
      },
    });
  });

  test('a request that was heard and is sent again', async () => {
    const { send, asked } = await running();
    const heard = asked({ headers: inHeaders });
    expect((await send(heard)).status).toBe(200);
    expect(await send(heard)).toMatchObject({ status: 400, body: { Code: 'SignatureNonceUsed' } });
  });

  test('an older signature', async () => {
    const { send, asked } = await running();
    const { headers, ...rest } = asked({ target: '/?SignatureMethod=HMAC-SHA1&Signature=x', headers: inHeaders });
    const { status, body } = await send({ ...rest, headers: { ...headers, authorization: undefined } });
    expect({ status, code: body['Code'] }).toEqual({ status: 400, code: 'InvalidParameter.SignatureMethod' });
    expect(body['Message']).toContain('sign with ACS3-HMAC-SHA256');
  });

  test('what is too fast', async () => {
    const { ask } = await running(1);
    expect((await ask({ headers: inHeaders })).status).toBe(200);
    expect(await ask({ headers: inHeaders })).toMatchObject({ status: 400, body: { Code: 'Throttling.User' } });
  });
});

function present(headers: WireRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
