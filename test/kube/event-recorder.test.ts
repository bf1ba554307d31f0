/** Which events are sent, counted and dropped: by client-go's rules, and never in anybody's way. */

import { expect, test } from 'vitest';
import { ApiError } from '../../src/kube/error.ts';
import { EventRecorder, type NewEvent } from '../../src/kube/event-recorder.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { ManualClock, settled } from './manual-clock.ts';

const wall = Date.parse('2026-11-22T10:00:00Z');

function event(note = 'Created it.', uid = 'uid-1'): NewEvent {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { generateName: 'shop-', namespace: 'team-a' },
    eventTime: '2026-11-22T10:00:00.000000Z',
    reportingController: 'example.dev/controller',
    reportingInstance: 'pod-1',
    type: 'Normal',
    reason: 'Succeeded',
    action: 'Create',
    note,
    regarding: { apiVersion: 'example.dev/v1', kind: 'Thing', namespace: 'team-a', name: 'shop', uid },
  };
}

/** `sent` has each request: the note of a POST, the path and body of a PATCH. `answer` may hold one up or fail it. */
function given(answer: () => Promise<void> = async () => undefined) {
  const sent: unknown[] = [];
  const clock = new ManualClock();
  const lost: unknown[] = [];
  const transport = {
    create: async (_path: string, body: NewEvent) => {
      sent.push(body.note);
      await answer();
      return { metadata: { namespace: 'team-a', name: `shop-${sent.length}`, uid: 'e', resourceVersion: '1' } };
    },
    patch: async (path: string, body: object) => {
      sent.push([path, body]);
      await answer();
    },
  } as unknown as Pick<Transport, 'create' | 'patch'>;
  const wallClock = () => wall + clock.now();
  const recorder = new EventRecorder({ transport, clock, wallClock, onLost: (error) => void lost.push(error) });
  return { recorder, sent, clock, lost };
}

const first = '/apis/events.k8s.io/v1/namespaces/team-a/events/shop-1';

test('each different event is sent once', async () => {
  const { recorder, sent, lost } = given();
  for (const each of [event('a'), event('b'), event('a', 'uid-2')]) recorder.record(each);
  await settled();
  expect(sent).toEqual(['a', 'b', 'a']);
  expect(lost).toEqual([]);
});

test('what repeats is counted, and told once a minute at most', async () => {
  const { recorder, sent, clock } = given();
  recorder.record(event());
  await clock.pass(1000);
  for (let n = 0; n < 4; n++) recorder.record(event());
  await clock.pass(58_000);
  expect(sent).toHaveLength(1);
  await clock.pass(1000);
  expect(sent).toEqual([
    'Created it.',
    [first, { series: { count: 5, lastObservedTime: '2026-11-22T10:00:01.000000Z' } }],
  ]);
  recorder.record(event());
  await clock.pass(60_000);
  expect(sent.at(-1)).toEqual([first, { series: { count: 6, lastObservedTime: '2026-11-22T10:01:00.000000Z' } }]);
  await clock.pass(600_000);
  expect(sent).toHaveLength(3);
});

test('what comes again after six minutes is news', async () => {
  const { recorder, sent, clock } = given();
  recorder.record(event());
  await clock.pass(359_999);
  recorder.record(event());
  await clock.pass(360_000);
  recorder.record(event());
  await clock.pass(0);
  expect(sent.filter((each) => each === 'Created it.')).toHaveLength(2);
});

test('an event that the API server no longer has begins anew', async () => {
  const gone = new ApiError('gone', { status: 404, reason: 'NotFound' });
  const answers = [async () => undefined, () => Promise.reject(gone)];
  const { recorder, sent, clock, lost } = given(() => (answers.shift() ?? (async () => undefined))());
  recorder.record(event());
  await clock.pass(1000);
  recorder.record(event());
  await clock.pass(60_000);
  expect(sent).toHaveLength(2);
  recorder.record(event());
  await clock.pass(0);
  expect(sent.at(-1)).toBe('Created it.');
  expect(lost).toEqual([]);
});

test('an object has 25 at once and then one in five minutes; others are not held back by it', async () => {
  const { recorder, sent, clock } = given();
  for (let n = 0; n < 40; n++) recorder.record(event(`note ${n}`));
  await clock.pass(0);
  expect(sent).toHaveLength(25);
  recorder.record(event('other', 'uid-2'));
  await clock.pass(0);
  expect(sent).toHaveLength(26);
  await clock.pass(300_000);
  for (let n = 40; n < 50; n++) recorder.record(event(`note ${n}`));
  await clock.pass(0);
  expect(sent).toHaveLength(27);
});

test('one that fails is told of, and is no series', async () => {
  const refused = new ApiError('refused', { status: 403, reason: 'Forbidden' });
  const { recorder, sent, clock, lost } = given(() => Promise.reject(refused));
  recorder.record(event());
  await clock.pass(0);
  recorder.record(event());
  await clock.pass(0);
  expect(sent).toEqual(['Created it.', 'Created it.']);
  expect(lost).toEqual([refused, refused]);
});

test('two are sent at once; what is too many is dropped, and nobody waits', async () => {
  const { recorder, sent, clock, lost } = given(() => new Promise(() => undefined));
  for (let n = 0; n < 5100; n++) recorder.record(event('a', `uid-${n}`));
  await clock.pass(0);
  expect(sent).toHaveLength(2);
  expect(lost).toHaveLength(98);
});

test('of many, 30 are sent at once and then 20 a second; nothing of it is lost', async () => {
  const { recorder, sent, clock, lost } = given();
  for (let n = 0; n < 100; n++) recorder.record(event('a', `uid-${n}`));
  await clock.pass(0);
  expect(sent).toHaveLength(30);
  await clock.pass(1000);
  expect(sent).toHaveLength(50);
  await clock.pass(2500);
  expect(sent).toHaveLength(100);
  await clock.pass(1000);
  for (let n = 100; n < 200; n++) recorder.record(event('a', `uid-${n}`));
  await clock.pass(0);
  expect(sent).toHaveLength(120);
  expect(lost).toEqual([]);
});

test('at the end the pace is not kept', async () => {
  const { recorder, sent, clock } = given();
  for (let n = 0; n < 100; n++) recorder.record(event('a', `uid-${n}`));
  await clock.pass(0);
  await recorder.close(200);
  expect(sent).toHaveLength(100);
  expect(clock.alarms).toBe(0);
});

test('the end waits for what waits, but not for long, and takes nothing more in', async () => {
  const held = Promise.withResolvers<void>();
  const { recorder, sent, clock } = given(() => held.promise);
  for (const note of ['a', 'b', 'c', 'd']) recorder.record(event(note));
  let isClosed = false;
  void recorder.close(200).then(() => (isClosed = true));
  recorder.record(event('late'));
  await clock.pass(100);
  expect(isClosed).toBe(false);
  held.resolve();
  await clock.pass(0);
  expect(isClosed).toBe(true);
  expect(sent).toEqual(['a', 'b', 'c', 'd']);

  const stuck = given(() => new Promise(() => undefined));
  stuck.recorder.record(event());
  const closing = stuck.recorder.close(200);
  await stuck.clock.pass(200);
  await closing;
});

test('no alarm is left after the end', async () => {
  const { recorder, clock } = given();
  recorder.record(event());
  await clock.pass(0);
  recorder.record(event());
  expect(clock.alarms).toBe(1);
  await recorder.close(200);
  expect(clock.alarms).toBe(0);
});
