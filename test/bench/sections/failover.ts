/**
 * Two replicas with the default lease times: how long nobody leads when the leader is ended, and when it is killed.
 *
 * @module
 */

import type { MeasuredController } from '../controller.ts';
import type { Options } from '../options.ts';
import { type Row, target } from '../row.ts';
import type { Site } from '../site.ts';
import { median } from '../statistics.ts';

/** Seconds: the default of `--lease-duration`, and what may be added to it. */
const [leaseDuration, allowance] = [15, 2];

export async function failover(site: Site, { rounds }: Options): Promise<readonly Row[]> {
  const leader = await replica(site).leading();
  const clean = await handovers(site, leader, 'SIGTERM', rounds);
  const crashed = await handovers(site, clean.leader, 'SIGKILL', rounds);
  await crashed.leader.stop();
  return [
    { what: 'leader ended (SIGTERM) → another ready', value: median(clean.seconds), unit: 's', ...target(0.5) },
    {
      what: 'leader killed (SIGKILL) → another ready',
      value: median(crashed.seconds),
      unit: 's',
      ...target(leaseDuration + allowance),
    },
  ];
}

const flags = ['--leader-elect', '--lease-namespace', 'default', '--lease-name', 'bench'];

/** A replica, and that it has come so far. */
function replica(site: Site) {
  const controller = site.spawn({ flags });
  const having = (message: string) => controller.said(message).then(() => controller);
  return { leading: () => having('ready'), standingBy: () => having('standing by') };
}

/** One after the other: who took over is the next to go. */
async function handovers(site: Site, first: MeasuredController, signal: NodeJS.Signals, rounds: number) {
  let leader = first;
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const standby = await replica(site).standingBy();
    await standby.rest();
    const ended = performance.now();
    const [ready] = await Promise.all([standby.said('ready'), leader.stop(signal)]);
    seconds.push((ready - ended) / 1000);
    leader = standby;
  }
  return { leader, seconds };
}
