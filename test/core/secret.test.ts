/** The Secret that pods mount: its data, its marks and what identifies its content. */

import { describe, expect, it } from 'vitest';
import { contentDigest, expandedSize, secretManifest } from '../../src/core/secret.ts';
import { desired, issued, uid } from '../support/builders.ts';

const owner = { name: 'shop', uid };
const application = { clientID: 'client-1' };

function decoded(changes: Readonly<Record<string, unknown>>, clientSecret = issued('s1')): Record<string, string> {
  const { data } = secretManifest(desired(changes), owner, application, clientSecret);
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value.reveal(), 'base64').toString()]),
  );
}

const withData = (text: string) => ({ secret: { data: { text } } });

const placeholders = [
  { name: 'a placeholder becomes its value', text: 'id=$(clientID)', result: 'id=client-1' },
  { name: 'the client secret may be asked for', text: '$(clientSecret)', result: 'value-of-s1' },
  { name: 'an endpoint may be asked for', text: '$(tokenEndpoint)', result: 'https://login.example/v1/token' },
  { name: 'two dollars are one', text: '$$(clientID)', result: '$(clientID)' },
  { name: 'a dollar alone stays', text: 'a$b$', result: 'a$b$' },
  { name: 'what has no value here becomes empty', text: '[$(previousClientSecret)]', result: '[]' },
  { name: 'a value is not expanded again', text: '$$$(clientID)', result: '$client-1' },
];

describe('the data of a Secret', () => {
  it('holds every standard value under its key', () => {
    expect(decoded({ scopes: ['profile', 'openid'] })).toEqual({
      client_id: 'client-1',
      client_secret: 'value-of-s1',
      issuer: 'https://login.example',
      authorization_endpoint: 'https://login.example/oauth2/v1/auth',
      token_endpoint: 'https://login.example/v1/token',
      userinfo_endpoint: 'https://login.example/v1/userinfo',
      jwks_uri: 'https://login.example/v1/keys',
      revocation_endpoint: 'https://login.example/v1/revoke',
      scopes: 'openid profile',
      application_name: 'team-a.shop',
    });
  });

  it('holds no client secret where there is none, and no endpoints where they are not known', () => {
    const wanted = { ...desired({ type: 'Native' }), endpoints: undefined };
    const { data } = secretManifest(wanted, owner, application, undefined);
    expect(Object.keys(data).toSorted()).toEqual(['application_name', 'client_id', 'scopes']);
  });

  it('uses the names that were chosen', () => {
    expect(decoded({ secret: { keys: { clientID: 'id' } } })).toMatchObject({
      id: 'client-1',
      client_secret: 'value-of-s1',
    });
    expect(decoded({ secret: { keys: { clientID: 'id' } } })).not.toHaveProperty('client_id');
  });

  it.each(placeholders)('$name', ({ text, result }) => {
    expect(decoded(withData(text))['text']).toBe(result);
  });
});

describe('the marks of a Secret', () => {
  const written = { secret: { labels: { team: 'a' }, annotations: { note: 'b' }, data: { env: 'x' } } };
  const manifest = secretManifest(desired(written), owner, application, issued('s1'));

  it('say whose it is, what is served and which keys are ours', () => {
    expect(manifest).toMatchObject({
      name: 'shop',
      owned: true,
      labels: { team: 'a', 'app.kubernetes.io/managed-by': 'ramify', 'ramify.dev/application': 'shop' },
      annotations: {
        note: 'b',
        'ramify.dev/application-uid': uid,
        'ramify.dev/client-secret-id': 's1',
        'ramify.dev/binding':
          '{"registry":"default","accountID":"1000000000000001","applicationName":"team-a.shop","provenance":"Created"}',
        'ramify.dev/label-keys': 'team',
        'ramify.dev/annotation-keys': 'note',
        'ramify.dev/content-digest': expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    });
    expect(manifest.annotations['ramify.dev/keys']?.split(',')).toEqual(Object.keys(manifest.data).toSorted());
  });

  it('name no client secret where there is none', () => {
    const { annotations } = secretManifest(desired({ type: 'Native' }), owner, application, undefined);
    expect(annotations).not.toHaveProperty('ramify.dev/client-secret-id');
  });

  it('let no owner stand on a Secret that stays behind', () => {
    expect(secretManifest(desired({ deletionPolicy: 'Orphan' }), owner, application, issued('s1')).owned).toBe(false);
  });

  it('hold no value, in no encoding', () => {
    const { data: _values, ...marks } = manifest;
    expect(JSON.stringify(marks)).not.toMatch(/value-of|dmFsdWUtb2/);
  });
});

const digest = (changes = {}, clientID = 'client-1', id: string | undefined = 's1', by = owner) =>
  contentDigest(desired(changes), by, clientID, id);

const changes = [
  { name: 'the client ID', other: digest({}, 'client-2') },
  { name: 'the client secret', other: digest({}, 'client-1', 's2') },
  { name: 'the owner', other: digest({}, 'client-1', 's1', { name: 'shop', uid: 'another' }) },
  { name: 'a scope', other: digest({ scopes: ['profile'] }) },
  { name: 'a label', other: digest({ secret: { labels: { a: 'b' } } }) },
  { name: 'an annotation', other: digest({ secret: { annotations: { a: 'b' } } }) },
  { name: 'a key', other: digest({ secret: { keys: { clientID: 'id' } } }) },
  { name: 'a further key', other: digest({ secret: { data: { a: 'b' } } }) },
];

describe('the digest of the content', () => {
  it.each(changes)('changes with $name', ({ other }) => {
    expect(other).not.toBe(digest());
  });

  it('does not change with the order of what is written', () => {
    expect(digest({ secret: { data: { a: '1', b: '2' } } })).toBe(digest({ secret: { data: { b: '2', a: '1' } } }));
    expect(digest({ scopes: ['profile', 'openid'] })).toBe(digest({ scopes: ['openid', 'profile'] }));
  });

  it('is what it was in every version: another would have all Secrets written anew', () => {
    const secret = { labels: { b: '1', a: '2' }, keys: { clientID: 'id' }, data: { text: '$(issuer)' } };
    expect(digest({ secret })).toBe('668712592b5492f1f6b98027656d4444');
  });

  it('does not change with what never reaches the Secret', () => {
    expect(digest({ displayName: 'Store' })).toBe(digest());
  });
});

describe('the expanded size', () => {
  it.each([
    { text: 'four', size: 4 },
    { text: '$(clientSecret)', size: 64 },
    { text: '$(clientID)', size: 3 },
    { text: 'ä$$', size: 3 },
  ])('of $text is $size bytes', ({ text, size }) => {
    expect(expandedSize(desired(withData(text)), 'xyz')).toBe(size);
  });
});
