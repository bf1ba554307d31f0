/**
 * The events of a watch, from the bytes of its stream.
 *
 * @module
 */

import { type Asked, statusError, unreadable } from './answer.ts';
import type { Status } from './error.ts';
import { parseObject } from './json.ts';
import type { KubeObject, WatchEvent } from './kube.ts';
import { trim } from './trim.ts';

/**
 * One event per line, its object trimmed. A line that cannot be read ends the stream with an error: to skip it would lose
 * what it says. What is left at the end without a line break was cut off by a break and comes again after a resume.
 */
export async function* events<T extends KubeObject>(
  chunks: AsyncIterable<Uint8Array>,
  asked: Asked,
): AsyncGenerator<WatchEvent<T>> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield eventOf<T>(line, asked);
    // A long list is here faster than it is read: others have their turn.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** What a line should be. */
interface Line {
  readonly type?: string;
  readonly object?: Status & {
    readonly metadata?: { readonly resourceVersion?: string; readonly managedFields?: unknown };
  };
}

const types = new Set<string | undefined>(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'] satisfies WatchEvent['type'][]);

function eventOf<T extends KubeObject>(line: string, asked: Asked): WatchEvent<T> {
  const event = parse<T>(line);
  if (event.type === 'ERROR') throw statusError(event.object ?? {});
  if (!isEvent<T>(event)) throw unreadable(asked);
  return { type: event.type, object: trim(event.object) };
}

/** There is no array in it: the first bracket that stands in no text ends it. */
const managedFields = /"managedFields":\[[^\]"]*(?:"(?:[^"\\]|\\.)*"[^\]"]*)*\]/;

/**
 * The value of a line. `managedFields` are nearly half of most, and nobody here asks for them: to find their end is quicker
 * than to parse them.
 */
function parse<T extends KubeObject>(line: string): Line | WatchEvent<T> {
  const short = line.replace(managedFields, '"managedFields":0');
  const event: Line = parseObject(short) ?? {};
  // Something else may bear that name, or hold what it should not.
  const isWhole = short === line || event.object?.metadata?.managedFields === 0;
  return isWhole ? event : (parseObject(line) ?? {});
}

function isEvent<T extends KubeObject>(event: Line | WatchEvent<T>): event is WatchEvent<T> {
  return types.has(event.type) && typeof event.object?.metadata?.resourceVersion === 'string';
}
