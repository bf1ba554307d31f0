/** What becomes of client secrets that somebody lost or deleted, and of clocks that disagree. */

import { describe, expect, it } from 'vitest';
import { ask, elapse, hour, live, revoke, roles, rotate, unlisted } from '../support/rotating.ts';
import { registryWrites, settledWorld, type World } from '../support/world.ts';

describe('a value that is lost where the registry does not give it again', () => {
  const lose = ({ cluster }: World) => cluster.outside.deleteSecret('team-a', 'shop');

  it('is another at once, though the previous one must go for it: once in an overlap, unless somebody ends that', async () => {
    const made = await settledWorld({ rotation: { overlap: '1h' } }, unlisted);
    await elapse(made, 48 * hour);
    lose(made);
    await made.rest();
    expect(roles(made)).toEqual(['Current', 'Previous']);
    lose(made);
    expect(await made.pass(), 'a read may not show yet what was issued just now').toMatchObject({ kind: 'after' });
    expect(made.reasons()).toMatchObject({ SecretReady: '!SecretUnreadable' });
    made.advance(60_000);
    await made.rest();
    expect(roles(made), 'once more: the older one went').toEqual(['Current', 'Previous']);
    expect(registryWrites(made)).toEqual(['issueClientSecret', 'deleteClientSecret', 'issueClientSecret']);
    lose(made);
    made.advance(60_000);
    await made.pass();
    expect(made.reasons()).toMatchObject({ SecretReady: '!SecretSlotsExhausted' });
    ask(made, { [revoke]: 'now' });
    await made.rest();
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  });
});

describe('a client secret that somebody deletes in the account, where no list shows it', () => {
  it('is noticed within an hour, and replaced', async () => {
    const made = await settledWorld({}, unlisted);
    await made.resync();
    const [found] = await live(made);
    await made.registry.outside.deleteClientSecret((await made.application())?.id ?? '', found?.id ?? '');
    await elapse(made, hour);
    expect(registryWrites(made)).toEqual(['issueClientSecret']);
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  });
});

describe('clocks that disagree', () => {
  it('make an overlap last twice as long, and are told of', async () => {
    const made = await settledWorld();
    ask(made, { [rotate]: 'now' });
    made.faults.arm({ at: 3, when: 'before', how: 'answered', jump: 600_000 });
    await made.pass();
    await made.rest();
    expect(made.faults.calls).toContain('registry.issueClientSecret');
    await elapse(made, 25 * hour);
    expect(roles(made)).toEqual(['Current', 'Previous']);
    expect(made.cluster.events.filter(({ event }) => event.reason === 'ClockSkew')).toHaveLength(1);
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    await elapse(made, 24 * hour);
    expect(roles(made)).toEqual(['Current']);
  });
});
