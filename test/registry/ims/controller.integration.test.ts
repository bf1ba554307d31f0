/**
 * The controller's loop over a real API server and accounts in the cloud: what an application costs there, two sites side by
 * side, and keys that are wrong, of another account, or replaced.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseRegistryStatus } from '../../../src/api/parse.ts';
import { Sensitive } from '../../../src/core/sensitive.ts';
import { type Given, openGiven } from '../../cluster/real.ts';
import { ownCRDs } from '../../controlplane/crds.ts';
import { accessKey } from '../../server/requests.ts';
import { ownCluster } from '../../support/cluster.ts';
import { eventually } from '../../support/eventually.ts';
import { refuseSecrets } from '../../support/quota.ts';
import { type Tenant, tenantOf, values } from '../../support/tenant.ts';
import { besideLooks, type Cloud, openCloud } from './cloud.ts';
import { openLoop, openTime } from './loop.ts';

let given: Given;
let team: Tenant;

beforeAll(async () => {
  given = await openGiven(await ownCluster({ crds: ownCRDs(), controllerManager: false }));
  team = tenantOf(given.cluster, given.namespace);
});

/** A loop that just started, and OAuthRegistries for it to look at; they are no test's but this one's. */
function started() {
  const time = openTime();
  const readSecret = async (name: string) => {
    const found = await team.secret(name);
    return (
      found && Object.fromEntries(Object.entries(values(found)).map(([key, value]) => [key, new Sensitive(value)]))
    );
  };
  const loop = openLoop({ cluster: given.port, time, changes: { readSecret } });
  const configure = async (name: string, { endpoint }: Cloud, changes: object = {}) => {
    const alibabaCloud = { site: 'International', endpoint, credentials: { environment: {} }, ...changes };
    const rateLimit = { callsPerSecond: 1_000, burst: 1_000 };
    const spec = { type: 'AlibabaCloud', applicationNamePrefix: 'test', rateLimit, alibabaCloud };
    const manifest = { apiVersion: 'ramify.dev/v1alpha1', kind: 'OAuthRegistry', metadata: { name }, spec };
    const before = given.port.registry(name)?.generation ?? 0;
    await given.cluster.apply(JSON.stringify(manifest));
    await eventually(() => (given.port.registry(name)?.generation ?? 0) > before);
    await loop.look(name);
  };
  const keyOf = (name: string) => `${given.namespace}/${name}`;
  /** The caches have what was written last. */
  const seen = (name: string) =>
    eventually(async () => {
      const live = await team.application(name);
      const known = given.port.read(keyOf(name));
      const secret = known && given.port.secrets(known).find((each) => each.name === live?.status.secretRef?.name);
      const hasSecret = secret?.resourceVersion === live?.status.secretRef?.resourceVersion;
      return known?.resourceVersion === live?.metadata.resourceVersion && hasSecret;
    });
  const self = {
    time,
    look: loop.look,
    configure,
    /** What an OAuthRegistry says. */
    ready: async (name: string) => {
      const path = `/apis/ramify.dev/v1alpha1/oauthregistries/${name}`;
      const { body } = await given.cluster.request<{ status?: unknown }>('GET', path);
      const { status, reason, message } = parseRegistryStatus(body.status).conditions?.[0] ?? {};
      return `${status} ${reason}: ${message}`;
    },
    apply: (name: string, registry: string, spec: object = {}) =>
      team.apply(name, { registryRef: { name: registry }, ...spec }),
    pass: async (name: string) => {
      await seen(name);
      await loop.pass(keyOf(name));
    },
    rest: (name: string) => loop.rest(keyOf(name), () => seen(name)),
    /** Brings an application to rest, and gives what its Secret holds. */
    delivered: async (name: string, registry: string, spec: object = {}) => {
      await self.apply(name, registry, spec);
      await self.rest(name);
      await team.reason(name, 'Succeeded');
      return values((await team.secret(name)) ?? expect.fail(`there is no Secret ${name}`));
    },
  };
  return self;
}

/** A name that no other test has. */
function named(): string {
  return `r-${randomUUID()}`;
}

describe('calls for an application', () => {
  const own = (cloud: Cloud) => cloud.calls().filter((action) => action !== 'GetCallerIdentity');

  it.each([
    { type: 'Web', create: ['CreateAppSecret'] },
    { type: 'Native', create: [] },
  ])('$type: to create, at rest, to update and to delete it', async ({ type, create }) => {
    const cloud = await openCloud();
    const registry = named();
    const name = type.toLowerCase();
    const { configure, apply, pass, rest } = started();
    await configure(registry, cloud);
    expect(own(cloud), 'the shared list').toEqual(['ListApplications']);
    await apply(name, registry, { type });
    await rest(name);
    expect(own(cloud)).toEqual(['ListApplications', 'CreateApplication', ...create]);
    await pass(name);
    await pass(name);
    expect(own(cloud)).toEqual([]);
    await apply(name, registry, { type, displayName: 'Edited' });
    await rest(name);
    expect(own(cloud)).toEqual(['GetApplication', 'UpdateApplication']);
    await team.delete('oauthapplications', name);
    await pass(name);
    expect(own(cloud)).toEqual(['GetApplication', 'DeleteApplication']);
    await team.gone('oauthapplications', name);
  });

  it('50 of them at rest: one list for each interval, and now and then a look', async () => {
    const cloud = await openCloud();
    const registry = named();
    const { configure, apply, pass, rest, look, time } = started();
    await configure(registry, cloud);
    const names = Array.from({ length: 50 }, (_, n) => `app-${n}`);
    for (const name of names) {
      await apply(name, registry);
      await rest(name);
    }
    cloud.calls();
    for (const _interval of [1, 2, 3]) {
      time.advance(120_000);
      await look(registry);
      for (const name of names) await pass(name);
    }
    // Six minutes of the hour in which each is looked at once: five, by chance a few more.
    expect(besideLooks(cloud.calls(), 20)).toEqual(['ListApplications', 'ListApplications', 'ListApplications']);
  });
});

it('two sites side by side: each application has the endpoints of its own', async () => {
  const [china, international] = [await openCloud(), await openCloud()];
  const [here, there] = [named(), named()];
  const { configure, delivered } = started();
  await configure(here, china, { site: 'China' });
  await configure(there, international, { site: 'International' });
  const [one, other] = [await delivered('inland', here), await delivered('abroad', there)];
  expect(one).toMatchObject({ issuer: 'https://oauth.aliyun.com', application_name: expect.any(String) });
  expect(one['authorization_endpoint']).toMatch(/^https:\/\/signin\.aliyun\.com\//);
  expect(other).toMatchObject({ issuer: 'https://oauth.alibabacloud.com' });
  expect(other['authorization_endpoint']).toMatch(/^https:\/\/signin\.alibabacloud\.com\//);
  const namesIn = async ({ store }: Cloud) => (await store.list()).map(({ name }) => name);
  expect(await namesIn(china)).toEqual([one['application_name']]);
  expect(await namesIn(international)).toEqual([other['application_name']]);
});

describe('an account', () => {
  it('other than accountID is not worked with', async () => {
    const cloud = await openCloud();
    const registry = named();
    const { configure, apply, pass, ready } = started();
    await configure(registry, cloud, { accountID: '4711' });
    expect(await ready(registry)).toMatch(/^False PermissionDenied: .* works with 4711$/);
    await apply('guarded', registry);
    await pass('guarded');
    await team.reason('guarded', 'RegistryNotReady');
    expect(new Set(cloud.calls())).toEqual(new Set(['GetCallerIdentity']));
  });

  it('that is another one than before is not worked with either', async () => {
    const [first, second] = [await openCloud(), await openCloud()];
    const registry = named();
    const { configure, delivered, apply, pass, ready } = started();
    await configure(registry, first);
    const before = await delivered('moved', registry);
    await configure(registry, second);
    expect(await ready(registry)).toMatch(/^False RegistryNotReady: the credentials belong to account/);
    await apply('moved', registry, { displayName: 'Edited' });
    await pass('moved');
    await team.reason('moved', 'RegistryNotReady');
    expect(new Set(second.calls())).toEqual(new Set(['GetCallerIdentity']));
    expect(values((await team.secret('moved')) ?? expect.fail('the Secret is gone'))).toEqual(before);
  });
});

it('a Secret of credentials: a key that is wrong, then right, then gone, then right again, each within a minute', async () => {
  const cloud = await openCloud();
  const [registry, name] = [named(), named()];
  const { configure, delivered, apply, pass, rest, ready, look, time } = started();
  const key = { accessKeyId: accessKey.id, accessKeySecret: accessKey.secret.reveal() };
  const put = async (data: Readonly<Record<string, string>>) => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: given.namespace },
      stringData: data,
    };
    await given.cluster.apply(JSON.stringify(manifest));
    time.advance(60_000);
    await look(registry);
  };
  await put({ ...key, accessKeySecret: 'something else' });
  await configure(registry, cloud, { credentials: { secretRef: { name } } });
  expect(await ready(registry)).toMatch(
    /^False PermissionDenied: GetCallerIdentity was refused with SignatureDoesNotMatch/,
  );
  await put(key);
  expect(await ready(registry)).toBe('True Succeeded: the registry answers');
  const before = await delivered('keyed', registry);

  cloud.calls();
  await put({ ...key, accessKeyId: 'LTAIgone' });
  expect(await ready(registry)).toMatch(
    /^False PermissionDenied: GetCallerIdentity was refused with InvalidAccessKeyId/,
  );
  await apply('keyed', registry, { displayName: 'Edited' });
  await pass('keyed');
  await team.reason('keyed', 'RegistryNotReady');
  expect((await cloud.store.list()).map(({ displayName }) => displayName)).toEqual(['Shop']);

  await put(key);
  await rest('keyed');
  await team.reason('keyed', 'Succeeded');
  expect((await cloud.store.list()).map(({ displayName }) => displayName)).toEqual(['Edited']);
  expect(values((await team.secret('keyed')) ?? expect.fail('the Secret is gone'))).toEqual(before);
});

it('AT29: a redirect URI that somebody adds in the console is removed with the next list of the account', async () => {
  const cloud = await openCloud();
  const registry = named();
  const { configure, delivered, look, rest, time } = started();
  await configure(registry, cloud);
  await delivered('widened', registry);
  const [only] = await cloud.store.list();
  const { id, redirectURIs } = only ?? expect.fail('there is no application');
  await cloud.store.update(id, { redirectURIs: [...redirectURIs, 'https://evil.example/cb'] });
  cloud.calls();
  time.advance(120_000);
  expect(await look(registry)).toEqual([`${given.namespace}/widened`]);
  await rest('widened');
  expect((await cloud.store.get(id))?.redirectURIs).toEqual(redirectURIs);
  expect(cloud.calls().filter((action) => action === 'UpdateApplication')).toHaveLength(1);
});

it('a Secret that the API server refuses costs one client secret, and one more once it is taken', async () => {
  const cloud = await openCloud({ behaviour: { secretsReadable: false } });
  const registry = named();
  const { configure, apply, pass, rest, time } = started();
  await configure(registry, cloud);
  const { lift } = await refuseSecrets(team);
  const issued = () => cloud.calls().filter((action) => action === 'CreateAppSecret').length;
  await apply('refused', registry);
  for (const _minute of [1, 2, 3, 4]) {
    await pass('refused');
    await team.reason('refused', 'SecretRefused');
    time.advance(60_000);
  }
  expect(issued()).toBe(1);
  await lift();
  await rest('refused');
  await team.reason('refused', 'Succeeded');
  expect(issued()).toBe(1);
  const { client_id: id = '', client_secret: value = '' } = values(
    (await team.secret('refused')) ?? expect.fail('there is no Secret'),
  );
  expect(await cloud.store.accepts(id, new Sensitive(value))).toBe(true);
});
