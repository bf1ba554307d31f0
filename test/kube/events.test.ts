/** The lines of a watch, however their bytes are cut. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { events } from '../../src/kube/events.ts';
import type { WatchEvent } from '../../src/kube/kube.ts';
import { thing } from './objects.ts';

const sample: WatchEvent[] = [
  { type: 'ADDED', object: thing('a', 1, { colour: 'grün 🟢' }) },
  { type: 'MODIFIED', object: thing('a', 2, { colour: 'line\nbreak' }) },
  { type: 'DELETED', object: thing('a', 3) },
  { type: 'BOOKMARK', object: thing('', 4) },
];
const bytes = new TextEncoder().encode(sample.map((event) => `${JSON.stringify(event)}\n`).join(''));

async function read(...chunks: (Uint8Array | string)[]): Promise<WatchEvent[]> {
  async function* stream() {
    for (const chunk of chunks) yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
  }
  const told: WatchEvent[] = [];
  for await (const event of events(stream(), 'GET /things')) told.push(event);
  return told;
}

test('events are the same however the stream is cut into pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: bytes.length })), async (cuts) => {
      const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const pieces = edges.slice(1).map((end, n) => bytes.slice(edges[n], end));
      expect(await read(...pieces)).toEqual(sample);
    }),
  );
});

test('a stream that comes faster than it is read lets others have their turn', async () => {
  let turns = 0;
  const turn = () => {
    turns += 1;
    if (turns < 100) setImmediate(turn);
  };
  setImmediate(turn);
  await read(...Array.from({ length: 20 }, () => bytes));
  expect(turns).toBeGreaterThanOrEqual(19);
});

test('L3: a stream that ends at any byte tells the events that are whole, and no error', async () => {
  for (let end = 0; end <= bytes.length; end++) {
    const whole = bytes.slice(0, end).filter((byte) => byte === 10).length;
    expect(await read(bytes.slice(0, end))).toEqual(sample.slice(0, whole));
  }
});

describe('L12: managedFields are left out before a line is parsed', () => {
  const fields = { 'f:spec': { '.': {}, 'v:"https://[::1]/]}"': {}, 'k:{"type":"a\\\\"}': {} } };
  const entries = [
    { manager: '"managedFields":[', fieldsV1: fields },
    { manager: '],"name":"b"', fieldsV1: {} },
  ];
  const metadata = { name: 'a', resourceVersion: '1' };
  const repeated = JSON.stringify({ metadata: { managedFields: entries } });

  test.each<[string, object, object]>([
    ['between other fields', { metadata: { managedFields: entries, ...metadata } }, { metadata }],
    ['after them', { metadata: { ...metadata, managedFields: entries }, spec: [] }, { metadata, spec: [] }],
    ['none', { metadata: { ...metadata, managedFields: [] } }, { metadata }],
    ['an array in it', { metadata: { managedFields: [{ manager: [1, [2]] }], ...metadata } }, { metadata }],
    ['no array', { metadata: { managedFields: { a: [1] }, ...metadata } }, { metadata }],
    [
      'in another place alone',
      { metadata, spec: { managedFields: entries } },
      { metadata, spec: { managedFields: entries } },
    ],
    [
      'in another place first',
      { data: { managedFields: entries }, metadata: { ...metadata, managedFields: entries } },
      { data: { managedFields: entries }, metadata },
    ],
    [
      'repeated in a text',
      { metadata: { labels: { repeated }, ...metadata } },
      { metadata: { labels: { repeated }, ...metadata } },
    ],
  ])('%s', async (_, object, expected) => {
    const line = JSON.stringify({ type: 'ADDED', object });
    expect(await read(`${line}\n`)).toEqual([{ type: 'ADDED', object: expected }]);
  });

  test('whatever stands in them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.dictionary(fc.string(), fc.jsonValue())), fc.jsonValue(), async (any, spec) => {
        const object = { metadata: { managedFields: any, ...metadata }, spec };
        const [event] = await read(`${JSON.stringify({ type: 'ADDED', object })}\n`);
        expect(event?.object).toEqual(JSON.parse(JSON.stringify({ metadata, spec })));
      }),
    );
  });

  test('as long as an object may be', async () => {
    const long = { metadata: { managedFields: [{ manager: 'm'.repeat(3_000_000) }], ...metadata } };
    expect(await read(`${JSON.stringify({ type: 'ADDED', object: long })}\n`)).toEqual([
      { type: 'ADDED', object: { metadata } },
    ]);
  });
});

describe('what is no event ends the stream', () => {
  const good = `${JSON.stringify(sample[0])}\n`;

  test.each([
    ['no JSON', '{"type":"ADDED",\n'],
    ['an empty line', '\n'],
    ['null', 'null\n'],
    ['an unknown type', '{"type":"RENAMED","object":{"metadata":{"resourceVersion":"1"}}}\n'],
    ['no object', '{"type":"ADDED"}\n'],
    [
      'managedFields without an end',
      '{"type":"ADDED","object":{"metadata":{"resourceVersion":"1","managedFields":["a\n',
    ],
    ['no version', '{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n'],
  ])('L9: %s', async (_, line) => {
    await expect(read(good, line, good)).rejects.toMatchObject({ status: 0, reason: 'Unreadable' });
  });

  test('L5: an ERROR line, as the error that it tells', async () => {
    const object = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (2)' };
    const line = `${JSON.stringify({ type: 'ERROR', object })}\n`;
    await expect(read(good, line)).rejects.toMatchObject({ status: 410, reason: 'Expired', message: object.message });
  });

  test('L5: an ERROR line that tells nothing', async () => {
    await expect(read('{"type":"ERROR"}\n')).rejects.toMatchObject({ status: 500, reason: 'HTTP500' });
  });
});
