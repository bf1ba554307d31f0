/** What the store promises beyond the port: acceptance, sealing, keys that change, its own reading of RAM's rules. */

import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { Sensitive } from '../../../src/core/sensitive.ts';
import { application, operation } from '../applications.ts';
import { opened, type Place, place } from './fixtures.ts';

async function withSecret(at: Place = place()) {
  const store = await opened(at);
  const { id } = await store.create(application(), operation());
  const secret = await store.issueClientSecret(id, operation());
  return { at, store, id, secret };
}

describe('accepts', () => {
  it('knows every live client secret of the client, and no other', async () => {
    const { store, id, secret } = await withSecret();
    const second = await store.issueClientSecret(id, operation());
    expect(await store.accepts(id, secret.value)).toBe(true);
    expect(await store.accepts(id, second.value)).toBe(true);
    const value = secret.value.reveal();
    for (const other of ['', value.slice(1), `${value}x`, value.toLowerCase(), 'x'.repeat(64)])
      expect(await store.accepts(id, new Sensitive(other))).toBe(false);
  });

  it('ends with the client secret', async () => {
    const { store, id, secret } = await withSecret();
    await store.deleteClientSecret(id, secret.id);
    expect(await store.accepts(id, secret.value)).toBe(false);
  });

  it('is of one client: under another the value is worth nothing', async () => {
    const { store, secret } = await withSecret();
    const other = await store.create(application({ name: 'other' }), operation());
    expect(await store.accepts(other.id, secret.value)).toBe(false);
    expect(await store.accepts('nobody', secret.value)).toBe(false);
  });
});

describe('times', () => {
  it('are those of the clock', async () => {
    let now = 1_000;
    const store = await opened(place(), () => now);
    const { id, createTime } = await store.create(application(), operation());
    now = 2_000;
    expect(createTime).toBe(1_000);
    expect(await store.issueClientSecret(id, operation())).toMatchObject({ createTime: 2_000 });
  });

  it('are those of the call, however long it waits: by them an attempt is known for ours', async () => {
    let now = 1_000;
    const store = await opened(place(), () => now);
    const { id } = await store.create(application(), operation());
    const calls = [store.create(application({ name: 'other' }), operation()), store.issueClientSecret(id, operation())];
    now = 200_000;
    expect((await Promise.all(calls)).map(({ createTime }) => createTime)).toEqual([1_000, 1_000]);
  });

  it('do not order client secrets: a clock set back does not make the newer one the older', async () => {
    let now = 2_000;
    const store = await opened(place(), () => now);
    const { id } = await store.create(application(), operation());
    const first = await store.issueClientSecret(id, operation());
    now = 1_000;
    const second = await store.issueClientSecret(id, operation());
    expect((await store.clientSecrets(id)).map((secret) => secret.id)).toEqual([first.id, second.id]);
  });
});

describe('values at rest', () => {
  it('are not in the file in plain form', async () => {
    const { at, store, secret } = await withSecret();
    await store.close();
    const bytes = readFileSync(at.path).toString('latin1');
    const value = secret.value.reveal();
    expect(bytes).toContain(secret.id);
    for (const plain of [value, Buffer.from(value).toString('base64url'), Buffer.from(value).toString('hex')])
      expect(bytes).not.toContain(plain.slice(4, 16));
  });

  it('do not open in another row', async () => {
    const { at, store, id, secret } = await withSecret();
    const second = await store.issueClientSecret(id, operation());
    await store.close();
    tamper(at, `UPDATE client_secrets SET seal = (SELECT seal FROM client_secrets WHERE id = '${secret.id}')`);
    const again = await opened(at);
    expect((await again.readClientSecret(id, secret.id))?.value.equals(secret.value)).toBe(true);
    const moved = again.readClientSecret(id, second.id);
    await expect(moved).rejects.toMatchObject({ name: 'RegistryError', code: 'unavailable' });
    await expect(again.accepts(id, second.value)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a new key', () => {
  const addKey = (at: Place, version: number) =>
    appendFileSync(at.keyFile, `${version}:${randomBytes(32).toString('base64')}\n`);

  it('leaves what the old one sealed readable', async () => {
    const { at, store, id, secret } = await withSecret();
    await store.close();
    addKey(at, 2);
    expect(await (await opened(at)).accepts(id, secret.value)).toBe(true);
  });

  it('seals everything anew when the store is opened, so that the old one may go', async () => {
    const { at, store, id, secret } = await withSecret();
    await store.close();
    addKey(at, 2);
    const rotated = await opened(at);
    const second = await rotated.issueClientSecret(id, operation());
    await rotated.close();
    writeFileSync(at.keyFile, readFileSync(at.keyFile, 'utf8').split('\n').slice(1).join('\n'));
    const again = await opened(at);
    expect(await again.accepts(id, secret.value)).toBe(true);
    expect(await again.accepts(id, second.value)).toBe(true);
  });

  it('changes neither ids, times nor order', async () => {
    const { at, store, id } = await withSecret();
    await store.issueClientSecret(id, operation());
    const before = [await store.account(), await store.list(), await store.clientSecrets(id)];
    await store.close();
    addKey(at, 9);
    const again = await opened(at);
    expect([await again.account(), await again.list(), await again.clientSecrets(id)]).toEqual(before);
  });
});

describe('operations', () => {
  it('are remembered over a restart', async () => {
    const at = place();
    const store = await opened(at);
    const [create, issue] = [operation(), operation()];
    const { id } = await store.create(application(), create);
    const { value } = await store.issueClientSecret(id, issue);
    await store.close();
    const again = await opened(at);
    expect((await again.create(application(), create)).id).toBe(id);
    expect((await again.issueClientSecret(id, issue)).value.equals(value)).toBe(true);
  });

  it('are forgotten with what they made', async () => {
    const { store, id } = await withSecret();
    const same = operation();
    const first = await store.issueClientSecret(id, same);
    await store.deleteClientSecret(id, first.id);
    expect((await store.issueClientSecret(id, same)).id).not.toBe(first.id);
  });

  it('belong to one application each', async () => {
    const { store, id } = await withSecret();
    const other = await store.create(application({ name: 'other' }), operation());
    const same = operation();
    const secrets = [await store.issueClientSecret(id, same), await store.issueClientSecret(other.id, same)];
    expect(new Set(secrets.map((secret) => secret.id)).size).toBe(2);
  });
});

describe('the rules of the store', () => {
  it.each([true, false])('leave it to a Web application of version 2.1 to have a client secret: %s', async (wanted) => {
    const store = await opened();
    const sent = application({ protocolVersion: '2.1', secretRequired: wanted });
    expect(await store.create(sent, operation())).toMatchObject({ secretRequired: wanted });
  });

  it.each([
    { redirectURIs: Array.from({ length: 21 }, (_, index) => `https://a.example/${index}`) },
    { redirectURIs: [`https://a.example/${'x'.repeat(1_024)}`] },
    { redirectURIs: ['https://a.example/;https://b.example/'] },
    { redirectURIs: [''] },
    { redirectURIs: ['https://a.example/ä'] },
    { scopes: Array.from({ length: 51 }, (_, index) => `scope${index}`) },
    { scopes: ['Profile'] },
    { scopes: ['a;b'] },
    { scopes: ['/acs/'] },
    { scopes: ['x'.repeat(129)] },
    { accessTokenValiditySeconds: 3_600.5 },
    { accessTokenValiditySeconds: Number.NaN },
    { refreshTokenValiditySeconds: undefined },
  ])('reject $redirectURIs$scopes$accessTokenValiditySeconds$refreshTokenValiditySeconds', async (changes) => {
    const store = await opened();
    await expect(store.create(application(changes), operation())).rejects.toMatchObject({ code: 'rejected' });
  });

  it('name everything that is wrong at once', async () => {
    const store = await opened();
    const attempt = store.create(application({ displayName: '', accessTokenValiditySeconds: 1 }), operation());
    await expect(attempt).rejects.toThrow(/display name .*; access tokens/);
  });
});

describe('calls at the same time', () => {
  it('share a transaction, and one that fails costs no other its outcome', async () => {
    const store = await opened();
    const name = (n: number) => ({ ...application(), name: `team-a.app-${n % 9}` });
    const made = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => store.create(name(n), operation())));
    expect(made.map(({ status }) => status)).toEqual([...Array<string>(9).fill('fulfilled'), 'rejected']);
    expect(made[9]).toMatchObject({ reason: { code: 'nameTaken' } });
    const ids = made.flatMap((each) => (each.status === 'fulfilled' ? [each.value.id] : []));
    expect((await store.list()).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  it('are all listed, with their client secrets, however many they made', async () => {
    const store = await opened();
    const numbers = Array.from({ length: 1_001 }, (_, n) => n);
    const made = await Promise.all(
      numbers.map((n) => store.create({ ...application(), name: `app-${n}` }, operation())),
    );
    const some = made.filter((_, n) => n % 7 === 0).map(({ id }) => id);
    const issued = await Promise.all(some.map((id) => store.issueClientSecret(id, operation())));
    const listed = await store.list();
    expect(listed.map(({ id }) => id)).toEqual(made.map(({ id }) => id).toSorted());
    const secretsOf = (id: string) => listed.find((each) => each.id === id)?.clientSecrets?.map((secret) => secret.id);
    expect(some.map(secretsOf)).toEqual(issued.map(({ id }) => [id]));
    expect(listed.flatMap(({ clientSecrets = [] }) => clientSecrets)).toHaveLength(some.length);
  });

  it('are carried out in their order', async () => {
    const store = await opened();
    const { id } = await store.create(application(), operation());
    const titles = ['One', 'Two', 'Three'];
    const seen = titles.flatMap((displayName) => [store.update(id, { displayName }), store.get(id)]);
    expect((await Promise.all(seen)).map((found) => found?.displayName)).toEqual(
      titles.flatMap((title) => [title, title]),
    );
  });
});

describe('a closed store', () => {
  it('ends the calls under way and fails the later ones', async () => {
    const store = await opened();
    const underWay = store.create(application(), operation());
    const closing = store.close();
    await expect(underWay).resolves.toMatchObject({ name: 'team-a.shop' });
    await closing;
    await expect(store.list()).rejects.toMatchObject({ code: 'unavailable', operation: 'list' });
    await expect(store.close()).resolves.toBeUndefined();
  });
});

function tamper(at: Place, statement: string): void {
  const database = new DatabaseSync(at.path);
  database.exec(statement);
  database.close();
}
