/**
 * Which actions there are, and what is told where something is wrong.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { RegistryError } from '../../src/registry/errors.ts';
import { memoryRegistry } from '../support/memory-registry.ts';
import { called, signed } from './requests.ts';
import { requestID, served, withApplication } from './served.ts';

const anyRequestID = expect.stringMatching(requestID);

describe('an application that is not there', () => {
  test.each([
    'GetApplication',
    'UpdateApplication',
    'DeleteApplication',
    'CreateAppSecret',
    'ListAppSecretIds',
    'GetAppSecret',
    'DeleteAppSecret',
  ])('%s', async (action) => {
    const { ask } = await served();
    const answer = await ask(action, { AppId: '4724570903440410001', AppSecretId: 'x' });
    expect(answer).toMatchObject({ status: 404, body: { Code: 'EntityNotExist.Application', HostId: 'ims.example' } });
    expect((await ask(action, { AppSecretId: 'x' })).body.Code).toBe('MissingAppId');
  });
});

describe('ListPredefinedScopes', () => {
  const names = async (parameters = {}) => {
    const { body } = await (await served()).ask('ListPredefinedScopes', parameters);
    return body.PredefinedScopes.PredefinedScope.map(({ Name }) => Name);
  };

  test('lists all of them, or those of a type', async () => {
    expect(await names()).toEqual(
      expect.arrayContaining(['openid', 'aliuid', 'profile', '/acs/scim', '/acs/mcp-server']),
    );
    expect(await names({ AppType: 'ServerApp' })).toContain('/acs/scim');
    expect(await names({ AppType: 'ServerApp' })).not.toContain('/acs/mcp-server');
    expect(await names({ AppType: 'WebApp' })).not.toContain('/acs/scim');
  });
});

test('GetCallerIdentity says whose account it is', async () => {
  const { ask } = await served();
  expect((await ask('GetCallerIdentity', {}, '2015-04-01')).body).toEqual({
    RequestId: anyRequestID,
    IdentityType: 'Account',
    AccountId: '1000000000000001',
    PrincipalId: '1000000000000001',
    UserId: '1000000000000001',
    Arn: 'acs:ram::1000000000000001:root',
  });
});

describe('an action that is not there', () => {
  test.each([
    ['CreateUser', '2019-08-15'],
    ['listApplications', '2019-08-15'],
    ['constructor', '2019-08-15'],
    ['ListApplications', '2015-04-01'],
    ['ListApplications', 'constructor'],
    ['AssumeRoleWithOIDC', '2015-04-01'],
  ])('%s of %s', async (action, version) => {
    const { ask } = await served();
    expect(await ask(action, {}, version)).toMatchObject({
      status: 404,
      body: {
        Code: 'InvalidAction.NotFound',
        Message: 'Specified api is not found, please check your url and method.',
      },
    });
  });
});

describe('what is wrong on our side', () => {
  const failing = async (error: Error) => {
    const registry = memoryRegistry();
    const world = await served({ registry });
    registry.failNext('list', error);
    return { ...world, answer: await world.ask('ListApplications') };
  };

  test('is told without its cause, which the log has', async () => {
    const { answer, faults } = await failing(new TypeError('at /home/somebody/secret'));
    expect(answer).toMatchObject({ status: 500, body: { Code: 'InternalError' } });
    expect(JSON.stringify(answer)).not.toContain('somebody');
    const RequestId = answer.body.RequestId;
    const told = { requestID: RequestId, error: 'TypeError: at /home/somebody/secret', message: 'a request failed' };
    expect(faults).toEqual([{ ...told, stack: expect.stringContaining('ims-api.test.ts') }]);
  });

  test('is told as something that passes, where it does', async () => {
    const error = new RegistryError('unavailable', 'the store failed: disk full', { operation: 'list' });
    const { answer, faults } = await failing(error);
    expect(answer).toMatchObject({ status: 503, body: { Code: 'ServiceUnavailable' } });
    expect(faults).toMatchObject([{ error: expect.stringContaining('disk full') }]);
  });
});

describe('the journal', () => {
  test('has an entry for each request, and no secret', async () => {
    const { ask, server, entries, id } = await withApplication();
    const { body } = await ask('CreateAppSecret', { AppId: id });
    await ask('GetApplication', { AppId: '1' });
    await server.handle(signed({ target: '/?AppId=1;2', headers: { 'x-acs-action': 'a b' } }));
    await server.handle(signed({ method: 'PUT' }));
    await server.handle({ ...called('ListApplications'), target: '/?x=1' });
    expect(entries.map(({ action, applicationID, outcome }) => [action, applicationID, outcome])).toEqual([
      ['CreateApplication', id, 'OK'],
      ['CreateAppSecret', id, 'OK'],
      ['GetApplication', '1', 'EntityNotExist.Application'],
      [undefined, undefined, 'InvalidAction.NotFound'],
      [undefined, undefined, 'InvalidApi.NotFound'],
      ['ListApplications', undefined, 'SignatureDoesNotMatch'],
    ]);
    expect(entries[0]).toMatchObject({ time: '2026-11-22T07:21:37.000Z', requestID: anyRequestID });
    expect(JSON.stringify(entries)).not.toContain(body.AppSecret.AppSecretValue);
  });
});
