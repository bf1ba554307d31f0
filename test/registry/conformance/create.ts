/**
 * Promises of creating an application: one name, one application; one operation, one application.
 *
 * @module
 */

import { describe, expect, it } from 'vitest';
import { application, operation } from '../applications.ts';
import { asSets, failure, type Suite } from './suite.ts';

/** What create gives, and when it refuses. */
export function createCases({ open, unless }: Suite): void {
  describe('create', () => {
    it.each([
      application({ type: 'Web', protocolVersion: '2.0' }),
      application({
        type: 'Web',
        protocolVersion: '2.1',
        secretRequired: true,
        scopes: ['openid', 'profile', '/acs/mcp-server'],
      }),
      application({ type: 'Native', redirectURIs: ['com.example.app:/cb', 'http://127.0.0.1/cb'] }),
      application({ type: 'Native', protocolVersion: '2.1' }),
      application({ type: 'Server', redirectURIs: [], refreshTokenValiditySeconds: undefined }),
    ])('holds a $type application of version $protocolVersion as it was sent', async (sent) => {
      const registry = await open();
      const { id, clientID, createTime, ...held } = await registry.create(sent, operation());
      expect(asSets(held)).toEqual(asSets(sent));
      expect(id).toMatch(/^\d{19}$/);
      expect(clientID).toBe(id);
      expect(createTime).toBeGreaterThanOrEqual(0);
    });

    it('gives what get, find and list give afterwards', async () => {
      const registry = await open();
      const created = await registry.create(application(), operation());
      expect(await registry.get(created.id)).toEqual(created);
      expect(await registry.find(created.name)).toEqual(created);
      expect(await registry.list()).toMatchObject([created]);
    });

    it('gives each application an id of its own', async () => {
      const registry = await open();
      const one = await registry.create(application({ name: 'one' }), operation());
      const two = await registry.create(application({ name: 'two' }), operation());
      expect(one.id).not.toBe(two.id);
      expect((await registry.list()).map(({ name }) => name).toSorted()).toEqual(['one', 'two']);
    });

    it('refuses a name that is taken', async () => {
      const registry = await open();
      const first = await registry.create(application(), operation());
      expect(await failure(registry.create(application(), operation()))).toMatchObject({ code: 'nameTaken' });
      expect(await registry.list()).toMatchObject([first]);
    });

    it('compares names without case and keeps them as written', async () => {
      const registry = await open();
      await registry.create(application({ name: 'Team-A.shop' }), operation());
      const second = registry.create(application({ name: 'team-a.SHOP' }), operation());
      const error = await failure(second);
      expect(error).toMatchObject({ name: 'RegistryError', code: 'nameTaken', operation: 'create' });
      expect(error.message).toMatch(/^\S.*\S$/);
      expect(await registry.find('TEAM-A.SHOP')).toMatchObject({ name: 'Team-A.shop' });
    });

    it('lets exactly one of twenty at once have a name', async () => {
      const registry = await open();
      const attempts = Array.from({ length: 20 }, () => registry.create(application(), operation()));
      const outcomes = await Promise.allSettled(attempts);
      const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(lost).toHaveLength(19);
      for (const { reason } of lost) expect(reason).toMatchObject({ code: 'nameTaken' });
      expect(await registry.list()).toHaveLength(1);
    });

    it('frees the name of a deleted application for another with another id', async () => {
      const registry = await open();
      const first = await registry.create(application(), operation());
      await registry.delete(first.id);
      const second = await registry.create(application(), operation());
      expect(second.id).not.toBe(first.id);
      expect(await registry.get(first.id)).toBeUndefined();
    });

    unless('forgetsOperations')('gives the same application to the same operation', async () => {
      const registry = await open();
      const same = operation();
      const first = await registry.create(application(), same);
      expect(await registry.create(application(), same)).toEqual(first);
      expect(await registry.list()).toMatchObject([first]);
    });

    unless('forgetsOperations')('gives an operation its application as it is held now', async () => {
      const registry = await open();
      const same = operation();
      const { id } = await registry.create(application(), same);
      const updated = await registry.update(id, { displayName: 'Renamed' });
      expect(await registry.create(application(), same)).toEqual(updated);
    });

    unless('forgetsOperations')('creates once when one operation comes twenty times at once', async () => {
      const registry = await open();
      const same = operation();
      const all = await Promise.all(Array.from({ length: 20 }, () => registry.create(application(), same)));
      expect(new Set(all.map(({ id }) => id)).size).toBe(1);
      expect(await registry.list()).toHaveLength(1);
    });
  });
}
