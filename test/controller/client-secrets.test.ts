/** When a pass asks for client secrets, where no list shows them, and when those suffice that were proven before. */

import { describe, expect, it } from 'vitest';
import { key, settledWorld, type World } from '../support/world.ts';

const unlisted = { listsClientSecrets: false, account: { consistencyWindow: 60_000 } };
const request = 'ramify.dev/reconcile-requested-at';

const operations = ({ registry }: World) => registry.calls.map(({ operation }) => operation);

/** At rest for so long that the last look at the client secrets counts no more. */
async function rested(options: object = unlisted, spec = {}) {
  const made = await settledWorld(spec, options);
  await made.resync();
  made.registry.calls.length = 0;
  return made;
}

function ask(made: World): void {
  made.cluster.outside.edit(key, { annotations: { ...made.resource().annotations, [request]: 'now' } });
}

async function deleteClientSecret({ application, registry: { outside } }: World): Promise<void> {
  const { id = '' } = (await application()) ?? {};
  const [secret] = await outside.clientSecrets(id);
  await outside.deleteClientSecret(id, secret?.id ?? '');
}

const edits = [
  { what: 'a setting', spec: { displayName: 'Edited' }, calls: ['get', 'update'], writes: ['writeStatus'] },
  {
    what: 'a setting that the Secret shows',
    spec: { scopes: ['openid', 'aliuid'] },
    calls: ['get', 'update'],
    writes: ['patchSecret', 'writeStatus'],
  },
  {
    what: 'the key of the client secret',
    spec: { secret: { keys: { clientSecret: 'OAUTH_SECRET' } } },
    calls: ['get'],
    writes: ['patchSecret', 'writeStatus'],
  },
];

describe.each([
  { when: 'right after the creation', at: () => settledWorld({}, unlisted) },
  { when: 'later', at: () => rested() },
  { when: 'later, where values are not given again', at: () => rested({ ...unlisted, readable: false }) },
])('$when', ({ at }) => {
  it.each(edits)('an edit of $what takes the client secret as it was proven', async ({ spec, calls, writes }) => {
    const made = await at();
    const { client_secret: value } = made.values();
    made.cluster.writes.length = 0;
    made.apply(spec);
    await made.pass();
    expect(operations(made)).toEqual(calls);
    expect(made.cluster.writes.map(({ call }) => call)).toEqual(writes);
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
    expect(Object.values(made.values())).toContain(value);
    await made.pass();
    expect(operations(made), 'and then it rests').toEqual(calls);
  });
});

describe('a live look at the client secrets', () => {
  const secretOf = (made: World) => made.secret() ?? expect.fail('there is no Secret');
  it.each([
    { when: 'somebody asks for it', change: ask },
    {
      when: 'the Secret is another',
      change: (made: World) => made.cluster.outside.putSecret('team-a', 'shop', { ...secretOf(made), labels: {} }),
    },
    { when: 'the Secret is gone', change: (made: World) => made.cluster.outside.deleteSecret('team-a', 'shop') },
    { when: 'the Secret is called otherwise', change: (made: World) => made.apply({ secret: { name: 'moved' } }) },
    {
      when: 'an attempt is open',
      change: (made: World) => {
        const { lastOperation, ...status } = made.resource().status;
        expect(lastOperation).toBeDefined();
        made.cluster.outside.edit(key, { status });
      },
    },
  ])('is taken where $when', async ({ change }) => {
    const made = await rested();
    change(made);
    await made.pass();
    expect(operations(made).slice(0, 2)).toEqual(['get', 'clientSecrets']);
  });

  it('is taken where no client secret is wanted any more', async () => {
    const made = await rested(unlisted, { type: 'Native', secretRequired: true });
    made.apply({ type: 'Native' });
    await made.rest();
    expect(operations(made)).toEqual(['get', 'clientSecrets', 'update']);
  });

  it('is taken with every edit where a list would show that one is gone', async () => {
    const made = await rested({});
    made.apply({ displayName: 'Edited' });
    await made.pass();
    expect(operations(made)).toEqual(['get', 'clientSecrets', 'update']);
  });

  it('is believed, whatever an edit took for granted just before', async () => {
    const made = await rested();
    made.apply({ displayName: 'Edited' });
    await made.pass();
    const { client_secret: dead } = made.values();
    await deleteClientSecret(made);
    ask(made);
    await made.rest();
    expect(operations(made)).toEqual(['get', 'update', 'get', 'clientSecrets', 'issueClientSecret']);
    expect(made.values()['client_secret']).not.toBe(dead);
    expect(made.reasons()).toMatchObject({ Ready: 'Succeeded' });
  });
});
