/**
 * Promises of finding, updating and deleting applications.
 *
 * @module
 */

import { describe, expect, it } from 'vitest';
import { application, operation } from '../applications.ts';
import { asSets, failure, type Suite } from './suite.ts';

/** Finding what is there, and nothing where there is nothing. */
export function lookupCases({ open }: Suite): void {
  describe('get, find and list', () => {
    it('find nothing in an empty account', async () => {
      const registry = await open();
      expect(await registry.list()).toEqual([]);
      expect(await registry.find('nobody')).toBeUndefined();
      expect(await registry.get('4000000000000000000')).toBeUndefined();
    });

    it('take an id for an id and a name for a name', async () => {
      const registry = await open();
      const { id, name } = await registry.create(application(), operation());
      expect(await registry.find(id)).toBeUndefined();
      expect(await registry.get(name)).toBeUndefined();
    });

    it('take a name as it is written, not as a pattern', async () => {
      const registry = await open();
      await registry.create(application({ name: 'a-b' }), operation());
      for (const pattern of ['a_b', '%', 'a*', '?-b']) expect(await registry.find(pattern)).toBeUndefined();
    });
  });
}

/** Setting some fields and leaving all others. */
export function updateCases({ open }: Suite): void {
  describe('update', () => {
    it.each([
      { displayName: '百货 & "Co"' },
      { accessTokenValiditySeconds: 900 },
      { refreshTokenValiditySeconds: 7_200 },
      { redirectURIs: ['https://b.example/cb'] },
      { redirectURIs: [] },
      { multiTenant: true },
      { requiredScopes: ['openid'] },
      { scopes: ['openid', 'aliuid'], requiredScopes: ['openid', 'aliuid'] },
    ])('sets %o and leaves the rest', async (changes) => {
      const registry = await open();
      const created = await registry.create(application(), operation());
      const updated = await registry.update(created.id, changes);
      expect(asSets(updated)).toEqual(asSets({ ...created, ...changes }));
      expect(await registry.get(created.id)).toEqual(updated);
    });

    it('changes nothing when nothing is given', async () => {
      const registry = await open();
      const created = await registry.create(application(), operation());
      expect(await registry.update(created.id, {})).toEqual(created);
    });

    it('is the same done twice', async () => {
      const registry = await open();
      const { id } = await registry.create(application(), operation());
      const once = await registry.update(id, { displayName: 'Twice' });
      expect(await registry.update(id, { displayName: 'Twice' })).toEqual(once);
    });

    it('never changes name, type, version, ids or creation time', async () => {
      const registry = await open();
      const created = await registry.create(application(), operation());
      const foreign = {
        name: 'b',
        type: 'Native',
        protocolVersion: '2.1',
        secretRequired: false,
        id: '1',
        clientID: '1',
        createTime: 1,
      };
      expect(await registry.update(created.id, foreign as object)).toEqual(created);
      expect(await registry.list()).toMatchObject([created]);
    });

    it('touches no other application', async () => {
      const registry = await open();
      const one = await registry.create(application({ name: 'one' }), operation());
      const two = await registry.create(application({ name: 'two' }), operation());
      await registry.update(one.id, { displayName: 'Other', redirectURIs: [] });
      expect(await registry.get(two.id)).toEqual(two);
    });

    it('fails with absent where there is no application', async () => {
      const registry = await open();
      const attempt = registry.update('4000000000000000000', { displayName: 'Nobody' });
      expect(await failure(attempt)).toMatchObject({ code: 'absent', operation: 'update' });
    });
  });
}

/** Removing an application with all that belongs to it. */
export function deleteCases({ open }: Suite): void {
  describe('delete', () => {
    it('removes the application and its client secrets', async () => {
      const registry = await open();
      const { id, name } = await registry.create(application(), operation());
      const secret = await registry.issueClientSecret(id, operation());
      await registry.delete(id);
      expect(await registry.get(id)).toBeUndefined();
      expect(await registry.find(name)).toBeUndefined();
      expect(await registry.clientSecrets(id)).toEqual([]);
      expect(await registry.readClientSecret(id, secret.id)).toBeUndefined();
    });

    it('leaves every other application', async () => {
      const registry = await open();
      const one = await registry.create(application({ name: 'one' }), operation());
      const two = await registry.create(application({ name: 'two' }), operation());
      await registry.issueClientSecret(two.id, operation());
      await registry.delete(one.id);
      expect(await registry.list()).toMatchObject([two]);
      expect(await registry.clientSecrets(two.id)).toHaveLength(1);
    });

    it('succeeds for what is already gone, or never was', async () => {
      const registry = await open();
      const { id } = await registry.create(application(), operation());
      await registry.delete(id);
      await expect(registry.delete(id)).resolves.toBeUndefined();
      await expect(registry.delete('4000000000000000000')).resolves.toBeUndefined();
    });
  });
}
