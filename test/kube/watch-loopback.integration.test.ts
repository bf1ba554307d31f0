/** Watches against a server on the loopback. */

import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { thing } from './objects.ts';
import { json, refused, scriptedServer, transportTo } from './scripted-server.ts';

const good = json(200, thing('a', 1));

describe('watches', () => {
  const line = (version: number) => `${JSON.stringify({ type: 'ADDED', object: thing('a', version) })}\n`;

  test('tell events as they come and end with the stream', async () => {
    const { url, seen } = await scriptedServer((response) => {
      response.write(line(1));
      response.end(line(2));
    });
    const told: string[] = [];
    const options = { query: { resourceVersion: '0' }, onOpen: () => void told.push('open') };
    for await (const { object } of transportTo(url).watch('/t', options)) told.push(object.metadata.resourceVersion);
    expect(told).toEqual(['open', '1', '2']);
    expect(seen[0]?.url).toBe('/t?resourceVersion=0&watch=true');
  });

  test.each<[string, (response: ServerResponse) => unknown, object]>([
    ['a break', (response) => response.write(line(1), () => response.destroy()), { status: 0, reason: 'Unreachable' }],
    ['L6: silence', (response) => response.write(line(1)), { status: 0, reason: 'Timeout' }],
    ['L9: a malformed line', (response) => response.write(`${line(1)}{"type"\n`), { status: 0, reason: 'Unreadable' }],
  ])('%s after an event is an error, and leaves no connection', async (_, answer, error) => {
    const { url, open } = await scriptedServer((response) => void answer(response));
    const watch = transportTo(url, { silence: 300 }).watch('/t')[Symbol.asyncIterator]();
    expect(await watch.next()).toMatchObject({ value: { type: 'ADDED' } });
    await expect(watch.next()).rejects.toMatchObject(error);
    await eventually(async () => (await open()) === 0);
  });

  test('L4: a version that is gone is told with the status, before the stream and within it', async () => {
    const { url } = await scriptedServer(refused(410, 'Expired'));
    await expect(transportTo(url).watch('/t')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      status: 410,
      reason: 'Expired',
    });
  });

  test.each(['before the answer', 'within the stream'])(
    'L11: abort %s ends it and leaves no connection',
    async (when) => {
      const { url, seen, open } = await scriptedServer((response) => {
        if (when === 'within the stream') response.write(line(1));
      });
      const caller = new AbortController();
      const watch = transportTo(url).watch('/t', { signal: caller.signal })[Symbol.asyncIterator]();
      if (when === 'within the stream') await watch.next();
      const next = expect(watch.next()).rejects.toMatchObject({ status: 0, reason: 'Aborted' });
      await eventually(() => seen.length === 1);
      caller.abort();
      await next;
      await eventually(async () => (await open()) === 0);
    },
  );

  test('who stops listening leaves no connection', async () => {
    const { url, open } = await scriptedServer((response) => void response.write(line(1)));
    for await (const { type } of transportTo(url).watch('/t')) {
      expect(type).toBe('ADDED');
      break;
    }
    await eventually(async () => (await open()) === 0);
  });

  test('many watches keep no call waiting', async () => {
    const { url } = await scriptedServer((response, seen) => {
      if (seen.url.includes('watch=true')) response.write(line(1));
      else good(response, seen);
    });
    const transport = transportTo(url);
    const watches = Array.from({ length: 40 }, () => transport.watch('/t')[Symbol.asyncIterator]());
    await Promise.all(watches.map((watch) => watch.next()));
    expect(await transport.get('/t/a')).toBeDefined();
  });
});
