/**
 * The actions on client secrets: requests and answers as the API's documentation shows them.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { myapp, requestID, withApplication } from './served.ts';

describe('client secrets', () => {
  test('are created with a value, listed without, read again and deleted', async () => {
    const { ask, id } = await withApplication();
    const { body: made } = await ask('CreateAppSecret', { AppId: id });
    const { AppSecretValue, ...listed } = made.AppSecret;
    expect(listed).toEqual({ AppId: id, AppSecretId: expect.any(String), CreateDate: '2026-11-22T07:21:37Z' });
    expect(AppSecretValue).toMatch(/^[A-Za-z0-9]{64}$/);
    expect((await ask('ListAppSecretIds', { AppId: id })).body.AppSecrets).toEqual({ AppSecret: [listed] });
    const secret = { AppId: id, AppSecretId: listed.AppSecretId };
    expect((await ask('GetAppSecret', secret)).body.AppSecret).toEqual(made.AppSecret);
    expect(await ask('DeleteAppSecret', secret)).toMatchObject({
      status: 200,
      body: { RequestId: expect.stringMatching(requestID) },
    });
    expect((await ask('ListAppSecretIds', { AppId: id })).body.AppSecrets).toEqual({ AppSecret: [] });
    const gone = { status: 404, body: { Code: 'EntityNotExist.Application.AppSecret' } };
    expect(await ask('GetAppSecret', secret)).toMatchObject(gone);
    expect(await ask('DeleteAppSecret', secret)).toMatchObject(gone);
  });

  test('are two at most', async () => {
    const { ask, id } = await withApplication();
    for (const status of [200, 200, 409]) expect((await ask('CreateAppSecret', { AppId: id })).status).toBe(status);
    const { body } = await ask('CreateAppSecret', { AppId: id });
    expect(body.Code).toBe('LimitExceeded.Application.AppSecret');
  });

  test('may be such that their values are given once', async () => {
    const { ask, id } = await withApplication(myapp, { behaviour: { secretsReadable: false } });
    const { AppSecretValue, ...listed } = (await ask('CreateAppSecret', { AppId: id })).body.AppSecret;
    expect(AppSecretValue).toEqual(expect.any(String));
    const { body } = await ask('GetAppSecret', { AppId: id, AppSecretId: listed.AppSecretId });
    expect(body.AppSecret).toEqual(listed);
  });
});
