/**
 * What each application costs the API server, out of its audit log.
 *
 * @module
 */

import { eventually } from '../../support/eventually.ts';
import { applicationNames } from '../application.ts';
import type { Calls } from '../audit.ts';
import { type Row, target } from '../row.ts';
import type { Place, Site } from '../site.ts';

/** How many applications are counted over. */
const count = 20;

/** Which reach the registry alone, and which the Secret as well. */
const updates = { registry: { displayName: 'Another Name' }, secret: { scopes: ['openid'] } };

export async function calls(site: Site): Promise<readonly Row[]> {
  const passed = new Set<unknown>();
  const onLine = (line: Readonly<Record<string, unknown>>) => passed.add(line['application']);
  const options = { logLevel: 'debug', onLine };
  let controller = await site.start(options);
  const place = await site.place();
  const during = async (act: () => Promise<unknown>): Promise<Calls> => {
    const mark = await site.mark();
    await act();
    await controller.rest();
    return site.callsSince(mark);
  };

  const created = await during(() => create(place));
  const updated = await during(() => place.update(updates.registry));
  const delivered = await during(() => place.update(updates.secret));
  await site.setResyncInterval('10s');
  await controller.rest();
  passed.clear();
  const resynced = await during(() => eventually(() => passed.size >= count, 60_000));
  await site.setResyncInterval(null);
  const restarted = await during(async () => {
    await controller.stop();
    controller = await site.start(options);
  });
  const deleted = await during(() => place.clear());
  await controller.stop();
  return [
    ...rowsOf('create', created, { writes: 3, reads: 1, relative: '3' }),
    ...rowsOf('update', updated, { writes: 1, reads: 0, relative: '1' }),
    ...rowsOf('update of the Secret too', delivered, { writes: 2, reads: 0 }),
    ...rowsOf('resync', resynced, { writes: 0, reads: 0, relative: '0' }),
    ...rowsOf('restart', restarted, { writes: 0, reads: 0, relative: '0' }),
    ...rowsOf('delete', deleted, { writes: 1, relative: '1' }),
  ];
}

async function create(place: Place): Promise<void> {
  await Promise.all([place.apply(applicationNames(count)), place.until(() => place.ready.size === count)]);
}

interface Expected {
  readonly writes: number;
  /** None is set for a deletion, which looks whether it is the whole kind, or the controller, that goes. */
  readonly reads?: number;
  /** Its writes; it reads nothing. */
  readonly relative?: string;
}

/** Per application; Events, of which there is no target, only where some are told. */
function rowsOf(what: string, { writes, reads, events }: Calls, expected: Expected): readonly Row[] {
  const { relative } = expected;
  const unit = '';
  return [
    { what: `${what}: writes`, value: writes / count, unit, ...target(expected.writes), ...(relative && { relative }) },
    {
      what: `${what}: reads`,
      value: reads / count,
      unit,
      ...(expected.reads !== undefined && target(expected.reads)),
      ...(relative && { relative: '0' }),
    },
    ...(events > 0 ? [{ what: `${what}: Events`, value: events / count, unit }] : []),
  ];
}
