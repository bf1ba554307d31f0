/** Which calls are sent, how often and for how long. */

import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Sensitive } from '../../../src/core/sensitive.ts';
import { openClient, reading } from '../../../src/registry/ims/client.ts';
import { applicationsAnswer } from '../../../src/registry/ims/codec.ts';
import { sendTo } from '../../../src/registry/ims/sdk.ts';
import type { Received, Reply } from '../../support/rpc-server.ts';
import { application, operation } from '../applications.ts';
import { failure } from '../conformance/suite.ts';
import { documentedApplication } from './documented.ts';
import { registryOver, surroundings } from './surroundings.ts';

const id = documentedApplication.AppId;
const create = application({ name: 'myapp' });

/** One reply to every call of an action; all else is answered as documented. */
const only = (action: string, reply: Reply) => (request: Received) => (request.action === action ? reply : undefined);

describe('a second attempt', () => {
  const busy = { status: 503, body: { RequestId: '1', Code: 'ServiceUnavailable', Message: 'busy' } };
  const failing = (times: number, ...actions: readonly string[]) => {
    let left = times;
    return ({ action }: Received) => (actions.includes(action) && left-- > 0 ? busy : undefined);
  };
  const countOf = (server: { actions(): readonly string[] }, action: string) =>
    server.actions().filter((each) => each === action).length;

  it.each([
    ['GetApplication', 'get'],
    ['DeleteApplication', 'delete'],
  ] as const)('is made of %s, once', async (action, call) => {
    const { server, registry } = await registryOver(failing(1, action));
    await registry[call](id);
    expect(countOf(server, action)).toBe(2);
  });

  it('is not made of what is not idempotent', async () => {
    const { server, registry } = await registryOver(failing(9, 'CreateApplication', 'CreateAppSecret'));
    await failure(registry.create(create, operation()));
    await failure(registry.issueClientSecret(id, operation()));
    expect(countOf(server, 'CreateApplication')).toBe(1);
    expect(countOf(server, 'CreateAppSecret')).toBe(1);
  });

  it('is not made where the same call failed before, until it succeeds', async () => {
    const { server, registry } = await registryOver(failing(4, 'GetApplication'));
    for (let pass = 0; pass < 3; pass++) await failure(registry.get(id));
    expect(countOf(server, 'GetApplication')).toBe(4);
    await registry.get(id);
    expect(countOf(server, 'GetApplication')).toBe(5);
  });

  it('is made after a short wait that the API asks for, and not after a long one', async () => {
    const throttled = (milliseconds: string) => ({
      status: 429,
      headers: { 'x-acs-retry-after': milliseconds },
      body: { RequestId: '1', Code: 'Throttling.User', Message: 'slow down' },
    });
    let left = 1;
    const short = await registryOver(({ action }) =>
      action === 'GetApplication' && left-- > 0 ? throttled('300') : undefined,
    );
    await short.registry.get(id);
    const long = await registryOver(only('GetApplication', throttled('7000')));
    expect(await failure(long.registry.get(id))).toMatchObject({
      code: 'throttled',
      retryAfterSeconds: 7,
      requestID: '1',
    });
    expect(countOf(long.server, 'GetApplication')).toBe(1);
  });
});

it('a list is shared by those who look for a name at the same time', async () => {
  const { server, registry } = await registryOver();
  await registry.account();
  const found = await Promise.all(Array.from({ length: 16 }, () => registry.find('myapp')));
  expect(found.every((each) => each?.id === id)).toBe(true);
  expect(server.actions()).toEqual(['GetCallerIdentity', 'ListApplications']);
});

describe('a process that does not lead', () => {
  it('sends no write, and reads', async () => {
    const { server, registry } = await registryOver(undefined, { mayWrite: () => false });
    await registry.get(id);
    for (const call of [
      () => registry.create(create, operation()),
      () => registry.delete(id),
      () => registry.issueClientSecret(id, operation()),
    ])
      expect(await failure(call())).toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('does not lead') as string,
      });
    expect(server.actions()).toEqual(['GetCallerIdentity', 'GetApplication']);
  });
});

describe('the deadline', () => {
  const byteByByte = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 20);
    onTestFinished(() => clearInterval(timer));
  };

  it.each([
    ['no answer', () => {}],
    ['a body that comes byte by byte', byteByByte],
  ])('ends a call with %s', async (_, reply) => {
    const { server } = await registryOver(() => reply);
    const { limiterOf, monotonic } = surroundings();
    const session = { accessKeyID: 'LTAIexample', accessKeySecret: new Sensitive('secretexample') };
    const client = openClient({
      send: sendTo({ name: server.host, protocol: 'http', caBundle: undefined }, 'ramify/test'),
      hostName: server.host,
      identity: { current: async () => ({ session, accountID: '1' }), refused: () => {} },
      limiterOf,
      rate: { callsPerSecond: 5, burst: 10 },
      mayWrite: () => true,
      monotonic,
      deadline: 300,
    });
    expect(await failure(client(reading('list', 'ListApplications'), applicationsAnswer))).toMatchObject({
      code: 'unavailable',
      message: `${server.host} gave no answer in time`,
    });
  });
});

it('a registry that nobody serves says so, and nothing was made', async () => {
  const { registry } = await registryOver(
    undefined,
    {},
    { endpoint: 'http://127.0.0.1:1', stsEndpoint: 'http://127.0.0.1:1' },
  );
  expect(await failure(registry.create(create, operation()))).toMatchObject({
    code: 'unavailable',
    message: '127.0.0.1:1 refuses connections',
  });
});

it('the limiter is asked before each call', async () => {
  let taken = 0;
  const limiterOf = (accountID: string) => ({
    take: async () => {
      taken += accountID === '1772422852740000' ? 1 : 100;
    },
    pause: () => {},
  });
  const { registry } = await registryOver(undefined, { limiterOf });
  await registry.find('myapp');
  await registry.get(id);
  expect(taken).toBe(2);
});
