/**
 * Promises about values: the forced ones, the sets, the limits.
 *
 * @module
 */

import { describe, expect, it } from 'vitest';
import { application, operation } from '../applications.ts';
import { failure, type Suite, sorted } from './suite.ts';

/** What a registry makes of the values it is sent. */
export function heldCases({ open }: Suite): void {
  describe('what is held', () => {
    it.each([
      { type: 'Web', protocolVersion: '2.0' },
      { type: 'Server', protocolVersion: '2.0' },
      { type: 'Server', protocolVersion: '2.1' },
    ] as const)('always requires a client secret of $type $protocolVersion', async (kind) => {
      const registry = await open();
      const created = await registry.create(application({ ...kind, secretRequired: false }), operation());
      expect(created.secretRequired).toBe(true);
      const updated = await registry.update(created.id, { secretRequired: false });
      expect(updated.secretRequired).toBe(true);
    });

    it.each([true, false])('leaves it to a Native application: %s', async (secretRequired) => {
      const registry = await open();
      const created = await registry.create(application({ type: 'Native', secretRequired }), operation());
      expect(created.secretRequired).toBe(secretRequired);
      const updated = await registry.update(created.id, { secretRequired: !secretRequired });
      expect(updated.secretRequired).toBe(!secretRequired);
    });

    it('has no refresh token validity on a Server application', async () => {
      const registry = await open();
      const sent = application({ type: 'Server', refreshTokenValiditySeconds: 7_200 });
      const created = await registry.create(sent, operation());
      expect(created.refreshTokenValiditySeconds).toBeUndefined();
    });

    it('always has openid among the scopes and the required ones', async () => {
      const registry = await open();
      const created = await registry.create(application({ scopes: [], requiredScopes: [] }), operation());
      expect(created).toMatchObject({ scopes: ['openid'], requiredScopes: ['openid'] });
      const updated = await registry.update(created.id, { scopes: ['profile'], requiredScopes: ['profile'] });
      expect(sorted(updated.scopes)).toEqual(['openid', 'profile']);
      expect(sorted(updated.requiredScopes)).toEqual(['openid', 'profile']);
    });

    it('leaves out a required scope that is no scope', async () => {
      const registry = await open();
      const sent = application({ scopes: ['openid', 'profile'], requiredScopes: ['profile', 'aliuid'] });
      const created = await registry.create(sent, operation());
      expect(sorted(created.requiredScopes)).toEqual(['openid', 'profile']);
    });

    it('has sets: a repetition is no second element', async () => {
      const registry = await open();
      const twice = ['https://a.example/cb', 'https://b.example/cb', 'https://a.example/cb'];
      const sent = application({ redirectURIs: twice, scopes: ['profile', 'openid', 'profile'] });
      const created = await registry.create(sent, operation());
      expect(sorted(created.redirectURIs)).toEqual(['https://a.example/cb', 'https://b.example/cb']);
      expect(sorted(created.scopes)).toEqual(['openid', 'profile']);
    });
  });
}

/** The outermost values that are accepted, and the first that are not. */
export function limitCases({ open }: Suite): void {
  describe('the limits of values', () => {
    it.each([
      { accessTokenValiditySeconds: 900, refreshTokenValiditySeconds: 7_200 },
      { accessTokenValiditySeconds: 10_800, refreshTokenValiditySeconds: 31_536_000 },
      { displayName: '商'.repeat(24) },
      { displayName: '😀'.repeat(24) },
      { name: 'a' },
      { name: `A.b_c-${'9'.repeat(58)}` },
    ])('accepts %o', async (changes) => {
      const registry = await open();
      expect(await registry.create(application(changes), operation())).toMatchObject(changes);
    });

    it.each([
      { accessTokenValiditySeconds: 899 },
      { accessTokenValiditySeconds: 10_801 },
      { refreshTokenValiditySeconds: 7_199 },
      { refreshTokenValiditySeconds: 31_536_001 },
      { displayName: '' },
      { displayName: '😀'.repeat(25) },
    ])('rejects %o in create and update, and holds what it held', async (changes) => {
      const registry = await open();
      expect(await failure(registry.create(application(changes), operation()))).toMatchObject({ code: 'rejected' });
      expect(await registry.list()).toEqual([]);
      const created = await registry.create(application(), operation());
      expect(await failure(registry.update(created.id, changes))).toMatchObject({ code: 'rejected' });
      expect(await registry.get(created.id)).toEqual(created);
    });

    it.each(['', 'a'.repeat(65), 'a/b', 'a b', 'ä'])('rejects the name %j', async (name) => {
      const registry = await open();
      const attempt = registry.create(application({ name }), operation());
      expect(await failure(attempt)).toMatchObject({ code: 'rejected', operation: 'create' });
    });

    it('rejects the scope /acs/mcp-server on protocol version 2.0', async () => {
      const registry = await open();
      const attempt = registry.create(application({ scopes: ['openid', '/acs/mcp-server'] }), operation());
      expect(await failure(attempt)).toMatchObject({ code: 'rejected' });
    });
  });
}
