/**
 * Creation and update on a real API server, as a user sees them with kubectl; every credential is tried in the end.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import type { RegisteredApplication } from '../../src/core/state.ts';
import { type History, lies, recordHistory, servedValues } from '../support/history.ts';
import { type Installation, install, issuerURL } from '../support/installation.ts';
import { leaks } from '../support/leaks.ts';
import { condition, manifest, newTenant, type SecretObject, type Tenant, values } from '../support/tenant.ts';

let installation: Installation;
let history: History;
let team: Tenant;

beforeAll(async () => {
  installation = await install({ applicationNamePrefix: 'test' });
  history = await recordHistory(installation.cluster);
  team = await newTenant(installation.cluster);
});

const withoutRedirects = { redirectURIs: undefined };
const endpointKeys = ['authorization_endpoint', 'jwks_uri', 'revocation_endpoint', 'token_endpoint'];
const keysWithoutSecret = [...endpointKeys, 'application_name', 'client_id', 'issuer', 'scopes', 'userinfo_endpoint'];
const columns = ['NAME', 'READY', 'CLIENT ID', 'TYPE', 'SECRET', 'AGE', 'REASON', 'REGISTRY', 'NEXT ROTATION'];

describe('creation', () => {
  test.each([
    { type: 'Web', protocolVersion: '2.0', hasSecret: true },
    { type: 'Web', protocolVersion: '2.1', hasSecret: false },
    { type: 'Native', protocolVersion: '2.0', hasSecret: false },
    { type: 'Native', protocolVersion: '2.1', hasSecret: false },
    { type: 'Server', protocolVersion: '2.0', hasSecret: true },
    { type: 'Server', protocolVersion: '2.1', hasSecret: true },
  ])('of $type $protocolVersion', async ({ type, protocolVersion, hasSecret }) => {
    const name = `${type}-${protocolVersion.replace('.', '')}`.toLowerCase();
    const spec = { type, protocolVersion, ...(type === 'Server' && withoutRedirects) };
    const { metadata, status } = await team.applyReady(name, spec);
    const applicationName = `test_${team.namespace}.${name}`;
    expect(metadata.finalizers).toEqual(['ramify.dev/application']);
    expect(status).toMatchObject({ observedGeneration: 1, applicationName, provenance: 'Created' });
    expect(status).toMatchObject({ secretRef: { name }, binding: { name } });
    const secret = await team.secret(name);
    if (secret === undefined) throw new Error('there is no Secret');
    expect(secret.type).toBe('Opaque');
    expect(Object.keys(values(secret)).toSorted()).toEqual(
      [...keysWithoutSecret, ...(hasSecret ? ['client_secret'] : [])].toSorted(),
    );
    expect(values(secret)).toMatchObject({ client_id: status.clientID, issuer: issuerURL, scopes: 'openid' });
    expect(values(secret)['application_name']).toBe(applicationName);
    expect(secret.metadata.labels).toEqual({
      'app.kubernetes.io/managed-by': 'ramify',
      'ramify.dev/application': name,
    });
    expect(secret.metadata.ownerReferences).toMatchObject([
      { kind: 'OAuthApplication', name, uid: metadata.uid, controller: true, blockOwnerDeletion: false },
    ]);
  });

  test('under a name that is too long for the account: shortened, and told apart by a digest', async () => {
    const name = `long-${'x'.repeat(57)}a`;
    const { status } = await team.applyReady(name);
    expect(status.applicationName).toMatch(/^.{37}_[a-z2-7]{26}$/);
    const secret = await team.secret(name);
    expect(secret && values(secret)['application_name']).toBe(status.applicationName);
  });

  test('shows in the printer columns', async () => {
    const { status } = await team.applyReady('columns');
    const wide = await team.kubectl('get', 'oapp', 'columns', '--output=wide');
    const [heads = '', row = ''] = wide.split('\n');
    expect(heads.split(/ {2,}/).map((head) => head.trim())).toEqual(columns);
    expect(row.split(/ {2,}/).slice(0, 5)).toEqual(['columns', 'True', status.clientID, 'Web', 'columns']);
    const selected = await team.kubectl('get', 'oapp', '--field-selector=spec.type=Native', '--output=name');
    expect(selected).not.toContain('columns');
  });

  test('is told by one event, and described for people', async () => {
    await team.applyReady('told');
    await team.told('told', ['Normal Succeeded CreateApplication']);
    const description = await team.kubectl('describe', 'oapp', 'told');
    expect(description).toContain(`Created application test_${team.namespace}.told`);
    expect(description).toMatch(/Message: +Secret told holds the credentials/);
  });

  test('of what may not be is refused with a reason, once, and nothing is made', async () => {
    await team.apply('greedy', { multiTenant: true });
    const refused = await team.reason('greedy', 'PolicyViolation');
    expect(condition(refused, 'Stalled')).toMatchObject({ status: 'True', reason: 'PolicyViolation' });
    await team.kubectl('annotate', 'oapp', 'greedy', 'ramify.dev/reconcile-requested-at=now');
    await team.reason('greedy', 'PolicyViolation');
    await team.told('greedy', ['Warning PolicyViolation Reconcile']);
    expect(refused.metadata.finalizers).toBeUndefined();
    expect(await team.secret('greedy')).toBeUndefined();
    await team.patch('oauthapplications', 'greedy', { spec: { multiTenant: false } });
    await team.reason('greedy', 'Succeeded');
  });
});

interface Update {
  readonly field: string;
  readonly from?: Readonly<Record<string, unknown>>;
  readonly to: Readonly<Record<string, unknown>>;
  /** What the registry then holds. */
  readonly registered?: Partial<RegisteredApplication>;
  /** What the Secret then holds; without it the Secret must not be written. */
  readonly secret?: (values: Readonly<Record<string, string>>, secret: SecretObject) => unknown;
}

const twoScopes = ['openid', 'profile'];

const updates: readonly Update[] = [
  { field: 'displayName', to: { displayName: 'Store' }, registered: { displayName: 'Store' } },
  {
    field: 'accessTokenValiditySeconds',
    to: { accessTokenValiditySeconds: 900 },
    registered: { accessTokenValiditySeconds: 900 },
  },
  {
    field: 'refreshTokenValiditySeconds',
    to: { refreshTokenValiditySeconds: 7200 },
    registered: { refreshTokenValiditySeconds: 7200 },
  },
  {
    field: 'redirectURIs',
    to: { redirectURIs: ['https://a.example.com/', 'https://b.example.com/'] },
    registered: { redirectURIs: ['https://a.example.com/', 'https://b.example.com/'] },
  },
  {
    field: 'scopes',
    to: { scopes: ['profile'] },
    registered: { scopes: twoScopes, requiredScopes: ['openid'] },
    secret: ({ scopes }) => expect(scopes).toBe('openid profile'),
  },
  {
    field: 'requiredScopes',
    from: { scopes: twoScopes },
    to: { requiredScopes: ['profile'] },
    registered: { scopes: twoScopes, requiredScopes: twoScopes },
  },
  {
    field: 'secretRequired on',
    from: { type: 'Native' },
    to: { secretRequired: true },
    registered: { secretRequired: true },
    secret: ({ client_secret }) => expect(client_secret).toMatch(/^[A-Za-z0-9]{64}$/),
  },
  {
    field: 'secretRequired off',
    from: { type: 'Native', secretRequired: true },
    to: { secretRequired: false },
    registered: { secretRequired: false },
    secret: (held) => expect(held).not.toHaveProperty('client_secret'),
  },
  {
    field: 'secret.labels and annotations',
    from: { secret: { labels: { team: 'a', old: '1' } } },
    to: { secret: { labels: { team: 'b', old: null }, annotations: { note: 'hello' } } },
    secret: (_held, { metadata }) => {
      expect(metadata.labels).toMatchObject({ team: 'b' });
      expect(metadata.labels).not.toHaveProperty('old');
      expect(metadata.annotations).toMatchObject({ note: 'hello' });
    },
  },
  {
    field: 'secret.keys',
    from: { secret: { keys: { clientID: 'ID' } } },
    to: { secret: { keys: { clientID: 'CLIENT_ID' } } },
    secret: (held) => {
      expect(held['CLIENT_ID']).toMatch(/^\d+$/);
      expect(held).not.toHaveProperty('ID');
    },
  },
  {
    field: 'secret.data',
    from: { secret: { data: { 'gone.txt': 'x' } } },
    to: { secret: { data: { 'gone.txt': null, 'login.env': 'ID=$(clientID) $$HOME' } } },
    secret: (held) => {
      expect(held['login.env']).toBe(`ID=${held['client_id']} $HOME`);
      expect(held).not.toHaveProperty('gone.txt');
    },
  },
  {
    field: 'deletionPolicy',
    to: { deletionPolicy: 'Orphan' },
    secret: (_held, { metadata }) => expect(metadata.ownerReferences).toBeUndefined(),
  },
  { field: 'driftPolicy', to: { driftPolicy: 'Report' } },
];

const nameOf = ({ field }: Update) => `update-${field.toLowerCase().replace(/[^a-z]+/g, '-')}`;

describe('an update', () => {
  test.each(updates)('of $field', async (update) => {
    const name = nameOf(update);
    const before = await team.applyReady(name, update.from);
    const secretBefore = await team.secret(name);
    await team.patch('oauthapplications', name, { spec: update.to });
    const after = await team.reason(name, 'Succeeded');
    const secret = await team.secret(name);
    expect(after.status.clientID).toBe(before.status.clientID);
    if (secret === undefined) throw new Error('there is no Secret');
    if (update.secret) update.secret(values(secret), secret);
    else expect(secret).toEqual(secretBefore);
    const told = update.registered ? 'UpdateApplication' : 'DeliverSecret';
    await team.told(name, [
      'Normal Succeeded CreateApplication',
      ...(update.registered || update.secret ? [`Normal Succeeded ${told}`] : []),
    ]);
  });

  test('of an immutable field is refused by the API server, with the remedy', async () => {
    await team.applyReady('fixed');
    const refusal = team.patch('oauthapplications', 'fixed', { spec: { type: 'Server' } });
    await expect(refusal).rejects.toThrow('delete the resource and create it again');
  });
});

describe('kubectl', () => {
  test('apply --dry-run=server writes nothing', async () => {
    const file = JSON.stringify(manifest('dry'));
    await installation.cluster.apply(file, '--namespace', team.namespace, '--dry-run=server');
    expect(await team.application('dry')).toBeUndefined();
  });

  test('wait --for=condition=Ready ends', async () => {
    await team.apply('waited');
    expect(await team.kubectl('wait', '--for=condition=Ready', 'oapp/waited', '--timeout=60s')).toContain('met');
  });

  test('replace strips our marks, and the resource is held again', async () => {
    const { status } = await team.applyReady('replaced');
    const { cluster } = installation;
    const path = `/apis/ramify.dev/v1alpha1/namespaces/${team.namespace}/oauthapplications/replaced`;
    const object = await team.application('replaced');
    const bare = { ...manifest('replaced'), metadata: { name: 'replaced', ...versionOf(object) } };
    expect((await cluster.request('PUT', path, bare)).status).toBe(200);
    const held = await team.until('replaced', ({ metadata }) => metadata.finalizers !== undefined);
    expect(held.metadata.annotations).toHaveProperty('ramify.dev/binding');
    expect((await team.reason('replaced', 'Succeeded')).status.clientID).toBe(status.clientID);
  });

  test('explain reads like documentation', async () => {
    const text = await team.kubectl('explain', 'oauthapplication.spec.redirectURIs');
    expect(text).toContain('Where the issuer may send people back to');
    expect(text).toContain('at least one for Web and Native');
  });
});

function versionOf(object: { metadata: { resourceVersion: string } } | undefined) {
  return { resourceVersion: object?.metadata.resourceVersion };
}

describe('in the end', () => {
  test('every revision of every status was true', async () => {
    await history.caughtUp();
    expect(history.applications.length).toBeGreaterThan(100);
    expect(lies(history)).toEqual([]);
  });

  test('no secret value is in the log, the metrics, an event, or in what the API server shows', async () => {
    const secrets = servedValues(history);
    expect(secrets.size).toBeGreaterThan(15);
    const texts = {
      log: installation.output.join('\n'),
      metrics: await installation.metrics(),
      events: await team.kubectl('get', 'events', '--output=json'),
      resources: JSON.stringify(history.applications),
      registries: await team.kubectl('get', 'oreg', '--output=json'),
      metadata: JSON.stringify(history.secrets.map(({ object }) => object.metadata)),
    };
    for (const [where, text] of Object.entries(texts))
      expect({ where, leaks: leaks(text, secrets) }).toEqual({ where, leaks: [] });
    expect(leaks(JSON.stringify(history.secrets), secrets)).toHaveLength(secrets.size);
  });

  test('the registry holds what the specs say, nothing else, and accepts every credential', async () => {
    const { items } = JSON.parse(await team.kubectl('get', 'secrets', '--output=json')) as { items: SecretObject[] };
    expect(await installation.stop()).toBe(0);
    await installation.withStore(async (store) => {
      const applications = await store.list();
      const names = applications.map(({ name }) => name);
      expect(new Set(names)).toEqual(new Set(items.map((secret) => values(secret)['application_name'])));
      expect(names).toHaveLength(items.length);
      for (const update of updates.filter(({ registered }) => registered)) {
        const found = applications.find(({ name }) => name.endsWith(`.${nameOf(update)}`));
        expect(found).toMatchObject(update.registered ?? {});
      }
      for (const secret of items) {
        const { client_id, CLIENT_ID = client_id, client_secret } = values(secret);
        const accepted =
          client_secret === undefined || (await store.accepts(CLIENT_ID ?? '', new Sensitive(client_secret)));
        expect({ name: secret.metadata.name, accepted }).toEqual({ name: secret.metadata.name, accepted: true });
      }
    });
  });
});
