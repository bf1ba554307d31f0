/** What the loop tells of a pass beside its outcome, and that nothing of an error is told but its message. */

import { expect, test } from 'vitest';
import { ClusterError } from '../../src/cluster/cluster.ts';
import { bound, messageOf } from '../../src/controller/log.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { world } from '../support/world.ts';

test.each([
  [new TypeError('m'), 'TypeError: m'],
  ['text', 'text'],
])('%s is told without what it carries', (error, text) => {
  expect(messageOf(error)).toBe(text);
});

test('what is bound is on every line; a line may say more', () => {
  const lines: unknown[] = [];
  const write = (fields: object, message: string) => void lines.push([fields, message]);
  const log = bound({ debug: write, info: write, error: write }, { reconcileID: '1' });
  log.debug({}, 'a');
  log.info({ more: 2 }, 'b');
  log.error({ more: 3 }, 'c');
  expect(lines).toEqual([
    [{ reconcileID: '1' }, 'a'],
    [{ reconcileID: '1', more: 2 }, 'b'],
    [{ reconcileID: '1', more: 3 }, 'c'],
  ]);
});

test('every line of a pass names the pass and the resource; each action has one', async () => {
  const { apply, pass, logged } = await world();
  apply();
  await pass();
  const lines = logged.filter(([, , message]) => message !== 'looked at the registry');
  expect(lines.map(([level, , message]) => [level, message])).toEqual([
    ['debug', 'acted'],
    ['debug', 'acted'],
    ['debug', 'acted'],
    ['debug', 'acted'],
    ['info', 'reconciled'],
  ]);
  const [, { reconcileID }] = lines[0] as [string, { reconcileID: string }];
  for (const [, fields] of lines) expect(fields).toMatchObject({ reconcileID, application: 'team-a/shop' });
  expect(lines[1]?.[1]).toMatchObject({ action: 'CreateApplication' });
});

test('a call that the registry refuses is told by the name that the registry gave the request', async () => {
  const { registry, apply, pass, logged } = await world();
  const details = { operation: 'create', requestID: 'request-7' };
  registry.failNext('create', new RegistryError('denied', 'no right', details));
  apply();
  await pass();
  expect(logged.at(-1)).toMatchObject(['info', { reason: 'PermissionDenied', requestID: 'request-7' }, 'reconciled']);
});

test('a pass that fails is told as an error, with its resource', async () => {
  const { cluster, apply, pass, logged } = await world();
  cluster.failNext('hold', new ClusterError('failed', 'no answer'));
  apply();
  await expect(pass()).rejects.toThrow('no answer');
  expect(logged.at(-1)).toEqual([
    'error',
    { reconcileID: expect.any(String), application: 'team-a/shop', error: 'ClusterError: no answer' },
    'a pass failed',
  ]);
});
