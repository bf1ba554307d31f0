/** How an application comes into being, and what stops it before anything exists. */

import { describe, expect, it } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { specOf } from '../support/builders.ts';
import { clusterWrites, key, registryWrites, settledWorld, type World, world } from '../support/world.ts';

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

interface Refused {
  readonly name: string;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly before?: (made: World) => unknown;
  readonly reasons: Readonly<Record<string, string>>;
  readonly message: string;
  readonly next: object;
}

const rest = { kind: 'rest' };

const refused: readonly Refused[] = [
  {
    name: 'an explicit name is refused, since no rule grants it',
    spec: { applicationName: 'shop' },
    reasons: { Accepted: '!PolicyViolation', Ready: '!PolicyViolation', Stalled: 'PolicyViolation' },
    message: 'spec.applicationName: no rule of the registry grants it',
    next: rest,
  },
  {
    name: 'adoption is refused',
    spec: { adoptionPolicy: 'AdoptOrCreate' },
    reasons: { Accepted: '!PolicyViolation', Ready: '!PolicyViolation', Stalled: 'PolicyViolation' },
    message: 'spec.adoptionPolicy: no rule of the registry grants it',
    next: rest,
  },
  {
    name: 'a multi-tenant application is refused',
    spec: { multiTenant: true },
    reasons: { Accepted: '!PolicyViolation', Ready: '!PolicyViolation', Stalled: 'PolicyViolation' },
    message: 'spec.multiTenant: no rule of the registry grants it',
    next: rest,
  },
  {
    name: 'rotation is refused by a version that does not rotate',
    spec: { rotation: { interval: '720h' } },
    reasons: { Accepted: '!PolicyViolation', Ready: '!PolicyViolation', Stalled: 'PolicyViolation' },
    message: 'spec.rotation: this version of ramify does not rotate',
    next: rest,
  },
  {
    name: 'further keys that expand past 512 KiB are refused',
    spec: {
      secret: {
        data: Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`k${i}`, '$(clientSecret)'.repeat(273)])),
      },
    },
    reasons: { Accepted: '!InvalidSpec', Stalled: 'InvalidSpec' },
    message: 'spec.secret.data: expanded it has 559104 bytes; at most 524288 are allowed',
    next: rest,
  },
  {
    name: 'an OAuthRegistry that is not there is named',
    before: ({ cluster }) => cluster.outside.deleteRegistry('default'),
    reasons: { Accepted: '!RegistryNotFound', Stalled: 'RegistryNotFound' },
    message: 'there is no OAuthRegistry default',
    next: rest,
  },
  {
    name: "an application of somebody else's under the derived name is a conflict",
    before: ({ registry }) => registry.outside.create(stranger, 'another'),
    reasons: {
      Accepted: 'Succeeded',
      Registered: '!NameConflict',
      SecretReady: '?Progressing',
      Ready: '!NameConflict',
      Stalled: 'NameConflict',
    },
    message: "the account has an application team-a.shop (4000000000000000001) that is not this resource's",
    next: { kind: 'after', seconds: 120 },
  },
  {
    name: "a Secret of somebody else's is a conflict",
    before: ({ cluster }) => cluster.outside.putSecret('team-a', 'shop', { data: { password: new Sensitive('eA==') } }),
    reasons: {
      Registered: '?Progressing',
      SecretReady: '!SecretConflict',
      Ready: '!SecretConflict',
      Stalled: 'SecretConflict',
    },
    message: "the Secret shop exists and is not this resource's",
    next: { kind: 'after', seconds: 60 },
  },
];

const stranger = {
  name: 'team-a.shop',
  type: 'Web',
  protocolVersion: '2.0',
  displayName: 'Stranger',
  accessTokenValiditySeconds: 3_600,
  refreshTokenValiditySeconds: 2_592_000,
  redirectURIs: ['https://stranger.example/cb'],
  scopes: ['openid'],
  requiredScopes: ['openid'],
  multiTenant: false,
  secretRequired: true,
} as const;

describe('before anything exists', () => {
  it.each(refused)('$name, and nothing is written but the status', async ({ spec, before, reasons, message, next }) => {
    const made = await world();
    made.apply(spec);
    await before?.(made);
    made.registry.calls.length = 0;

    expect(await made.pass()).toEqual(next);

    expect(made.reasons()).toMatchObject(reasons);
    expect(clusterWrites(made)).toEqual(['writeStatus']);
    expect(registryWrites(made)).toEqual([]);
    expect(made.cluster.events.map(({ event }) => [event.type, event.note])).toEqual([
      ['Warning', expect.stringContaining(message)],
    ]);
    expect(made.resource().finalizers).toEqual([]);

    await made.pass();
    expect(clusterWrites(made), 'nothing more at rest').toEqual(['writeStatus']);
    expect(made.cluster.events).toHaveLength(1);
  });

  it('a foreign Secret keeps every byte, and the resource becomes Ready once it goes', async () => {
    const made = await world();
    const foreign = made.cluster.outside.putSecret('team-a', 'shop', { data: { password: new Sensitive('eA==') } });
    made.apply();
    await made.rest();
    expect(made.secret()).toEqual(foreign);
    expect(await made.application()).toBeUndefined();

    made.cluster.outside.deleteSecret('team-a', 'shop');
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('a foreign Secret stays foreign although our label is on it', async () => {
    const made = await world();
    made.cluster.outside.putSecret('team-a', 'shop', { labels: { 'ramify.dev/application': 'shop' } });
    made.apply();
    await made.rest();
    expect(made.reasons()['SecretReady']).toBe('!SecretConflict');
  });

  it('the holder of the name going lets the resource take over', async () => {
    const made = await world();
    const { id } = await made.registry.outside.create(stranger, 'another');
    made.apply();
    await made.rest();
    await made.registry.outside.delete(id);
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });
});

describe('two resources that name one Secret', () => {
  const named = { secret: { name: 'shared' } };

  it('of which none has it: the older one gets it, the other says who comes first', async () => {
    const made = await world();
    made.apply(named, 'team-a/older');
    made.advance(5_000);
    made.apply(named, 'team-a/newer');

    await made.rest({ resourceKey: 'team-a/newer' });
    await made.rest({ resourceKey: 'team-a/older' });

    expect(made.reasons('team-a/older')['Ready']).toBe('Succeeded');
    expect(made.reasons('team-a/newer')['SecretReady']).toBe('!SecretConflict');
    expect(made.cluster.events[0]?.event.note).toContain('team-a/older names the same Secret shared and comes first');
    expect((await made.registry.outside.list()).map(({ name }) => name)).toEqual(['team-a.older']);
  });

  it('of one age: the smaller UID gets it', async () => {
    const made = await world();
    made.apply(named, 'team-a/b');
    made.apply(named, 'team-a/a');
    await made.rest({ resourceKey: 'team-a/a' });
    expect(made.reasons('team-a/a')['SecretReady']).toBe('!SecretConflict');
  });

  it('of which the younger has it: it keeps it', async () => {
    const made = await world();
    made.apply({ secret: { name: 'other' } }, 'team-a/older');
    made.advance(5_000);
    made.apply(named, 'team-a/newer');
    await made.rest({ resourceKey: 'team-a/newer' });
    made.apply(named, 'team-a/older');
    await made.rest({ resourceKey: 'team-a/older' });
    await made.rest({ resourceKey: 'team-a/newer' });
    expect(made.reasons('team-a/newer')['Ready']).toBe('Succeeded');
    expect(made.reasons('team-a/older')['SecretReady']).toBe('!SecretConflict');
  });

  it('in different namespaces are no rivals', async () => {
    const made = await world();
    made.apply(named, 'team-b/shop');
    made.apply(named);
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
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
