/**
 * A store that is restored from a backup under a running cluster, and one that is sealed with a new key: what the teams
 * notice of it, and what they do not.
 *
 * @module
 */

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { count } from '../support/calls.ts';
import { type Installation, install } from '../support/installation.ts';
import { bytes, newTenant, type SecretObject, type Tenant, values } from '../support/tenant.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let installation: Installation;
let team: Tenant;

beforeAll(async () => {
  installation = await install();
  team = await newTenant(installation.cluster);
});

const each = <T>(names: readonly string[], work: (name: string) => Promise<T>) => Promise.all(names.map(work));

/** `ramify store backup`, as an operator runs it. */
async function backUp(to: string): Promise<string> {
  const args = [main, 'store', 'backup', '--store', `sqlite:${installation.store}`, '--to', to];
  return (await promisify(execFile)(process.execPath, args)).stdout;
}

/** The Secret, which must be there. */
async function secretOf(name: string): Promise<SecretObject> {
  const secret = await team.secret(name);
  if (secret === undefined) throw new Error(`there is no Secret ${name}`);
  return secret;
}

/** Whether the store accepts what each Secret serves; the controller must not run. */
const accepted = (secrets: readonly SecretObject[]) =>
  installation.withStore((store) =>
    Promise.all(
      secrets.map((secret) => {
        const { client_id: id = '', client_secret: value = '' } = values(secret);
        return store.accepts(id, new Sensitive(value));
      }),
    ),
  );

/** The restart, until each of the resources was passed over. */
async function startAndPass(names: readonly string[]): Promise<void> {
  const passed = installation.passes(new Set(names.map((name) => `${team.namespace}/${name}`)), 30_000);
  await installation.start();
  await passed;
}

describe('a store restored from a backup', () => {
  const known = Array.from({ length: 10 }, (_, n) => `known-${n}`);
  const later = Array.from({ length: 5 }, (_, n) => `later-${n}`);
  let backup: string;

  /** Puts the backup where the store was, as the steps for it say. */
  async function restore(signal?: NodeJS.Signals): Promise<void> {
    await installation.stop(signal);
    const { store } = installation;
    renameSync(store, `${store}.before`);
    for (const log of [`${store}-wal`, `${store}-shm`]) rmSync(log, { force: true });
    copyFileSync(backup, store);
  }

  beforeAll(async () => {
    backup = `${installation.store}.backup`;
    await each(known, (name) => team.applyReady(name));
    const meanwhile = each(later, (name) => team.applyReady(name));
    // Half of these may be in the backup: to be on the safe side, others follow when it is made.
    expect(await backUp(backup)).toContain('backed up to');
    await meanwhile;
  });

  test('keeps what it knows: no call of the API server but for what came after it, and client secrets that work', async () => {
    const before = await each(known, secretOf);
    const applications = await each(known, (name) => team.application(name));
    await installation.withStoreOf(backup);
    await restore();
    const counting = await count(installation.cluster);
    await startAndPass(known);
    await each(later, (name) => team.reason(name, 'Succeeded', 30_000));
    const { writes } = await counting.calls();
    expect(writes.filter((call) => call.startsWith('delete'))).toEqual([]);
    expect(await each(known, secretOf)).toEqual(before);
    expect(await each(known, (name) => team.application(name))).toEqual(applications);
    await installation.stop();
    expect(await accepted(before)).toEqual(known.map(() => true));
  });
});
