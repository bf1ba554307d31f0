/** How an application comes into being. */

import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../src/registry/errors.ts';
import { specOf, stranger } from '../support/builders.ts';
import { clusterWrites, key, registryWrites, settledWorld, world } from '../support/world.ts';

const endpoints = {
  issuer: 'https://login.example',
  authorization_endpoint: 'https://login.example/oauth2/v1/auth',
  token_endpoint: 'https://login.example/v1/token',
  userinfo_endpoint: 'https://login.example/v1/userinfo',
  jwks_uri: 'https://login.example/v1/keys',
  revocation_endpoint: 'https://login.example/v1/revoke',
};

const created = [
  {
    type: 'Web',
    spec: specOf.Web,
    hasSecret: true,
    registered: { refreshTokenValiditySeconds: 2_592_000, secretRequired: true },
  },
  {
    type: 'Native',
    spec: specOf.Native,
    hasSecret: false,
    registered: { refreshTokenValiditySeconds: 2_592_000, secretRequired: false },
  },
  {
    type: 'Server',
    spec: specOf.Server,
    hasSecret: true,
    registered: { refreshTokenValiditySeconds: undefined, secretRequired: true },
  },
] as const;

describe('a new resource', () => {
  it.each(created)(
    'of type $type ends with an application, a Secret and Ready, in three writes',
    async ({ spec, hasSecret, registered }) => {
      const made = await world();
      made.cluster.outside.apply(key, spec);

      expect(await made.pass()).toEqual({ kind: 'after', seconds: 120 });

      expect(clusterWrites(made)).toEqual(['hold', 'createSecret', 'writeStatus']);
      expect(registryWrites(made)).toEqual(hasSecret ? ['create', 'issueClientSecret'] : ['create']);
      expect(made.reasons()).toEqual({
        Accepted: 'Succeeded',
        Registered: 'Succeeded',
        SecretReady: 'Succeeded',
        Ready: 'Succeeded',
      });
      const application = await made.application();
      expect(application).toMatchObject({
        ...registered,
        name: 'team-a.shop',
        displayName: 'Shop',
        scopes: ['openid'],
        multiTenant: false,
      });
      const { client_secret: value, ...values } = made.values();
      expect(values).toEqual({
        ...endpoints,
        client_id: application?.clientID,
        scopes: 'openid',
        application_name: 'team-a.shop',
      });
      expect(value !== undefined).toBe(hasSecret);
    },
  );

  it('shows in its status what was proved, and closes its intent there', async () => {
    const made = await settledWorld();
    const { id = '', clientID } = (await made.application()) ?? {};
    const [issued] = await made.registry.outside.clientSecrets(id);
    const { conditions: _conditions, ...status } = made.resource().status;
    expect(status).toEqual({
      observedGeneration: 1,
      applicationName: 'team-a.shop',
      applicationID: id,
      clientID,
      accountID: '1000000000000001',
      provenance: 'Created',
      secretRef: { name: 'shop', resourceVersion: made.secret()?.resourceVersion },
      binding: { name: 'shop' },
      clientSecrets: [
        {
          id: issued?.id,
          role: 'Current',
          createTime: '2026-01-01T00:00:00Z',
          fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      ],
      lastOperation: { id: 'operation-2', kind: 'CreateApplication', completionTime: '2026-01-01T00:00:00Z' },
    });
  });

  it('has its Secret labelled, owned and Opaque', async () => {
    const secret = (await settledWorld()).secret();
    expect(secret).toMatchObject({
      type: 'Opaque',
      labels: { 'app.kubernetes.io/managed-by': 'ramify', 'ramify.dev/application': 'shop' },
      ownerReferences: [{ controller: true }],
    });
  });

  it('is told of in one event, and is silent afterwards', async () => {
    const made = await world();
    made.apply();
    await made.rest();
    expect(made.cluster.events.map(({ event }) => event)).toEqual([
      {
        type: 'Normal',
        reason: 'Succeeded',
        action: 'CreateApplication',
        note: 'Created application team-a.shop. Issued a client secret. Wrote Secret shop.',
      },
    ]);
    made.cluster.writes.length = 0;
    for (const _period of [1, 2, 3]) {
      made.advance(120_000);
      await made.pass();
    }
    expect(made.cluster.writes).toEqual([]);
    expect(made.cluster.events).toHaveLength(1);
  });

  it('has its Secret without endpoints where the issuer is not known', async () => {
    const made = await settledWorld({}, { registrySpec: { type: 'Store' } });
    expect(Object.keys(made.values()).toSorted()).toEqual(['application_name', 'client_id', 'client_secret', 'scopes']);
  });
});

const failures = [
  { code: 'throttled', reason: '?Throttled' },
  { code: 'denied', reason: '?PermissionDenied' },
  { code: 'unavailable', reason: '?RegistryUnavailable' },
  { code: 'uncertain', reason: '?CreationUncertain' },
  { code: 'quotaExceeded', reason: '!QuotaExceeded' },
  { code: 'rejected', reason: '!RegistryRejected' },
] as const;

describe('a create that fails', () => {
  it.each(failures)('as $code says $reason and is tried again', async ({ code, reason }) => {
    const made = await world();
    made.apply();
    made.registry.failNext(
      'create',
      new RegistryError(code, 'told by the registry', { operation: 'create', requestID: 'R-1' }),
    );
    await made.pass();
    expect(made.reasons()['Registered']).toBe(reason);
    expect(made.cluster.events[0]?.event.note).toBe('told by the registry (request R-1)');
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('waits as long as the registry asks', async () => {
    const made = await world();
    made.apply();
    made.registry.failNext(
      'create',
      new RegistryError('throttled', 'slow down', { operation: 'create', retryAfterSeconds: 7 }),
    );
    expect(await made.pass()).toEqual({ kind: 'after', seconds: 7 });
  });

  it('waits as long as the registry asks when it was only looked', async () => {
    const made = await world();
    made.apply();
    made.registry.failNext(
      'find',
      new RegistryError('throttled', 'slow down', { operation: 'find', retryAfterSeconds: 7 }),
    );
    expect(await made.pass()).toEqual({ kind: 'after', seconds: 7 });
    expect(made.reasons()).toMatchObject({ Registered: '?Throttled', Reconciling: 'Throttled' });
  });

  it('after another create of that name came first is a conflict, and nothing of it is touched', async () => {
    const made = await world();
    made.apply();
    made.registry.failNext('create', new RegistryError('uncertain', 'no answer', { operation: 'create' }));
    await made.pass();
    await made.registry.outside.create(stranger, 'another');
    await made.pass();
    expect(made.reasons()['Registered']).toBe('?CreationUncertain');
    expect(await made.application()).toMatchObject({ displayName: 'Stranger' });
  });
});

const hour = 3_600_000;

describe('a clock that is set after the intent, and an answer that is lost:', () => {
  it.each([
    { operation: 'create', after: 'cluster.hold', at: 2, jump: hour },
    { operation: 'create', after: 'cluster.hold', at: 2, jump: -hour },
    { operation: 'issueClientSecret', after: 'registry.create', at: 3, jump: hour },
  ] as const)('what $operation made is found to be ours, once ($jump ms)', async ({ operation, after, at, jump }) => {
    const made = await world();
    made.apply();
    made.registry.failNext(operation, new RegistryError('uncertain', 'no answer', { operation }), 'after');
    made.faults.arm({ at, when: 'after', how: 'answered', jump });
    await made.rest();
    expect([made.faults.fired, made.faults.calls[at]]).toEqual([true, after]);
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    const { id = '' } = (await made.application()) ?? {};
    expect(await made.registry.outside.list()).toHaveLength(1);
    expect(await made.registry.outside.clientSecrets(id)).toHaveLength(1);
  });
});

it.each([hour, -hour])(
  'a clock that is set by %i ms while the application is created: it is ours all the same',
  async (jump) => {
    const made = await world();
    made.apply();
    made.faults.arm({ at: 3, when: 'before', how: 'answered', jump });
    await made.rest();
    expect([made.faults.fired, made.faults.calls[3]]).toEqual([true, 'registry.create']);
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    expect(await made.registry.outside.list()).toHaveLength(1);
  },
);

describe('a clock that is behind the API server’s', () => {
  const rules = { type: 'Store', store: {}, rules: [{ applicationNames: ['storefront'] }] };

  it('makes an explicit name wait: an application of now would look older than its resource', async () => {
    const made = await world({ registrySpec: rules });
    made.apply({ applicationName: 'storefront' });
    made.jump(-90_000);
    expect(await made.pass()).toEqual({ kind: 'after', seconds: 60 });
    expect(made.reasons()).toMatchObject({ Ready: '?ClockSkew', Reconciling: 'ClockSkew' });
    expect([clusterWrites(made), registryWrites(made)]).toEqual([['writeStatus'], []]);
    made.advance(60_000);
    await made.rest();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  });

  it('is no obstacle to a name that is derived', async () => {
    const made = await world();
    made.apply();
    made.jump(-90_000);
    await made.rest();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  });
});

describe('a registry that gives values once', () => {
  it('has a client secret that was issued and lost deleted, and gives another', async () => {
    const made = await world({ readable: false });
    made.apply();
    made.registry.failNext(
      'issueClientSecret',
      new RegistryError('uncertain', 'no answer', { operation: 'issueClientSecret' }),
      'after',
    );
    await made.pass();
    const { id = '' } = (await made.application()) ?? {};
    const [lost] = await made.registry.outside.clientSecrets(id);
    made.advance(600_000);
    await made.rest();
    const left = await made.registry.outside.clientSecrets(id);
    expect(left).toHaveLength(1);
    expect(left[0]?.id).not.toBe(lost?.id);
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });
});
