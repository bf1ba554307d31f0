/**
 * A store that is restored from a backup under a running cluster, and one that is sealed with a new key: what the teams
 * notice of it, and what they do not.
 *
 * @module
 */

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { count } from '../support/calls.ts';
import { eventually } from '../support/eventually.ts';
import { type Installation, install } from '../support/installation.ts';
import { newTenant, type SecretObject, type Tenant, values } from '../support/tenant.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let installation: Installation;
let team: Tenant;

beforeAll(async () => {
  installation = await install();
  team = await newTenant(installation.cluster);
});

const each = <T>(names: readonly string[], work: (name: string) => Promise<T>) => Promise.all(names.map(work));

/** `ramify store …`, as an operator runs it. */
async function ramifyStore(command: string, ...flags: readonly string[]): Promise<string> {
  const args = [main, 'store', command, '--store', `sqlite:${installation.store}`, ...flags];
  return (await promisify(execFile)(process.execPath, args)).stdout;
}

const backUp = (to: string) => ramifyStore('backup', '--to', to);

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
  const passed = installation.passes(new Set(names.map((name) => `${team.namespace}/${name}`)), 60_000);
  await installation.start();
  await passed;
}

/** Our writes of objects with these names so far, each as `verb resource name`. */
async function writesOf(names: readonly string[]): Promise<readonly string[]> {
  const events = await installation.cluster.auditEvents(
    ({ userAgent = '', verb, objectRef }) =>
      userAgent.startsWith('ramify') &&
      !['get', 'list', 'watch'].includes(verb) &&
      names.includes(objectRef?.name ?? ''),
  );
  return events.map(({ verb, objectRef }) => `${verb} ${objectRef?.resource} ${objectRef?.name}`);
}

describe('a store restored from a backup', () => {
  const numbered = (what: string) => Array.from({ length: 8 }, (_, n) => `${what}-${n}`);
  const [known, during, later] = [numbered('known'), numbered('during'), numbered('later')];

  const clientIDs = (names: readonly string[]) =>
    each(names, async (name) => values(await secretOf(name))['client_id']);

  test('keeps what it knows as it is, and what came after it is created again', async () => {
    const { store } = installation;
    await each([...known, 'deleted'], (name) => team.applyReady(name));
    const [said] = await Promise.all([backUp(`${store}.backup`), each(during, (name) => team.applyReady(name))]);
    expect(said).toMatch(/^backed up to \S+store\.db\.backup; /);
    await each(later, (name) => team.applyReady(name));
    await team.delete('oauthapplications', 'deleted');
    await team.gone('oauthapplications', 'deleted');
    const before = {
      secrets: await each(known, secretOf),
      applications: await each(known, (name) => team.application(name)),
      later: await clientIDs(later),
    };

    // Killed, so that there is a log beside the store: it must not be merged into the backup.
    await installation.stop('SIGKILL');
    for (const suffix of ['', '-wal', '-shm'])
      if (existsSync(store + suffix)) renameSync(store + suffix, `${store}.lost${suffix}`);
    expect(existsSync(`${store}.lost-wal`)).toBe(true);
    copyFileSync(`${store}.backup`, store);

    const counting = await count(installation.cluster);
    const written = (await writesOf(known)).length;
    await startAndPass(known);
    await each([...during, ...later], (name) => team.reason(name, 'Succeeded', 60_000));
    await eventually(async () => {
      const now = await clientIDs(later);
      return now.every((id, n) => id !== before.later[n]);
    });
    await each([...during, ...later], (name) => team.reason(name, 'Succeeded', 60_000));
    await counting.calls();
    expect((await writesOf(known)).slice(written)).toEqual([]);
    expect(await each(known, secretOf)).toEqual(before.secrets);
    expect(await each(known, (name) => team.application(name))).toEqual(before.applications);
    await team.told('later-0', [
      'Normal Succeeded CreateApplication',
      'Warning ApplicationMissing Reconcile',
      'Normal Succeeded CreateApplication',
      'Warning ApplicationMissing CreateApplication',
    ]);
    await installation.stop();
    const all = await each([...known, ...during, ...later], secretOf);
    expect(await accepted(all)).toEqual(all.map(() => true));
    await installation.start();
  });

  test('has what was deleted since: its name is taken until the store is without it', async () => {
    await team.apply('deleted');
    const { status } = await team.reason('deleted', 'NameConflict');
    expect(status.clientID).toBeUndefined();
    expect(await team.secret('deleted')).toBeUndefined();
  });
});

describe('a new key', () => {
  const keyFile = () => `${installation.store}.key`;

  test('seals the store while applications are created, and then the old one may go', async () => {
    const names = ['sealed-0', 'sealed-1'];
    const meanwhile = Array.from({ length: 8 }, (_, n) => `meanwhile-${n}`);
    await each(names, (name) => team.applyReady(name));
    const before = await each(names, secretOf);
    const written = (await writesOf(names)).length;
    const old = readFileSync(keyFile(), 'utf8');
    const fresh = `2:${randomBytes(32).toString('base64')}\n`;
    appendFileSync(keyFile(), fresh);
    const applied = each(meanwhile, (name) => team.applyReady(name));
    expect(await ramifyStore('reseal')).toMatch(/^sealed with key 2, \d+ client secrets anew;/);
    await applied;

    writeFileSync(keyFile(), fresh);
    await installation.stop();
    await startAndPass(names);
    await team.applyReady('sealed-2');
    expect(await each(names, secretOf)).toEqual(before);
    expect((await writesOf(names)).slice(written)).toEqual([]);
    const all = await each([...names, ...meanwhile, 'sealed-2'], secretOf);
    await installation.stop();
    expect(await accepted(all)).toEqual(all.map(() => true));
    writeFileSync(keyFile(), old);
    await expect(installation.withStore((store) => store.list())).rejects.toMatchObject({ code: 'keyMissing' });
  });
});
