/** The transport against a server on the loopback that answers as badly as servers can. */

import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ConnectionError } from '../../src/kube/connection.ts';
import { ApiError } from '../../src/kube/error.ts';
import { eventually } from '../support/eventually.ts';
import { thing } from './objects.ts';
import { connectionTo, json, refused, scriptedServer, slowLogin, transportTo } from './scripted-server.ts';

const good = json(200, thing('a', 1));
const emptyList = json(200, { apiVersion: 'v1', kind: 'ThingList', metadata: { resourceVersion: '7' }, items: null });

describe('what is sent', () => {
  test('each call, as the API server wants it', async () => {
    const { url, seen } = await scriptedServer(good, good, good, good, emptyList);
    const transport = transportTo(url);
    await transport.get('/t/a', { query: { resourceVersion: '0' } });
    await transport.create('/t', { a: 1 });
    await transport.patch('/t/a', { a: null });
    await transport.delete('/t/a', { uid: 'u', propagationPolicy: 'Background' });
    await transport.page('/t', { query: { limit: '500', continue: 'x/+=' } });
    expect(seen.map((request) => [request.method, request.url, request.body])).toEqual([
      ['GET', '/t/a?resourceVersion=0', ''],
      ['POST', '/t?fieldManager=me&fieldValidation=Strict', '{"a":1}'],
      ['PATCH', '/t/a?fieldManager=me&fieldValidation=Strict', '{"a":null}'],
      ['DELETE', '/t/a', '{"preconditions":{"uid":"u"},"propagationPolicy":"Background"}'],
      ['GET', '/t?limit=500&continue=x%2F%2B%3D', ''],
    ]);
    expect(seen.map(({ headers }) => headers['content-type'])).toEqual([
      undefined,
      'application/json',
      'application/merge-patch+json',
      'application/json',
      undefined,
    ]);
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer t0',
      'user-agent': 'test/1',
      accept: 'application/json',
    });
  });

  test('the path of the server comes first', async () => {
    const { url, seen } = await scriptedServer(good);
    await transportTo(new URL('/clusters/x/', url)).get('/api/v1/t/a');
    expect(seen[0]?.url).toBe('/clusters/x/api/v1/t/a');
  });

  test('D10: who asks for metadata accepts nothing else', async () => {
    const { url, seen } = await scriptedServer(good, emptyList);
    const transport = transportTo(url);
    await transport.get('/t/a', { metadataOnly: true });
    await transport.page('/t', { metadataOnly: true });
    expect(seen.map(({ headers }) => headers.accept)).toEqual([
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    ]);
  });

  test('E5: nothing of a write that is refused right before it; reads go on', async () => {
    const { url, seen } = await scriptedServer(good);
    const refusal = new ApiError('not now', { status: 0, reason: 'NotLeading' });
    const transport = transportTo(url, {
      beforeWrite: () => {
        throw refusal;
      },
    });
    await expect(transport.create('/t', {})).rejects.toBe(refusal);
    await expect(transport.patch('/t/a', {})).rejects.toBe(refusal);
    await expect(transport.delete('/t/a')).rejects.toBe(refusal);
    expect(await transport.get('/t/a')).toBeDefined();
    expect(seen.map(({ method }) => method)).toEqual(['GET']);
  });

  test.each([
    ['credentials', 1],
    ['a connection', 2],
  ])('D5: a write that waited for %s is asked about after that', async (_, waiting) => {
    const { url, seen } = await scriptedServer(good);
    const { connection, logins, admit } = slowLogin(url, waiting);
    let mayWrite = true;
    const transport = transportTo(url, {
      connection,
      beforeWrite: () => {
        if (!mayWrite) throw new ApiError('not now', { status: 0, reason: 'NotLeading' });
      },
    });
    const written = transport.patch('/t/a', {});
    await eventually(() => logins() === waiting);
    mayWrite = false;
    admit();
    await expect(written).rejects.toMatchObject({ reason: 'NotLeading' });
    mayWrite = true;
    await transport.create('/t', {});
    expect(seen.map(({ method }) => method)).toEqual(['POST']);
  });

  test('connections are used again', async () => {
    const { url, connections } = await scriptedServer(good);
    const transport = transportTo(url);
    for (let n = 0; n < 50; n++) await transport.get('/t/a');
    expect(connections()).toBeLessThanOrEqual(2);
    await Promise.all(Array.from({ length: 100 }, () => transport.get('/t/a')));
    expect(connections()).toBeLessThanOrEqual(16);
  });
});

describe('what comes back', () => {
  test('the reason, the causes and the wait that the API server gives', async () => {
    const causes = [{ field: 'spec.x', reason: 'FieldValueInvalid', message: 'no' }];
    const details = { retryAfterSeconds: 3, causes };
    const { url } = await scriptedServer(
      json(422, { kind: 'Status', reason: 'Invalid', message: 'x is invalid', details }),
    );
    await expect(transportTo(url).create('/t', {})).rejects.toMatchObject({
      status: 422,
      reason: 'Invalid',
      message: 'x is invalid',
      retryAfterSeconds: 3,
      causes,
    });
  });

  test.each(['0', '-1', 'soon'])('no wait where the server asks for none (%s): patience is ours', async (wait) => {
    const { url } = await scriptedServer(refused(503, 'ServiceUnavailable', { 'retry-after': wait }));
    const create = transportTo(url).create('/t', {});
    await expect(create).rejects.toMatchObject({ status: 503, retryAfterSeconds: undefined });
  });

  test.each([
    ['a page of a proxy', 502, '<html>hidden</html>', 'HTTP502'],
    ['a path that nobody serves', 404, '404 page not found', 'NoSuchResource'],
  ])('%s is an error without its text', async (_, status, text, reason) => {
    const { url } = await scriptedServer((response) => response.writeHead(status).end(text));
    const message = `POST /t: HTTP ${status}`;
    await expect(transportTo(url).create('/t', {})).rejects.toMatchObject({ status, reason, message });
  });

  test.each(['', 'null', '{"a":', '"text"'])('%j after a 200 cannot be read: the outcome is unknown', async (text) => {
    const { url } = await scriptedServer((response) => response.end(text));
    await expect(transportTo(url).create('/t', {})).rejects.toMatchObject({ status: 0, reason: 'Unreadable' });
  });

  test('an object that is not there: undefined, or deleted', async () => {
    const { url } = await scriptedServer(refused(404, 'NotFound'));
    expect(await transportTo(url).get('/t/a')).toBeUndefined();
    expect(await transportTo(url).delete('/t/a')).toBeUndefined();
    await expect(transportTo(url).patch('/t/a', {})).rejects.toMatchObject({ status: 404, reason: 'NotFound' });
  });

  test('a resource that the server does not have is no absent object', async () => {
    const { url } = await scriptedServer((response) => response.writeHead(404).end('404 page not found'));
    await expect(transportTo(url).get('/t/a')).rejects.toMatchObject({ status: 404, reason: 'NoSuchResource' });
  });

  test('no error repeats what was sent', async () => {
    const { url } = await scriptedServer(refused(409, 'Conflict'), (response) => response.destroy());
    const transport = transportTo(url);
    for (let n = 0; n < 2; n++) {
      const error: unknown = await transport.create('/t', { data: 'hidden' }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(JSON.stringify(error) + String(error)).not.toContain('hidden');
    }
  });
});

describe('what is tried again', () => {
  const reset = (response: { destroy(): unknown }) => void response.destroy();

  test('a read whose connection breaks, three times in all', async () => {
    const { url, seen } = await scriptedServer(reset, good);
    expect(await transportTo(url).get('/t/a')).toMatchObject({ metadata: { name: 'a' } });
    expect(seen).toHaveLength(2);
    const down = await scriptedServer(reset);
    await expect(transportTo(down.url).get('/t/a')).rejects.toMatchObject({ status: 0, reason: 'Unreachable' });
    expect(down.seen).toHaveLength(3);
  });

  test('a read of a server that is being set up ("storage is (re)initializing")', async () => {
    const { url, seen } = await scriptedServer(refused(429, 'TooManyRequests', { 'retry-after': '0' }), emptyList);
    expect(await transportTo(url).page('/t')).toEqual({ items: [], resourceVersion: '7' });
    expect(seen).toHaveLength(2);
  });

  test('not a read that the server wants to come much later, or refuses', async () => {
    const { url, seen } = await scriptedServer(
      refused(503, 'ServiceUnavailable', { 'retry-after': '20' }),
      refused(403, 'Forbidden'),
    );
    const transport = transportTo(url);
    await expect(transport.get('/t/a')).rejects.toMatchObject({ status: 503, retryAfterSeconds: 20 });
    await expect(transport.get('/t/a')).rejects.toMatchObject({ status: 403, reason: 'Forbidden' });
    expect(seen).toHaveLength(2);
  });

  test.each(['create', 'patch'] as const)('never a %s', async (call) => {
    const { url, seen } = await scriptedServer(reset);
    await expect(transportTo(url)[call]('/t', {})).rejects.toMatchObject({ status: 0, reason: 'Unreachable' });
    expect(seen).toHaveLength(1);
  });

  test('L8: a refused token once, with a new one, for writes and watches too', async () => {
    const { url, seen } = await scriptedServer(refused(401, 'Unauthorized'), good, refused(401, 'Unauthorized'));
    const connection = connectionTo(url);
    const transport = transportTo(url, { connection });
    await transport.create('/t', {});
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer t0', 'Bearer t1']);
    const watch = transport.watch('/t')[Symbol.asyncIterator]();
    await expect(watch.next()).rejects.toMatchObject({ status: 401, reason: 'Unauthorized' });
    expect(connection.refreshed()).toBe(2);
  });
});

describe('what takes too long', () => {
  const silent = () => undefined;

  test('a call ends at its deadline, its repetitions included', async () => {
    const { url } = await scriptedServer((response) => response.destroy(), silent);
    const began = performance.now();
    await expect(transportTo(url, { deadline: 150 }).get('/t/a')).rejects.toMatchObject({
      status: 0,
      reason: 'Timeout',
    });
    // Silence alone would last for the four seconds that are the default.
    expect(performance.now() - began).toBeLessThan(3000);
  });

  test('a call ends when its caller gives up', async () => {
    const { url, seen } = await scriptedServer(silent);
    const caller = new AbortController();
    const call = expect(transportTo(url).create('/t', {}, { signal: caller.signal })).rejects.toMatchObject({
      reason: 'Aborted',
    });
    await eventually(() => seen.length === 1);
    caller.abort();
    // For another reason it would end later, at its deadline.
    await call;
  });

  test('credentials that never come do not hold it up', async () => {
    const { url } = await scriptedServer(silent);
    const connection = { ...connectionTo(url), credentials: () => new Promise<never>(silent) };
    const call = transportTo(url, { connection, deadline: 50 }).create('/t', {});
    await expect(call).rejects.toMatchObject({ status: 0, reason: 'Timeout' });
    const late = transportTo(url, { connection }).watch('/t', { signal: AbortSignal.abort() });
    await expect(late[Symbol.asyncIterator]().next()).rejects.toMatchObject({ reason: 'Aborted' });
  });

  test('nor does a connection that comes too late, and nothing is sent then', async () => {
    const { url, seen } = await scriptedServer(good);
    const { connection, admit } = slowLogin(url, 2);
    const transport = transportTo(url, { connection, deadline: 50 });
    await expect(transport.create('/t', {})).rejects.toMatchObject({ status: 0, reason: 'Timeout' });
    admit();
    await eventually(() => transport.get('/t/a'));
    expect(seen.map(({ method }) => method)).not.toContain('POST');
  });

  test('no call leaves a listener on the signal of its caller', async () => {
    const { url } = await scriptedServer(good);
    const { signal } = new AbortController();
    const transport = transportTo(url);
    await transport.get('/t/a', { signal });
    await transport.create('/t', {}, { signal });
    await transport.patch('/t/a', {}, { signal });
    await transport.delete('/t/a', { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('close ends what runs, and may be called again', async () => {
    const { url, seen } = await scriptedServer(silent);
    const transport = transportTo(url);
    const call = expect(transport.create('/t', {})).rejects.toMatchObject({ status: 0, reason: 'Unreachable' });
    await eventually(() => seen.length === 1);
    await transport.close();
    await call;
    await transport.close();
  });
});

test('nobody listens: Unreachable, with the address', async () => {
  const { url } = await scriptedServer(good);
  const free = new URL(url);
  free.port = '1';
  const error = { status: 0, reason: 'Unreachable', message: expect.stringContaining('ECONNREFUSED') };
  await expect(transportTo(free).create('/t', {})).rejects.toMatchObject(error);
});

test('credentials that cannot be had are told as such', async () => {
  const { url, seen } = await scriptedServer(good);
  const error = new ConnectionError('noCredentials', 'the plugin failed');
  const connection = { ...connectionTo(url), credentials: () => Promise.reject(error) };
  await expect(transportTo(url, { connection }).get('/t/a')).rejects.toBe(error);
  expect(seen).toHaveLength(0);
});
