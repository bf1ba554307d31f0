/** What is known of an account without a call: what it answers, and what it leaves to a live read. */

import { describe, expect, it } from 'vitest';
import { openListing } from '../../src/controller/listing.ts';
import { stranger } from '../support/builders.ts';
import { memoryRegistry } from '../support/memory-registry.ts';
import { key, registryWrites, settledWorld, type World, world } from '../support/world.ts';

const window = 60_000;
const shop = { ...(await memoryRegistry().create({ ...stranger, name: 'Shop' }, 'made')), id: '1' };
const renamed = { ...shop, displayName: 'Renamed' };

/** A listing whose first list was begun at 0, and a clock to set. */
function opened(applications = [shop]) {
  const clock = { now: 0 };
  const listing = openListing(window, () => clock.now);
  listing.take(applications, 0);
  return { clock, ...listing };
}

describe('a listing', () => {
  it('knows nothing before the first list', () => {
    expect(openListing(window, () => 0).get('1')).toBeUndefined();
  });

  it.each([
    { what: 'as it was', list: [{ ...shop }], changed: [] },
    { what: 'changed', list: [renamed], changed: ['shop'] },
    {
      what: 'with a further client secret',
      list: [{ ...shop, clientSecrets: [{ id: 'a', createTime: 0 }] }],
      changed: ['shop'],
    },
    { what: 'gone', list: [], changed: ['shop'] },
    { what: 'joined by another', list: [shop, { ...shop, id: '2', name: 'Two' }], changed: ['two'] },
    { what: 'created again', list: [{ ...shop, id: '2' }], changed: ['shop'] },
  ])('tells of an application that is $what', ({ list, changed }) => {
    const { take, get } = opened();
    expect([...take(list, 120_000)]).toEqual(changed);
    expect(get('1')).toEqual(list.find(({ id }) => id === '1'));
  });

  it.each([
    { begun: 'before what was noted', at: 999 },
    { begun: 'less than the consistency window after', at: 1_000 + window },
  ])('is not believed where it was begun $begun', ({ at }) => {
    const { clock, note, take, get } = opened();
    clock.now = 1_000;
    note('1', renamed);
    expect([...take([shop], at)]).toEqual([]);
    expect(get('1')).toEqual(renamed);
    take([shop], 1_001 + window);
    expect(get('1')).toEqual(shop);
  });

  it.each([
    { what: 'as it was', listed: shop, told: [] },
    { what: 'changed', listed: renamed, told: ['shop'] },
  ])('says nothing of an application that we wrote to, before it is listed again: $what', ({ listed, told }) => {
    const { note, take, get } = opened();
    note('1', undefined);
    note('1', undefined);
    expect(get('1')).toBeUndefined();
    expect([...take([listed], 1 + window)]).toEqual(told);
    expect(get('1')).toEqual(listed);
  });
});

const operations = ({ registry }: World) => registry.calls.map(({ operation }) => operation);

describe('at rest', () => {
  it('one list for each interval answers for all resources, and nothing else is asked or written', async () => {
    const made = await world();
    const keys = Array.from({ length: 20 }, (_, n) => `team-a/app-${n}`);
    for (const resourceKey of keys) {
      made.apply({ type: keys.indexOf(resourceKey) % 2 === 0 ? 'Web' : 'Native' }, resourceKey);
      await made.rest({ resourceKey });
    }
    made.registry.calls.length = 0;
    made.cluster.writes.length = 0;
    for (const resourceKey of keys) await made.pass(resourceKey);
    expect(operations(made), 'right after our own writes').toEqual([]);
    for (const _interval of [1, 2, 3]) {
      await made.resync();
      for (const resourceKey of keys) await made.pass(resourceKey);
    }
    expect(operations(made)).toEqual(['account', 'list', 'account', 'list', 'account', 'list']);
    expect(made.cluster.writes.filter(({ call }) => call !== 'writeRegistryStatus')).toEqual([]);
  });

  it('those who ask at once, before the first list, share it', async () => {
    const made = await settledWorld();
    made.cluster.outside.putRegistry({ name: 'default', spec: { type: 'Store', resyncInterval: '10m' } });
    made.advance(600_000);
    made.registry.calls.length = 0;
    await Promise.all([made.pass(), made.look(), made.pass('team-a/other')]);
    expect(operations(made).filter((operation) => operation === 'list')).toEqual(['list']);
  });

  it('recorded client secrets count where the registry does not list them', async () => {
    const made = await settledWorld({}, { listsClientSecrets: false });
    await made.resync();
    made.registry.calls.length = 0;
    await made.pass();
    expect(operations(made)).toEqual([]);
  });

  it.each([3_600_000, -3_600_000])('an interval is one, though the clock jumps by %i ms', async (leap) => {
    const made = await settledWorld();
    made.registry.calls.length = 0;
    await made.registry.outside.update((await made.application())?.id ?? '', { displayName: 'Drifted' });
    made.jump(leap);
    await made.look();
    expect(operations(made), 'no list is due yet').toEqual(['account']);
    await made.resync();
    await made.rest();
    expect(await made.application()).toMatchObject({ displayName: 'Shop' });
  });

  it.each([
    ['drift', { displayName: 'Drifted' }],
    ['drift back', { displayName: 'Drifted' }],
  ])('%s is read live before anything is done', async (what, changes) => {
    const made = await settledWorld();
    const id = (await made.application())?.id ?? '';
    await made.registry.outside.update(id, changes);
    await made.resync();
    if (what === 'drift back') await made.registry.outside.update(id, { displayName: 'Shop' });
    made.registry.calls.length = 0;
    await made.pass();
    expect(operations(made).slice(0, 2)).toEqual(['get', 'clientSecrets']);
    expect(registryWrites(made)).toEqual(what === 'drift' ? ['update'] : []);
  });

  it('a write whose answer was lost is looked after live', async () => {
    const made = await settledWorld();
    made.apply({ displayName: 'Store' });
    made.registry.failNext('update', new TypeError('bug'), 'after');
    await expect(made.pass()).rejects.toThrow('bug');
    made.apply({ displayName: 'Shop' });
    made.cluster.outside.edit(key, {
      status: { ...made.resource().status, observedGeneration: made.resource().generation },
    });
    await made.rest();
    expect(await made.application()).toMatchObject({ displayName: 'Shop' });
  });
});

describe('a list that shows a change', () => {
  it('wakes whose application it is, and nobody else', async () => {
    const made = await world();
    for (const resourceKey of [key, 'team-a/other']) {
      made.apply({}, resourceKey);
      await made.rest({ resourceKey });
    }
    const woken: string[] = [];
    const look = () => made.controller.registry('default', (keys) => woken.push(...keys));
    await made.registry.outside.update((await made.application())?.id ?? '', { displayName: 'Drifted' });
    made.advance(120_000);
    await look();
    expect(woken).toEqual([key]);
    await look();
    expect(woken, 'once').toEqual([key]);
  });
});
