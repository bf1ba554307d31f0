/** What a change of the spec leads to. */

import { describe, expect, it } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { clusterWrites, registryWrites, settledWorld, type World } from '../support/world.ts';

type Spec = Readonly<Record<string, unknown>>;

interface Update {
  readonly field: string;
  readonly from?: Spec;
  readonly to: Spec;
  readonly registered?: object;
  readonly registry: readonly string[];
  /** Whether the Secret is written too. */
  readonly secret: boolean;
}

const native = { type: 'Native' };

const updates: readonly Update[] = [
  {
    field: 'displayName',
    to: { displayName: 'Store' },
    registered: { displayName: 'Store' },
    registry: ['update'],
    secret: false,
  },
  {
    field: 'accessTokenValiditySeconds',
    to: { accessTokenValiditySeconds: 900 },
    registered: { accessTokenValiditySeconds: 900 },
    registry: ['update'],
    secret: false,
  },
  {
    field: 'refreshTokenValiditySeconds',
    to: { refreshTokenValiditySeconds: 7_200 },
    registered: { refreshTokenValiditySeconds: 7_200 },
    registry: ['update'],
    secret: false,
  },
  {
    field: 'redirectURIs',
    to: { redirectURIs: ['https://a.example/', 'https://b.example/'] },
    registered: { redirectURIs: ['https://a.example/', 'https://b.example/'] },
    registry: ['update'],
    secret: false,
  },
  {
    field: 'scopes',
    to: { scopes: ['profile', 'openid'] },
    registered: { scopes: ['openid', 'profile'], requiredScopes: ['openid'] },
    registry: ['update'],
    secret: true,
  },
  {
    field: 'requiredScopes',
    from: { scopes: ['openid', 'profile'] },
    to: { scopes: ['openid', 'profile'], requiredScopes: ['profile'] },
    registered: { requiredScopes: ['openid', 'profile'] },
    registry: ['update'],
    secret: false,
  },
  {
    field: 'secretRequired (on)',
    from: native,
    to: { ...native, secretRequired: true },
    registry: ['update', 'issueClientSecret'],
    secret: true,
  },
  {
    field: 'secretRequired (off)',
    from: { ...native, secretRequired: true },
    to: native,
    registry: ['update'],
    secret: true,
  },
  { field: 'secret.labels', to: { secret: { labels: { team: 'a' } } }, registry: [], secret: true },
  { field: 'secret.annotations', to: { secret: { annotations: { team: 'a' } } }, registry: [], secret: true },
  { field: 'secret.keys', to: { secret: { keys: { clientID: 'id' } } }, registry: [], secret: true },
  { field: 'secret.data', to: { secret: { data: { env: 'ID=$(clientID)' } } }, registry: [], secret: true },
  { field: 'deletionPolicy', to: { deletionPolicy: 'Orphan' }, registry: [], secret: true },
  { field: 'driftPolicy', to: { driftPolicy: 'Report' }, registry: [], secret: false },
  {
    field: 'order of a set',
    from: { scopes: ['openid', 'profile'] },
    to: { scopes: ['profile', 'openid'] },
    registry: [],
    secret: false,
  },
];

describe('a change of the spec', () => {
  it.each(updates)(
    'of $field reaches what it is about and nothing else',
    async ({ from, to, registered = {}, registry, secret }) => {
      const made = await settledWorld(from);
      made.apply(to);

      await made.pass();

      expect(registryWrites(made)).toEqual(registry);
      const writes = clusterWrites(made).filter((call) => call !== 'hold');
      expect(writes).toEqual([...(secret ? ['patchSecret'] : []), 'writeStatus']);
      expect(await made.application()).toMatchObject(registered);
      expect(made.reasons()).toEqual({
        Accepted: 'Succeeded',
        Registered: 'Succeeded',
        SecretReady: 'Succeeded',
        Ready: 'Succeeded',
      });
      expect(made.resource().status.observedGeneration).toBe(2);
    },
  );

  it('of the keys takes the old key away and leaves foreign ones', async () => {
    const made = await settledWorld({ secret: { keys: { clientID: 'old-key' } } });
    edit(made, { data: { foreign: new Sensitive('eA==') } });
    made.apply({ secret: { keys: { clientID: 'new-key' } } });
    await made.rest();
    expect(Object.keys(made.values())).toEqual(expect.arrayContaining(['new-key', 'foreign']));
    expect(Object.keys(made.values())).not.toContain('old-key');
  });

  it('of deletionPolicy takes the owner reference off, and back on', async () => {
    const made = await settledWorld();
    made.apply({ deletionPolicy: 'Orphan' });
    await made.rest();
    expect(made.secret()?.ownerReferences).toEqual([]);
    made.apply({});
    await made.rest();
    expect(made.secret()?.ownerReferences).toHaveLength(1);
  });

  it('of the name of the Secret moves it with the same value', async () => {
    const made = await settledWorld();
    const before = made.values();
    made.apply({ secret: { name: 'other' } });
    await made.pass();
    expect(made.values('other')).toEqual(before);
    expect(made.secret('shop')).toBeUndefined();
    expect(made.resource().status).toMatchObject({ secretRef: { name: 'other' }, binding: { name: 'other' } });
  });

  it('of the name of a Secret with foreign keys takes only ours out of it', async () => {
    const made = await settledWorld({ secret: { labels: { team: 'a' } } });
    edit(made, { data: { foreign: new Sensitive('eA==') }, labels: { theirs: 'x' } });
    made.apply({ secret: { name: 'other' } });
    await made.pass();
    expect(made.secret('shop')).toMatchObject({ labels: { theirs: 'x' }, annotations: {}, ownerReferences: [] });
    expect(Object.keys(made.values('shop'))).toEqual(['foreign']);
  });

  it("to the name of somebody else's Secret keeps the old one", async () => {
    const made = await settledWorld();
    const before = made.secret();
    made.cluster.outside.putSecret('team-a', 'other', {});
    made.apply({ secret: { name: 'other' } });
    await made.rest();
    expect(made.secret()).toEqual(before);
    expect(made.reasons()['SecretReady']).toBe('!SecretConflict');
  });
});

function edit(
  { cluster, secret }: World,
  changes: { data?: Record<string, Sensitive>; labels?: Record<string, string> },
) {
  const found = secret();
  const labels = { ...found?.labels, ...changes.labels };
  cluster.outside.putSecret('team-a', 'shop', { ...found, labels, data: { ...found?.data, ...changes.data } });
}
