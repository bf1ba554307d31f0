/**
 * A start with next to nothing to do: how soon it is ready, and what it holds when it idles.
 *
 * @module
 */

import type { Options } from '../options.ts';
import { type Row, target } from '../row.ts';
import type { Site } from '../site.ts';
import { median } from '../statistics.ts';

/** For each round: it takes two seconds. */
const repeats = 3;

export async function start(site: Site, { rounds }: Options): Promise<readonly Row[]> {
  const ready: number[] = [];
  const idle: number[] = [];
  for (let round = 0; round < rounds * repeats; round += 1) {
    const controller = site.spawn({ observed: false, flags: ['--leader-elect'] });
    ready.push(((await controller.said('ready')) - controller.began) / 1000);
    await controller.rest();
    idle.push(controller.usage().residentMegabytes);
    await controller.stop();
  }
  return [
    { what: 'start → ready', value: median(ready), unit: 's', ...target(0.3) },
    { what: 'memory when idle', value: median(idle), unit: 'MB', ...target(100), relative: '36 MB' },
  ];
}
