/**
 * A start with many resources at rest: they, their Secrets and their applications are there, and nothing is to be done.
 *
 * The controller itself makes them first, so that they are exactly as it leaves them.
 *
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { applicationNames } from '../application.ts';
import type { Calls } from '../audit.ts';
import type { Figures, MeasuredController, Rest } from '../controller.ts';
import type { Options } from '../options.ts';
import type { Usage } from '../process-figures.ts';
import { type Row, target } from '../row.ts';
import type { Site } from '../site.ts';
import { listsIn, readsIn } from '../statements.ts';
import { median } from '../statistics.ts';

/** Milliseconds: what is put off for ten seconds, such as the count of a registry's applications, is counted too. */
const afterwards = 12_000;

/** What one start took. */
interface Start {
  readonly atRest: Rest;
  readonly readySeconds: number;
  readonly usage: Usage;
  readonly figures: Figures;
  readonly calls: Calls;
}

export async function coldStart(site: Site, { resources, rounds }: Options): Promise<readonly Row[]> {
  await makeResources(site, resources);
  const starts: Start[] = [];
  for (let round = 0; round < rounds; round += 1) starts.push(await start(site));
  return rowsOf(starts, resources);
}

/** They stay: to delete them would take as long, and the control plane goes after the last section. */
async function makeResources(site: Site, count: number): Promise<void> {
  // To make many takes longer than the default interval: looks that are spread over it would leave no second of rest.
  await site.setResyncInterval('1h');
  const controller = await site.start();
  const place = await site.place();
  await Promise.all([place.apply(applicationNames(count)), place.until(() => place.ready.size === count)]);
  await settle(controller);
  await site.setResyncInterval(null);
  // What a registry's status says of all applications is looked up at intervals, and at a start.
  await settle(await site.start());
}

async function settle(controller: MeasuredController): Promise<void> {
  await sleep(afterwards);
  await controller.rest();
  await controller.stop();
}

async function start(site: Site): Promise<Start> {
  const mark = await site.mark();
  const controller = site.spawn();
  // The code is loaded by now: until then nobody waits for the event loop.
  await controller.said('starting');
  await controller.fresh();
  const ready = await controller.said('ready');
  const atRest = await controller.rest();
  await sleep(Math.max(0, ready + afterwards - performance.now()));
  const figures = await controller.figures();
  const usage = controller.usage();
  await controller.stop();
  const readySeconds = (ready - controller.began) / 1000;
  return { atRest, readySeconds, usage, figures, calls: await site.callsSince(mark) };
}

function rowsOf(starts: readonly Start[], count: number): readonly Row[] {
  const middle = (figure: (start: Start) => number) => median(starts.map(figure));
  const name = (what: string) => `${what}, ${count} at rest`;
  return [
    {
      what: name('CPU to in-sync'),
      value: middle(({ atRest }) => atRest.cpuSeconds),
      unit: 's',
      ...target(1.5),
    },
    {
      what: name('peak memory'),
      value: middle(({ usage }) => usage.peakMegabytes),
      unit: 'MB',
      ...target(200),
      relative: '135 MB',
    },
    {
      what: name('writes of resources and Secrets'),
      value: middle(({ calls }) => calls.writes),
      unit: '',
      ...target(0),
      relative: '0',
    },
    { what: name('other API-server writes'), value: middle(({ calls }) => calls.others), unit: '', ...target(0) },
    { what: name('API-server reads'), value: middle(({ calls }) => calls.reads), unit: '', ...target(0) },
    {
      what: name('registry lists'),
      value: middle(({ figures }) => listsIn(figures.statements, count)),
      unit: '',
      ...target(1),
    },
    {
      what: name('other registry reads'),
      value: middle(({ figures }) => readsIn(figures.statements)),
      unit: '',
      ...target(0),
      relative: '1 per resource',
    },
    {
      what: name('longest stall'),
      value: middle(({ figures }) => figures.stallMilliseconds),
      unit: 'ms',
      ...target(100),
    },
    { what: name('start → ready'), value: middle(({ readySeconds }) => readySeconds), unit: 's' },
    { what: name('start → in-sync'), value: middle(({ atRest }) => atRest.seconds), unit: 's' },
  ];
}
