/**
 * A start with next to nothing to do, as a pod starts: how soon it is ready, and what it holds when it idles.
 *
 * @module
 */

import type { Options } from '../options.ts';
import { preparePod } from '../pod.ts';
import { type Row, target } from '../row.ts';
import type { Site } from '../site.ts';
import { median } from '../statistics.ts';

/** For each round: it takes two seconds. */
const repeats = 3;

export async function start(site: Site, { rounds }: Options): Promise<readonly Row[]> {
  const startInPod = await preparePod(site);
  const ready: number[] = [];
  const idle: number[] = [];
  for (let round = 0; round < rounds * repeats; round += 1) {
    const controller = startInPod?.() ?? site.spawn();
    ready.push(((await controller.said('ready')) - controller.began) / 1000);
    await controller.rest();
    idle.push(controller.usage().residentMegabytes);
    await controller.stop();
  }
  // client-node, which reads kubeconfigs, takes half a second and 60 MB.
  const how = startInPod ? 'in a pod' : 'with a kubeconfig';
  return [
    { what: `start → ready, ${how}`, value: median(ready), unit: 's', ...target(0.3) },
    { what: `memory when idle, ${how}`, value: median(idle), unit: 'MB', ...target(100), relative: '36 MB' },
  ];
}
