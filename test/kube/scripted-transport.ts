/**
 * A transport whose watches and pages are written down beforehand.
 *
 * @module
 */

import { ApiError } from '../../src/kube/error.ts';
import type { KubeObject, WatchEvent } from '../../src/kube/kube.ts';
import type { Page, ReadOptions, Transport } from '../../src/kube/transport.ts';

/** What a watch does: tell an event, fail, or say nothing until it is given up. It ends when nothing is left. */
export type Turn = WatchEvent | Error | 'silence';

type Query = Readonly<Record<string, string>>;

/** Watches and pages are used up one by one; after the last, watches are silent. `asked` has every query. */
export function scriptedTransport(
  watches: readonly (readonly Turn[])[],
  pages: readonly (Page<KubeObject> | Error)[] = [],
) {
  const left = { watches: [...watches], pages: [...pages] };
  const asked: { watch: Query[]; page: Query[] } = { watch: [], page: [] };
  let open = 0;
  const transport: Pick<Transport, 'page' | 'watch'> = {
    async page<T extends KubeObject>(_: string, { query = {} }: ReadOptions = {}) {
      asked.page.push(query);
      const page = left.pages.shift() ?? new Error('the script has no more pages');
      if (page instanceof Error) throw page;
      return page as Page<T>;
    },
    async *watch<T extends KubeObject>(_: string, { query = {}, signal }: ReadOptions = {}) {
      asked.watch.push(query);
      open++;
      try {
        for (const turn of left.watches.shift() ?? (['silence'] as const))
          yield (await played(turn, signal)) as WatchEvent<T>;
      } finally {
        open--;
      }
    },
  };
  return { transport: transport as Transport, asked, open: () => open };
}

async function played(turn: Turn, signal: AbortSignal | undefined): Promise<WatchEvent> {
  if (turn instanceof Error) throw turn;
  if (turn !== 'silence') return turn;
  const givenUp = new ApiError('given up', { status: 0, reason: 'Aborted' });
  if (signal?.aborted) throw givenUp;
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(givenUp));
  });
}
