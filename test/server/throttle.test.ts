/**
 * Calls pass as fast as they may.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { throttle } from '../../src/server/throttle.ts';
import { called, now, signed } from './requests.ts';
import { served } from './served.ts';

describe('two calls a second', () => {
  test.each([
    { at: [0, 0, 0], passed: [true, true, false] },
    { at: [0, 0, 499, 500, 500], passed: [true, true, false, true, false] },
    { at: [0, 500, 1_000, 1_500], passed: [true, true, true, true] },
    { at: [0, 0, 60_000, 60_000, 60_000], passed: [true, true, true, true, false] },
    { at: [0, 0, -60_000, -59_500], passed: [true, true, false, true] },
  ])('at $at', ({ at, passed }) => {
    let time = 0;
    const take = throttle(2, () => time);
    const tried = at.map((moment) => {
      time = moment;
      try {
        take();
        return true;
      } catch {
        return false;
      }
    });
    expect(tried).toEqual(passed);
  });

  test('less than one a second is possible', () => {
    let time = 0;
    const take = throttle(0.1, () => time);
    take();
    time = 9_999;
    expect(take).toThrow();
    time = 10_000;
    take();
  });
});

test('who is too fast is told when to come again', async () => {
  const { ask } = await served({ behaviour: { callsPerSecond: 4 } });
  for (let call = 0; call < 4; call++) expect((await ask('ListApplications')).status).toBe(200);
  expect(await ask('ListApplications')).toMatchObject({
    status: 400,
    headers: { 'x-acs-retry-after': '250' },
    body: { Code: 'Throttling.User', Message: 'Request was denied due to user flow control.' },
  });
});

test('strangers use nothing up', async () => {
  const { server, ask } = await served({ behaviour: { callsPerSecond: 1 }, clock: () => now });
  await server.handle(signed({ headers: { 'x-acs-action': 'ListApplications' }, secret: 'other' }));
  await server.handle({ ...called('ListApplications'), target: '/?x' });
  expect((await ask('ListApplications')).status).toBe(200);
});
