/**
 * A world in which client secrets grow old: what one asks of it, and how its time passes.
 *
 * @module
 */

import { idOf, key, type World } from './world.ts';

export const hour = 3_600_000;
export const rotating = { rotation: { interval: '24h', overlap: '2h' } };
export const unlisted = { readable: false, listsClientSecrets: false, account: { consistencyWindow: 60_000 } };
export const rotate = 'ramify.dev/rotate-requested-at';
export const revoke = 'ramify.dev/revoke-previous-requested-at';

/** What was shown of the client secrets: their roles, oldest last. */
export function roles({ resource }: World) {
  return resource().status.clientSecrets?.map(({ role }) => role);
}

export function ask(made: World, annotations: Readonly<Record<string, string>>): void {
  made.cluster.outside.edit(key, { annotations: { ...made.resource().annotations, ...annotations } });
}

export async function live(made: World) {
  return made.registry.outside.clientSecrets(await idOf(made));
}

/** Lets time pass: a look at the account and a pass in every hour, and whenever one is due before the next resync. */
export async function elapse(made: World, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; ) {
    await made.look();
    const after = await made.pass();
    const due = after.kind === 'after' && after.seconds < 120 ? after.seconds * 1_000 : hour;
    const step = Math.min(left, due);
    made.advance(step);
    left -= step;
  }
  await made.rest();
}

export function secretReady({ resource }: World) {
  return resource().status.conditions?.find(({ type }) => type === 'SecretReady');
}
