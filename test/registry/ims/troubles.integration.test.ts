/**
 * What an OAuthApplication says when its registry's API, or something on the way to it, answers badly. Nothing is written by an
 * answer that proves nothing, nothing is taken for gone, and once the trouble is over all is as it would have been.
 *
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { parseRegistryStatus } from '../../../src/api/parse.ts';
import { Sensitive } from '../../../src/core/sensitive.ts';
import type { RegisteredApplication } from '../../../src/core/state.ts';
import { accessKey, signed } from '../../server/requests.ts';
import { writtenSpec } from '../../support/builders.ts';
import { leaks } from '../../support/leaks.ts';
import { memoryCluster } from '../../support/memory-cluster.ts';
import { type Fault, openCloud, relay } from './cloud.ts';
import { documentedApplication } from './documented.ts';
import { openLoop, openTime } from './loop.ts';

/** An answer of the API's form, which some of these only resemble. */
function says(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Fault {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (_, response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

function refuses(status: number, Code: string, headers = {}): Fault {
  return says(status, { RequestId: 'R-1', HostId: 'ims', Code, Message: 'says the test' }, headers);
}

/** The request is served, but for its headers. */
function withHeaders(change: Readonly<Record<string, string>>): Fault {
  return (request, response, serve) =>
    relay({ ...request, headers: { ...request.headers, ...change } }, response, serve);
}

const wrongSignature: Fault = (request, response, serve) => {
  const authorization = request.headers['authorization']?.replace(/Signature=.*/, `Signature=${'0'.repeat(64)}`) ?? '';
  return withHeaders({ authorization })(request, response, serve);
};

/** Something on the way sends each request twice, and gives the second answer. */
const sentTwice: Fault = async (request, response, serve) => {
  await serve(request);
  await relay(request, response, serve);
};

const unknownAction: Fault = (_, response, serve) => {
  const headers = { 'x-acs-action': 'Foresee', 'x-acs-date': `${new Date().toISOString().slice(0, 19)}Z` };
  return relay(signed({ headers }), response, serve);
};

/** The answer of the server, a byte at a time. */
const byteByByte: Fault = async (request, response, serve) => {
  const { status, headers, body } = await serve(request);
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  for (const byte of Buffer.from(body)) await new Promise((sent) => response.write(Buffer.of(byte), sent));
  response.end();
};

/** The request takes effect, and of the answer a byte comes each tenth of a second. */
const endless: Fault = async (request, response, serve) => {
  const { status, headers, body } = await serve(request);
  response.writeHead(status, { ...headers, 'content-length': '100000' });
  for (const byte of Buffer.from(body)) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await sleep(100);
  }
};

const stranger = { ...documentedApplication, AppId: '4000000000000000009', AppName: 'somebody-elses' };

/** What is said on a list (by the registry), a read, an update, a creation, a new client secret, and a deletion. */
type Said = readonly [string, string, string, string, string, string];

const unavailable = 'Unknown RegistryUnavailable';
const uncertain = 'Unknown CreationUncertain';
const blocked = 'False DeletionBlocked';

/** Nobody can tell what became of the call: what may have been made is looked for before it is made again. */
const unknown: Said = ['False RegistryUnavailable', unavailable, unavailable, uncertain, uncertain, blocked];
const nothing: Said = ['False RegistryUnavailable', unavailable, unavailable, unavailable, unavailable, blocked];
const good: Said = ['True Succeeded', 'True Succeeded', 'True Succeeded', 'True Succeeded', 'True Succeeded', 'gone'];

/** Nothing was done, for a reason that the API tells. */
function told(reason: string, status: 'False' | 'Unknown' = 'Unknown'): Said {
  const own = `${status} ${reason}`;
  return [`False ${reason}`, own, own, own, own, blocked];
}

const troubles: readonly (readonly [name: string, fault: Fault, said: Said])[] = [
  ['wrong signature', wrongSignature, told('PermissionDenied')],
  ['replayed nonce', sentTwice, unknown],
  ['expired date', withHeaders({ 'x-acs-date': '2020-01-01T00:00:00Z' }), nothing],
  ['unknown action', unknownAction, told('RegistryRejected', 'False')],
  ['throttling', refuses(400, 'Throttling.User', { 'x-acs-retry-after': '2000' }), told('Throttled')],
  ['500', refuses(500, 'InternalError'), unknown],
  ['reset', (_, response) => response.destroy(), unknown],
  ['HTML', says(200, '<html>Log on to the network', { 'content-type': 'text/html' }), unknown],
  ['a bare 404', says(404, '<html>not found', { 'content-type': 'text/html' }), unknown],
  ['a 404 of something else', says(404, { message: 'no such route' }), unknown],
  ['foreign body', says(200, { RequestId: 'R-1', Application: stranger, Applications: 'none' }), unknown],
  ['empty 200', says(200, ''), unknown],
  ['10 MB', says(200, JSON.stringify('x'.repeat(10_000_000))), unknown],
  ['byte by byte', byteByByte, good],
  ['byte by byte, without end', endless, unknown],
];

const namespace = 'team-a';
const spec = (endpoint: string) => ({
  type: 'AlibabaCloud',
  applicationNamePrefix: 'test',
  rateLimit: { callsPerSecond: 1_000, burst: 1_000 },
  alibabaCloud: { site: 'International', endpoint, credentials: { environment: {} } },
});

/** A cluster and an account with the application `shop` at rest. */
async function settled() {
  const time = openTime();
  const cloud = await openCloud({ clock: time.clock });
  const cluster = memoryCluster({ clock: time.clock });
  const loop = openLoop({ cluster, time });
  cluster.outside.putRegistry({ name: 'default', spec: spec(cloud.endpoint) });
  await loop.look();
  const keyOf = (name: string) => `${namespace}/${name}`;
  const ready = (name: string) => conditionOf(cluster.outside.resource(keyOf(name))?.status.conditions);
  const found = (name: string) => cloud.store.find(`test_${namespace}.${name}`);
  const values = (name: string) => cluster.outside.secret(namespace, name)?.data;
  const made = {
    time,
    cloud,
    cluster,
    loop,
    ready,
    found,
    values,
    apply: (name: string, changes = {}) => cluster.outside.apply(keyOf(name), writtenSpec(changes)),
    pass: (name: string) => loop.pass(keyOf(name)),
    /** Everything is as it would have been: one application, as the spec says, and a Secret that is accepted. */
    heals: async (name: string, displayName = 'Shop') => {
      cloud.lift();
      await loop.look();
      await loop.rest(keyOf(name));
      expect(ready(name)).toBe('True Succeeded');
      expect(await found(name)).toMatchObject({ displayName });
      const { client_id: id, client_secret: value } = values(name) ?? {};
      expect(await cloud.store.accepts(decoded(id), new Sensitive(decoded(value)))).toBe(true);
    },
  };
  made.apply('shop');
  await made.heals('shop');
  return made;
}

type Settled = Awaited<ReturnType<typeof settled>>;

function conditionOf(conditions: readonly { type: string; status: string; reason: string }[] = []): string {
  const ready = conditions.find(({ type }) => type === 'Ready');
  return `${ready?.status} ${ready?.reason}`;
}

function decoded(value: Sensitive | undefined): string {
  return Buffer.from(value?.reveal() ?? '', 'base64').toString('utf8');
}

/** What each trouble is tried on; returned is what the resource says while it lasts. */
const moments: Readonly<Record<string, (made: Settled, fault: Fault) => Promise<string>>> = {
  list: async (made, fault) => {
    made.cloud.plant(fault, ['ListApplications']);
    made.time.advance(120_000);
    await made.loop.look();
    const said = conditionOf(parseRegistryStatus(made.cluster.outside.registry('default')?.status).conditions);
    made.apply('shop', { displayName: 'Edited' });
    await made.pass('shop');
    const displayName = said.startsWith('True') ? 'Edited' : 'Shop';
    expect(await made.found('shop'), 'without the registry nothing is touched').toMatchObject({ displayName });
    made.time.advance(3_000);
    await made.heals('shop', 'Edited');
    return said;
  },
  read: (made, fault) => edited(made, fault, 'GetApplication'),
  update: (made, fault) => edited(made, fault, 'UpdateApplication'),
  create: (made, fault) => created(made, fault, 'new', 'CreateApplication'),
  issue: (made, fault) => created(made, fault, 'newer', 'CreateAppSecret'),
  delete: async (made, fault) => {
    made.cloud.plant(fault, ['GetApplication', 'ListAppSecretIds', 'DeleteApplication']);
    made.cluster.outside.delete(`${namespace}/new`);
    await made.pass('new');
    const said = made.cluster.outside.resource(`${namespace}/new`) === undefined ? 'gone' : made.ready('new');
    expect(said === 'gone', 'it is let go of once its application is gone').toBe(
      (await made.found('new')) === undefined,
    );
    made.cloud.lift();
    await made.loop.rest(`${namespace}/new`);
    expect(made.cluster.outside.resource(`${namespace}/new`)).toBeUndefined();
    expect(await made.found('new')).toBeUndefined();
    return said;
  },
};

async function edited(made: Settled, fault: Fault, action: string): Promise<string> {
  const before = made.values('shop');
  made.cloud.plant(fault, [action]);
  made.apply('shop', { displayName: action });
  await made.pass('shop');
  expect(made.values('shop')).toEqual(before);
  const said = made.ready('shop');
  await made.heals('shop', action);
  return said;
}

async function created(made: Settled, fault: Fault, name: string, action: string): Promise<string> {
  made.cloud.plant(fault, [action]);
  made.apply(name);
  await made.pass(name);
  const said = made.ready(name);
  expect(made.values(name) === undefined, 'a Secret is there only where all was proven').toBe(
    said !== 'True Succeeded',
  );
  await made.heals(name);
  return said;
}

async function everySecret({ cloud: { store } }: Settled): Promise<readonly string[]> {
  const issued = async ({ id }: RegisteredApplication) =>
    Promise.all((await store.clientSecrets(id)).map((secret) => store.readClientSecret(id, secret.id)));
  const all = (await Promise.all((await store.list()).map(issued))).flat();
  return [accessKey.secret.reveal(), ...all.flatMap((secret) => (secret ? [secret.value.reveal()] : []))];
}

const rows: (readonly string[])[] = [['what comes', ...Object.keys(moments)]];

it.each(troubles)('%s', async (name, fault, expected) => {
  const made = await settled();
  const said: string[] = [];
  const names = new Set(['test_team-a.shop', 'test_team-a.new', 'test_team-a.newer']);
  for (const moment of Object.values(moments)) {
    said.push(await moment(made, fault));
    const there = (await made.cloud.store.list()).map((application) => application.name);
    expect(new Set(there).size, 'nothing is made twice').toBe(there.length);
    expect(new Set(there).isSubsetOf(names)).toBe(true);
  }
  rows.push([name, ...said]);
  expect(said).toEqual(expected);
  const { statuses, events, outside } = made.cluster;
  const shown = JSON.stringify([made.loop.log, statuses, events, outside.registry('default'), outside.resources()]);
  expect(leaks(shown, await everySecret(made))).toEqual([]);
});

afterAll(() => {
  const lines = rows.map((row) =>
    row
      .map((cell) => cell.padEnd(28))
      .join('')
      .trimEnd(),
  );
  process.stdout.write(`${lines.join('\n')}\n`);
});
