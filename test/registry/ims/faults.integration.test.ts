/** What comes of answers that are late, broken, somebody else's or none: nothing is done by them, and all is said in the port's words. */

import { describe, expect, it } from 'vitest';
import type { Received, Reply } from '../../support/rpc-server.ts';
import { application, operation } from '../applications.ts';
import { failure } from '../conformance/suite.ts';
import { documentedAnswers, documentedApplication, documentedSecret } from './documented.ts';
import { registryOver } from './surroundings.ts';

const id = documentedApplication.AppId;
const secretID = documentedSecret.AppSecretId;
const create = application({ name: 'myapp' });

/** One reply to every call of an action; all else is answered as documented. */
const only = (action: string, reply: Reply) => (request: Received) => (request.action === action ? reply : undefined);

const html: Reply = (response) =>
  void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway');
const reset: Reply = (response) => void response.destroy();
const halfABody: Reply = (response) => {
  response.writeHead(200, { 'content-length': '1000' }).write('{"RequestId":');
  setTimeout(() => response.destroy(), 20);
};

describe('an answer that is none', () => {
  it.each<[string, Reply]>([
    ['HTML', html],
    ['a reset', reset],
    ['half a body', halfABody],
    ['an empty 200', { body: '' }],
    ['null', { body: 'null' }],
    ['null with 500', { status: 500, body: 'null' }],
    ['an empty object', { body: {} }],
    ['an error of something else with 404', { status: 404, body: { message: 'not found' } }],
    ['an error with 200', { body: { RequestId: '1', Code: 'InternalError', Message: 'x' } }],
    ['a redirection', { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }],
    ['10 MB of something else', { body: JSON.stringify('x'.repeat(10_000_000)) }],
  ])('is no answer to a read, and leaves open whether something was made: %s', async (_, reply) => {
    for (const [action, call, code] of [
      ['GetApplication', 'get', 'unavailable'],
      ['UpdateApplication', 'update', 'unavailable'],
      ['DeleteApplication', 'delete', 'unavailable'],
      ['CreateApplication', 'create', 'uncertain'],
      ['CreateAppSecret', 'issueClientSecret', 'uncertain'],
    ] as const) {
      const { registry } = await registryOver(only(action, reply));
      const calls = {
        get: () => registry.get(id),
        update: () => registry.update(id, { displayName: 'New' }),
        delete: () => registry.delete(id),
        create: () => registry.create(create, operation()),
        issueClientSecret: () => registry.issueClientSecret(id, operation()),
      };
      expect(await failure(calls[call]()), action).toMatchObject({ name: 'RegistryError', code, operation: call });
    }
  });

  it('is an answer about another application or client secret', async () => {
    const other = { ...documentedApplication, AppId: '4000000000000000009', AppName: 'other' };
    const wrong = { ...documentedSecret, AppId: '4000000000000000009' };
    const { registry } = await registryOver(({ action }) => {
      const answer = { RequestId: '1', Application: other, AppSecret: action === 'ListAppSecretIds' ? [wrong] : wrong };
      return {
        body: action === 'GetCallerIdentity' ? documentedAnswers.GetCallerIdentity : { ...answer, AppSecrets: answer },
      };
    });
    expect(await failure(registry.get(id))).toMatchObject({ code: 'unavailable' });
    expect(await failure(registry.update(id, { displayName: 'New' }))).toMatchObject({ code: 'unavailable' });
    expect(await failure(registry.create(create, operation()))).toMatchObject({ code: 'uncertain' });
    expect(await failure(registry.clientSecrets(id))).toMatchObject({ code: 'unavailable' });
    expect(await failure(registry.readClientSecret(id, secretID))).toMatchObject({ code: 'unavailable' });
    expect(await failure(registry.issueClientSecret(id, operation()))).toMatchObject({ code: 'uncertain' });
  });

  it('is a client secret without its value', async () => {
    const { AppSecretValue: _value, ...withheld } = documentedSecret;
    const { registry } = await registryOver(() => undefined);
    expect((await registry.readClientSecret(id, secretID))?.value.reveal()).toBe(documentedSecret.AppSecretValue);
    const masked = { RequestId: '1', AppSecret: { ...withheld, AppSecretValue: '********' } };
    for (const body of [masked, { RequestId: '1', AppSecret: withheld }]) {
      const silent = await registryOver(({ action }) => (action.endsWith('AppSecret') ? { body } : undefined));
      expect(await silent.registry.readClientSecret(id, secretID)).toBeUndefined();
      expect(await failure(silent.registry.issueClientSecret(id, operation()))).toMatchObject({ code: 'uncertain' });
    }
  });

  it('AT49: hides no application: one that is not understood is there, and is nobody’s', async () => {
    const odd = { ...documentedApplication, AppName: 'odd', AppType: 'TelepathicApp' };
    const body = { RequestId: '1', Applications: { Application: [odd, documentedApplication] } };
    const { registry } = await registryOver(only('ListApplications', { body }));
    expect((await registry.list()).map(({ name }) => name)).toEqual(['myapp']);
    expect(await registry.find('MYAPP')).toMatchObject({ id });
    expect(await failure(registry.find('Odd'))).toMatchObject({ code: 'unavailable' });
    expect(await registry.find('nobody')).toBeUndefined();
  });
});

describe('absence', () => {
  const absent = { status: 404, body: { RequestId: '1', Code: 'EntityNotExist.Application', Message: 'gone' } };

  it('is what the API says by its code', async () => {
    const { registry } = await registryOver(({ action }) => (action === 'GetCallerIdentity' ? undefined : absent));
    expect(await registry.get(id)).toBeUndefined();
    expect(await registry.clientSecrets(id)).toEqual([]);
    expect(await registry.readClientSecret(id, secretID)).toBeUndefined();
    await expect(registry.delete(id)).resolves.toBeUndefined();
    await expect(registry.deleteClientSecret(id, secretID)).resolves.toBeUndefined();
    expect(await failure(registry.update(id, { displayName: 'New' }))).toMatchObject({ code: 'absent' });
    expect(await failure(registry.issueClientSecret(id, operation()))).toMatchObject({ code: 'absent' });
  });

  it.each(['InvalidAccessKeyId.NotFound', 'InvalidApi.NotFound', 'Strange', undefined])(
    'is not a status 404 with the code %s',
    async (Code) => {
      const body = { RequestId: '1', ...(Code !== undefined && { Code }) };
      const { registry } = await registryOver(({ action }) =>
        action === 'GetCallerIdentity' ? undefined : { status: 404, body },
      );
      for (const call of [registry.get, registry.delete, registry.clientSecrets])
        expect(await failure(call(id))).not.toMatchObject({ code: 'absent' });
    },
  );

  it('is not asked for by what cannot be an ID: anybody may have written it into a status', async () => {
    const { server, registry } = await registryOver();
    for (const forged of ['', 'myapp', '../1', '1'.repeat(40)]) expect(await registry.get(forged)).toBeUndefined();
    expect(server.received).toEqual([]);
  });
});

describe('what the API may refuse', () => {
  it('a deletion that is in conflict: provisioning and client secrets go first', async () => {
    let conflicts = 1;
    const conflict = {
      status: 409,
      body: { RequestId: '1', Code: 'DeleteConflict.Application.Secret', Message: 'has secrets' },
    };
    const { server, registry } = await registryOver(({ action }) =>
      action === 'DeleteApplication' && conflicts-- > 0 ? conflict : undefined,
    );
    await registry.delete(id);
    expect(server.actions()).toEqual([
      'GetCallerIdentity',
      'DeleteApplication',
      'DeprovisionApplication',
      'ListAppSecretIds',
      'DeleteAppSecret',
      'DeleteApplication',
    ]);
  });

  it('to clear the redirect URIs: that is said, by what it answers', async () => {
    const { registry } = await registryOver();
    expect(await failure(registry.update(id, { redirectURIs: [] }))).toMatchObject({ code: 'rejected' });
  });

  it('a URI that would be two is not sent at all', async () => {
    const { server, registry } = await registryOver();
    const two = application({ redirectURIs: ['https://a.example/;https://evil.example/'] });
    expect(await failure(registry.create(two, operation()))).toMatchObject({ code: 'rejected', operation: 'create' });
    expect(await failure(registry.update(id, two))).toMatchObject({ code: 'rejected', operation: 'update' });
    expect(server.received).toEqual([]);
  });
});
