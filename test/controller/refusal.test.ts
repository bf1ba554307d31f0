/** What stops an application before anything exists: policy, a name or a Secret that is somebody else's, a rival. */

import { describe, expect, it } from 'vitest';
import { Sensitive } from '../../src/core/sensitive.ts';
import { stranger } from '../support/builders.ts';
import { clusterWrites, registryWrites, type World, world } from '../support/world.ts';

interface Refused {
  readonly name: string;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly before?: (made: World) => unknown;
  readonly reasons: Readonly<Record<string, string>>;
  readonly message: string;
  readonly next: object;
}

const terminal = { kind: 'terminal' };

const refused: readonly Refused[] = [
  {
    name: 'an explicit name is refused, since no rule grants it',
    spec: { applicationName: 'shop' },
    reasons: { Accepted: '!PolicyViolation', Ready: '!PolicyViolation', Stalled: 'PolicyViolation' },
    message: 'spec.applicationName: no rule of the registry grants shop',
    next: terminal,
  },
  {
    name: 'adoption is refused',
    spec: { adoptionPolicy: 'AdoptOrCreate' },
    reasons: { Accepted: '!PolicyViolation', Ready: '!PolicyViolation', Stalled: 'PolicyViolation' },
    message: 'spec.adoptionPolicy: no rule of the registry grants adoption; set it to Never',
    next: terminal,
  },
  {
    name: 'a multi-tenant application is refused',
    spec: { multiTenant: true },
    reasons: { Accepted: '!PolicyViolation', Ready: '!PolicyViolation', Stalled: 'PolicyViolation' },
    message: 'spec.multiTenant: no rule of the registry grants it',
    next: terminal,
  },
  {
    name: 'further keys that expand past 512 KiB are refused',
    spec: {
      secret: {
        data: Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`k${i}`, '$(clientSecret)'.repeat(273)])),
      },
    },
    reasons: { Accepted: '!InvalidSpec', Stalled: 'InvalidSpec' },
    message: 'spec.secret.data: expanded it has 559104 bytes; at most 524288 are allowed',
    next: terminal,
  },
  {
    name: 'an OAuthRegistry that is not there is named',
    before: ({ cluster }) => cluster.outside.deleteRegistry('default'),
    reasons: { Accepted: '!RegistryNotFound', Stalled: 'RegistryNotFound' },
    message: 'there is no OAuthRegistry default',
    next: terminal,
  },
  {
    name: "an application of somebody else's under the derived name is a conflict",
    before: ({ registry }) => registry.outside.create(stranger, 'another'),
    reasons: {
      Accepted: 'Succeeded',
      Registered: '!NameConflict',
      SecretReady: '?Progressing',
      Ready: '!NameConflict',
      Stalled: 'NameConflict',
    },
    message: "the account has an application team-a.shop (4000000000000000001) that is not this resource's",
    next: { kind: 'after', seconds: 120 },
  },
  {
    name: "a Secret of somebody else's is a conflict",
    before: ({ cluster }) => cluster.outside.putSecret('team-a', 'shop', { data: { password: new Sensitive('eA==') } }),
    reasons: {
      Registered: '?Progressing',
      SecretReady: '!SecretConflict',
      Ready: '!SecretConflict',
      Stalled: 'SecretConflict',
    },
    message: "the Secret shop exists and is not this resource's",
    next: { kind: 'after', seconds: 60 },
  },
];

describe('before anything exists', () => {
  it.each(refused)('$name, and nothing is written but the status', async ({ spec, before, reasons, message, next }) => {
    const made = await world();
    made.apply(spec);
    await before?.(made);
    made.registry.calls.length = 0;

    expect(await made.pass()).toEqual(next);

    expect(made.reasons()).toMatchObject(reasons);
    expect(clusterWrites(made)).toEqual(['writeStatus']);
    expect(registryWrites(made)).toEqual([]);
    expect(made.cluster.events.map(({ event }) => [event.type, event.note])).toEqual([
      ['Warning', expect.stringContaining(message)],
    ]);
    expect(made.resource().finalizers).toEqual([]);

    await made.pass();
    expect(clusterWrites(made), 'nothing more at rest').toEqual(['writeStatus']);
    expect(made.cluster.events).toHaveLength(1);
  });

  it('a foreign Secret keeps every byte, and the resource becomes Ready once it goes', async () => {
    const made = await world();
    const foreign = made.cluster.outside.putSecret('team-a', 'shop', { data: { password: new Sensitive('eA==') } });
    made.apply();
    await made.rest();
    expect(made.secret()).toEqual(foreign);
    expect(await made.application()).toBeUndefined();

    made.cluster.outside.deleteSecret('team-a', 'shop');
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });

  it('a foreign Secret stays foreign although our label is on it', async () => {
    const made = await world();
    made.cluster.outside.putSecret('team-a', 'shop', { labels: { 'ramify.dev/application': 'shop' } });
    made.apply();
    await made.rest();
    expect(made.reasons()['SecretReady']).toBe('!SecretConflict');
  });

  it('the holder of the name going lets the resource take over', async () => {
    const made = await world();
    const { id } = await made.registry.outside.create(stranger, 'another');
    made.apply();
    await made.rest();
    await made.registry.outside.delete(id);
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });
});

describe('two resources that name one Secret', () => {
  const named = { secret: { name: 'shared' } };

  it('of which none has it: the older one gets it, the other says who comes first', async () => {
    const made = await world();
    made.apply(named, 'team-a/older');
    made.advance(5_000);
    made.apply(named, 'team-a/newer');

    await made.rest({ resourceKey: 'team-a/newer' });
    await made.rest({ resourceKey: 'team-a/older' });

    expect(made.reasons('team-a/older')['Ready']).toBe('Succeeded');
    expect(made.reasons('team-a/newer')['SecretReady']).toBe('!SecretConflict');
    expect(made.cluster.events[0]?.event.note).toContain('team-a/older names the same Secret shared and comes first');
    expect((await made.registry.outside.list()).map(({ name }) => name)).toEqual(['team-a.older']);
  });

  it('of one age: the smaller UID gets it', async () => {
    const made = await world();
    made.apply(named, 'team-a/b');
    made.apply(named, 'team-a/a');
    await made.rest({ resourceKey: 'team-a/a' });
    expect(made.reasons('team-a/a')['SecretReady']).toBe('!SecretConflict');
  });

  it('of which the younger has it: it keeps it', async () => {
    const made = await world();
    made.apply({ secret: { name: 'other' } }, 'team-a/older');
    made.advance(5_000);
    made.apply(named, 'team-a/newer');
    await made.rest({ resourceKey: 'team-a/newer' });
    made.apply(named, 'team-a/older');
    await made.rest({ resourceKey: 'team-a/older' });
    await made.rest({ resourceKey: 'team-a/newer' });
    expect(made.reasons('team-a/newer')['Ready']).toBe('Succeeded');
    expect(made.reasons('team-a/older')['SecretReady']).toBe('!SecretConflict');
  });

  it('in different namespaces are no rivals', async () => {
    const made = await world();
    made.apply(named, 'team-b/shop');
    made.apply(named);
    await made.rest();
    expect(made.reasons()['Ready']).toBe('Succeeded');
  });
});
