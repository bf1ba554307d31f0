/**
 * What a line of the log looks like, and that no secret value gets into one.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { Sensitive } from '../src/core/sensitive.ts';
import { levels, openLog } from '../src/log.ts';

/** What `work` logged, line by line. */
function logged(level: (typeof levels)[number], work: (log: ReturnType<typeof openLog>) => void) {
  const lines: string[] = [];
  work(openLog(level, { write: (line: string) => void lines.push(line) }));
  return lines;
}

const hidden = 's3cr3t-value';
const sensitive = new Sensitive(hidden);

test('a line is JSON with a level in words, a time, a constant message and fields', () => {
  const [line = ''] = logged('info', (log) => log.info({ application: 'team-a/shop' }, 'reconciled'));
  expect(JSON.parse(line)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    application: 'team-a/shop',
    msg: 'reconciled',
  });
  expect(line).toMatch(/^[^\n]*\n$/);
});

test.each(levels.map((level, index) => [level, levels.slice(index)] as const))('from %s on', (level, expected) => {
  const lines = logged(level, (log) => {
    for (const each of levels) log[each]('said');
  });
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(expected);
});

describe('a secret value does not print', () => {
  const error = new Error('refused', { cause: { sensitive } });
  test.each<[string, object]>([
    ['a field', { sensitive }],
    ['deep in a field', { a: [{ b: { c: sensitive } }] }],
    ['an error', Object.assign(error, { sensitive })],
    ['an error in its field', { err: Object.assign(error, { sensitive }) }],
    ['an object with its own form', { toJSON: () => ({ sensitive }) }],
  ])('as %s', (_where, fields) => {
    const [line = ''] = logged('info', (log) => log.info(fields, 'said'));
    expect(line).toContain('"msg":"said"');
    expect(line).not.toContain(hidden);
  });

  test('in a message', () => {
    const lines = logged('info', (log) => log.info('%s %o %j', sensitive, sensitive, { sensitive }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(hidden);
  });

  test.each<[string, object]>([
    ['value', { value: hidden }],
    ['data', { data: { client_secret: hidden } }],
    ['clientSecret', { clientSecret: hidden }],
    ['secret.value', { secret: { value: hidden } }],
    ['secret.data', { secret: { data: { client_secret: hidden } } }],
    ['known.clientSecret', { known: { clientSecret: hidden } }],
  ])('where somebody took it out and logs it as %s', (_path, fields) => {
    const [line = ''] = logged('info', (log) => log.info(fields, 'said'));
    expect(line).toContain('[Redacted]');
    expect(line).not.toContain(hidden);
  });
});
