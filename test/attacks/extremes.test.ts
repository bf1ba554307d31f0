/** Attacks by how much, how often and how odd: what is legal is done, and costs what is bounded. */

import { describe, expect, it } from 'vitest';
import { parseApplicationSpec } from '../../src/api/parse.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { writtenSpec } from '../support/builders.ts';
import { key, registryWrites, settledWorld, type World, world } from '../support/world.ts';

const store = { type: 'Store', store: { issuerURL: 'https://login.example' } };

/** Calls of the registry in an hour of passes, as often as the loop asks for them. */
async function callsInAnHour(made: World): Promise<readonly string[]> {
  made.registry.calls.length = 0;
  let wait = 1;
  for (let passed = 0; passed < 3_600; ) {
    const after = await made.pass();
    wait = after.kind === 'backoff' ? Math.min(wait * 2, 900) : 1;
    const seconds = after.kind === 'after' ? after.seconds : after.kind === 'backoff' ? wait : 3_600;
    made.advance(seconds * 1_000);
    passed += seconds;
  }
  return made.registry.calls.map(({ operation }) => operation);
}

describe('AT37: a resource that fails for an hour asks the registry twice for each try, which is not more often than at rest', () => {
  it.each([
    { code: 'rejected', most: 60 },
    { code: 'quotaExceeded', most: 60 },
    { code: 'unavailable', most: 24 },
    { code: 'uncertain', most: 24 },
  ] as const)('$code: $most calls at most', async ({ code, most }) => {
    const made = await world();
    made.apply();
    const failure = new RegistryError(code, 'no', { operation: 'create' });
    for (let n = 0; n <= most; n++) made.registry.failNext('create', failure);
    const calls = await callsInAnHour(made);
    expect(calls.length).toBeGreaterThan(10);
    expect(calls.length).toBeLessThanOrEqual(most);
  });
});

it('AT39: what is deleted and created again and again is one application at a time, and none in the end', async () => {
  const made = await world();
  for (let n = 0; n < 15; n++) {
    made.apply();
    await made.pass();
    made.advance(1_000);
    expect(await made.registry.outside.list()).toHaveLength(1);
    made.cluster.outside.delete(key);
    await made.rest();
    expect(await made.registry.outside.list()).toEqual([]);
  }
  expect(made.secret()).toBeUndefined();
});

it('AT40: a rotation that is asked for each second for three minutes costs no further client secret than one', async () => {
  const made = await settledWorld();
  const { id = '' } = (await made.application()) ?? {};
  for (let second = 0; second < 180; second++) {
    const annotations = { ...made.resource().annotations, 'ramify.dev/rotate-requested-at': `${second}` };
    made.cluster.outside.edit(key, { annotations });
    made.advance(1_000);
    await made.pass();
  }
  expect(registryWrites(made).length).toBeLessThanOrEqual(2);
  const live = await made.registry.outside.clientSecrets(id);
  const values = await Promise.all(live.map((secret) => made.registry.outside.readClientSecret(id, secret.id)));
  expect(values.map((issued) => issued?.value.reveal())).toContain(made.values()['client_secret']);
});

const times = <T>(count: number, make: (n: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, n) => make(n));
const filled = (count: number, value: string) => Object.fromEntries(times(count, (n) => [`key-${n}`, value]));

it('AT41: the biggest resource that is legal becomes Ready, and what it would expand to has a limit', async () => {
  const biggest = {
    displayName: '界'.repeat(24),
    redirectURIs: times(20, (n) => `https://app.example.com/${n}/${'a'.repeat(990)}`),
    scopes: times(50, (n) => `scope-${n}-${'a'.repeat(100)}`),
    secret: {
      labels: filled(32, 'a'.repeat(63)),
      annotations: filled(32, 'a'.repeat(1_024)),
      data: filled(32, 'x'.repeat(4_096)),
    },
  };
  const made = await settledWorld(biggest);
  expect(made.values()['key-31']).toHaveLength(4_096);
  made.apply({ ...biggest, secret: { data: filled(32, '$(clientSecret)'.repeat(273)) } });
  await made.rest();
  expect(made.reasons()).toMatchObject({ Accepted: '!InvalidSpec' });
  expect(registryWrites(made)).toEqual([]);
});

it('AT46: keys that every object of JavaScript has are keys of the Secret like any other, but one, which is left out', async () => {
  const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf'];
  const data = JSON.parse(`{${['__proto__', ...names].map((name) => `"${name}": "text of ${name}"`).join()}}`);
  const made = await settledWorld({ secret: { data } });
  const written = new Map(Object.entries(made.values()));
  for (const name of names) expect(written.get(name), name).toBe(`text of ${name}`);
  expect(written.has('__proto__')).toBe(false);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});

describe('AT48: a text on which a regular expression could go back and forth', () => {
  /** Each as long as its field takes, and one character that lets the end not match. */
  const texts: readonly (readonly [string, object])[] = [
    ['a host of labels', { redirectURIs: [`https://${'a-'.repeat(500)}!`] }],
    ['a host of dots', { redirectURIs: [`https://${'a.'.repeat(500)}!`] }],
    ['a path of escapes', { redirectURIs: [`https://a.example/${'%41'.repeat(330)}%`] }],
    ['a query of pairs', { redirectURIs: [`https://a.example/?${'a=&'.repeat(330)}\u0000`] }],
    ['dot segments', { redirectURIs: [`https://a.example/${'a/.a/'.repeat(200)}..`] }],
    ['a scheme', { type: 'Native', redirectURIs: [`${'a.'.repeat(500)}:/!`] }],
    ['an IPv6 host', { redirectURIs: [`http://[${'0:'.repeat(500)}]/`] }],
    ['punycode', { redirectURIs: [`https://xn--${'a-'.repeat(500)}.example/`] }],
    ['a scope', { scopes: [`${'/a-'.repeat(42)}!`] }],
    ['a name', { applicationName: `${'a.'.repeat(31)}!!` }],
    ['spaces', { displayName: ' '.repeat(24) }],
    ['placeholders', { secret: { data: { a: '$('.repeat(2_048) } } }],
    ['dollars', { secret: { data: { a: `${'$'.repeat(4_095)}(` } } }],
    ['a key', { secret: { annotations: { [`${'a-'.repeat(120)}!/x`]: '' } } }],
    ['a duration', { rotation: { interval: '1h'.repeat(10) } }],
  ];

  it.each(texts)('%s is decided in no time', (_name, changes) => {
    const before = process.cpuUsage();
    for (let n = 0; n < 20; n++) parseApplicationSpec(writtenSpec({ ...changes }));
    const { user, system } = process.cpuUsage(before);
    // Twenty times; one that backtracks needs seconds, or for ever.
    expect((user + system) / 1_000).toBeLessThan(2_000);
  });
});

it('AT18: an adoption that no rule grants is refused before anything is asked of the registry', async () => {
  for (const adoptionPolicy of ['AdoptOrCreate', 'AdoptOnly']) {
    const made = await world({ registrySpec: { ...store, rules: [{ applicationNames: ['bank'] }] } });
    await made.registry.outside.create({ ...(await template()), name: 'bank' }, 'theirs');
    made.advance(60_000);
    made.apply({ applicationName: 'bank', adoptionPolicy });
    await made.rest();
    expect(made.reasons()['Ready']).not.toBe('Succeeded');
    expect(registryWrites(made)).toEqual([]);
    expect(made.secret()).toBeUndefined();
  }
});

/** What an application is made of. */
async function template() {
  const made = await settledWorld();
  return (await made.application()) ?? expect.fail('there is no application');
}
