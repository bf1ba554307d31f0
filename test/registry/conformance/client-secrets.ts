/**
 * Promises about client secrets: slots, order, values that do not print themselves.
 *
 * @module
 */

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { IssuedClientSecret } from '../../../src/core/state.ts';
import { application, operation } from '../applications.ts';
import { failure, type Suite } from './suite.ts';

/** Issuing, listing, reading and deleting client secrets. */
export function clientSecretCases({ open, unless }: Suite): void {
  describe('client secrets', () => {
    /** A registry with one application, and `issued` client secrets of it, oldest first. */
    const withSecrets = async (issued: number) => {
      const registry = await open();
      const { id } = await registry.create(application(), operation());
      const secrets: IssuedClientSecret[] = [];
      while (secrets.length < issued) secrets.push(await registry.issueClientSecret(id, operation()));
      const [first, second] = secrets;
      return { registry, id, first: first?.id ?? 'none', second: second?.id ?? 'none', secrets };
    };

    it('are none at first, and none where there is no application', async () => {
      const { registry, id } = await withSecrets(0);
      expect(await registry.clientSecrets(id)).toEqual([]);
      expect(await registry.clientSecrets('4000000000000000000')).toEqual([]);
    });

    it('come as 64 alphanumerics, each its own', async () => {
      const { secrets } = await withSecrets(2);
      const values = secrets.map(({ value }) => value.reveal());
      for (const value of values) expect(value).toMatch(/^[A-Za-z0-9]{64}$/);
      expect(new Set(values).size).toBe(2);
    });

    it('are listed without values, oldest first', async () => {
      const { registry, id, secrets } = await withSecrets(2);
      const listed = secrets.map((secret) => ({ id: secret.id, createTime: secret.createTime }));
      expect(await registry.clientSecrets(id)).toEqual(listed);
    });

    it('are the same in the list of applications, where that says them', async () => {
      const { registry, id } = await withSecrets(2);
      const [listed] = await registry.list();
      expect(listed?.clientSecrets ?? (await registry.clientSecrets(id))).toEqual(await registry.clientSecrets(id));
    });

    it('stay oldest first when one takes the place of another', async () => {
      const { registry, id, first, second } = await withSecrets(2);
      await registry.deleteClientSecret(id, first);
      const third = await registry.issueClientSecret(id, operation());
      expect((await registry.clientSecrets(id)).map((secret) => secret.id)).toEqual([second, third.id]);
    });

    it('are two at most, also when many are issued at once', async () => {
      const { registry, id } = await withSecrets(0);
      const attempts = Array.from({ length: 10 }, () => registry.issueClientSecret(id, operation()));
      const lost = (await Promise.allSettled(attempts)).filter((outcome) => outcome.status === 'rejected');
      expect(lost).toHaveLength(8);
      for (const { reason } of lost) expect(reason).toMatchObject({ code: 'slotsExhausted' });
      expect(await registry.clientSecrets(id)).toHaveLength(2);
    });

    it('are not issued where there is no application', async () => {
      const { registry } = await withSecrets(0);
      const attempt = registry.issueClientSecret('4000000000000000000', operation());
      expect(await failure(attempt)).toMatchObject({ code: 'absent', operation: 'issueClientSecret' });
    });

    it('are deleted one by one, and a second time', async () => {
      const { registry, id, first, second } = await withSecrets(2);
      await registry.deleteClientSecret(id, first);
      await expect(registry.deleteClientSecret(id, first)).resolves.toBeUndefined();
      expect((await registry.clientSecrets(id)).map((secret) => secret.id)).toEqual([second]);
      expect(await registry.readClientSecret(id, first)).toBeUndefined();
    });

    it('belong to one application: under another they are not found', async () => {
      const { registry, id, first } = await withSecrets(1);
      const other = await registry.create(application({ name: 'other' }), operation());
      expect(await registry.readClientSecret(other.id, first)).toBeUndefined();
      await registry.deleteClientSecret(other.id, first);
      expect(await registry.clientSecrets(id)).toHaveLength(1);
    });

    it('survive an update of the application', async () => {
      const { registry, id, first } = await withSecrets(1);
      await registry.update(id, { displayName: 'Updated' });
      expect((await registry.clientSecrets(id)).map((secret) => secret.id)).toEqual([first]);
    });

    unless('withholdsValues')('are read again with the value they were issued with', async () => {
      const { registry, id, secrets } = await withSecrets(2);
      for (const secret of secrets) {
        const read = await registry.readClientSecret(id, secret.id);
        expect(read).toMatchObject({ id: secret.id, createTime: secret.createTime });
        expect(read?.value.reveal()).toBe(secret.value.reveal());
      }
    });

    unless('forgetsOperations')('are issued once to one operation, with the same value', async () => {
      const { registry, id } = await withSecrets(0);
      const same = operation();
      const first = await registry.issueClientSecret(id, same);
      const again = await registry.issueClientSecret(id, same);
      expect(again.id).toBe(first.id);
      expect(again.value.reveal()).toBe(first.value.reveal());
      expect(await registry.clientSecrets(id)).toHaveLength(1);
    });

    unless('forgetsOperations')('are given to their operation also when both slots are taken', async () => {
      const { registry, id } = await withSecrets(1);
      const same = operation();
      const second = await registry.issueClientSecret(id, same);
      expect((await registry.issueClientSecret(id, same)).id).toBe(second.id);
    });

    it('do not print themselves, nor do errors print them', async () => {
      const { registry, id, secrets } = await withSecrets(2);
      const listed = await registry.clientSecrets(id);
      const errors = [
        await failure(registry.issueClientSecret(id, operation())),
        await failure(registry.create(application(), operation())),
      ];
      const printed = [secrets, listed, errors].map((each) => `${inspect(each, { depth: 9 })}${JSON.stringify(each)}`);
      for (const { value } of secrets) expect(printed.join()).not.toContain(value.reveal());
      expect(printed.join()).toContain('[redacted]');
    });
  });
}
