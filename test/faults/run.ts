/**
 * One run of a workload: without a fault to learn its calls, or with one, and what was not as it must be.
 *
 * @module
 */

import { endOf } from './oracles/end.ts';
import { leaksIn } from './oracles/leaks.ts';
import { checkRest } from './oracles/rest.ts';
import type { Backend } from './stage/account.ts';
import type { Call, Charge } from './stage/injector.ts';
import type { Effort, Stage } from './stage/scene.ts';
import { type Grounds, VirtualStage } from './stage/stage.ts';
import { isWell } from './workloads/expectations.ts';
import type { Step, Workload } from './workloads/workload.ts';

/** What a run came to. */
export interface Run {
  readonly calls: readonly Call[];
  /** Effective writes, by what they did. */
  readonly counts: ReadonlyMap<string, number>;
  /** Everything there is at the end, without what differs from run to run. */
  readonly end: unknown;
  readonly fired: boolean;
  /** What each step took. */
  readonly efforts: readonly Effort[];
  /** The step that the fault fell into. */
  readonly struck: number | undefined;
  readonly violations: readonly string[];
}

/** Milliseconds of a resync period, at its longest. */
export const resync = 132_000;

/** The next resync may find what a fault has hidden. */
const usualEnd: Ending = { settling: resync, silence: 3 * resync };

/** Runs a workload on a virtual clock; the call of the charge meets its fault. */
export async function run(grounds: Grounds, workload: Workload, backend: Backend, charge?: Charge): Promise<Run> {
  const stage = await VirtualStage.open(grounds, backend);
  try {
    return await play(stage, workload, { charge });
  } finally {
    await stage.close();
  }
}

/** In milliseconds. */
interface Ending {
  readonly settling: number;
  readonly silence: number;
}

/** How a workload is played. */
interface Playing {
  readonly charge?: Charge | undefined;
  /** Called before the part that the fault falls into, and waited for. */
  readonly cue?: () => Promise<unknown>;
  /** What comes after: for so many milliseconds all may still be written, and for so many nothing. */
  readonly end?: Ending;
}

/** Plays a workload on a stage where nothing was played before. */
export async function play(
  stage: Stage,
  { steps, before }: Workload,
  { charge, cue, end = usualEnd }: Playing,
): Promise<Run> {
  const { injector, watchman } = stage;
  await before?.(stage);
  await cue?.();
  await watchman.expectTruth();
  watchman.counts.clear();
  injector.arm(charge);
  const course = await takeAll(steps, stage);
  injector.disarm();
  const counts = new Map(watchman.counts);
  await expectSilence(stage, end);
  await checkRest(stage);
  for (const leak of leaksIn(stage)) watchman.violate('I8', leak);
  const { calls, fired } = injector;
  const { violations } = watchman;
  return { calls, counts, end: await endOf(stage), fired, ...course, violations };
}

/** Returned is what each step took. */
async function takeAll(steps: readonly Step[], stage: Stage): Promise<Pick<Run, 'efforts' | 'struck'>> {
  const efforts: Effort[] = [];
  let struck: number | undefined;
  for (const step of steps) {
    efforts.push(await take(step, stage));
    if (stage.injector.fired) struck ??= efforts.length - 1;
  }
  return { efforts, struck };
}

/** Returned is what it took until what the step is for was so. */
async function take({ does, until = isWell, isFollowed }: Step, stage: Stage): Promise<Effort> {
  await does(stage);
  const took = await stage.rest(
    () => until(stage),
    () => isFollowed?.(stage) ?? true,
  );
  if (took === undefined) stage.watchman.violate('I7', `what was asked for never came: ${said(stage)}`);
  await stage.watchman.expectTruth();
  return took ?? { milliseconds: 0, passes: 0 };
}

/** What the resources say of themselves. */
function said({ view }: Stage): string {
  return JSON.stringify(view.all('applications').map(({ status }) => status));
}

/** Once all has settled nothing is written any more. */
async function expectSilence(stage: Stage, { settling, silence }: Ending): Promise<void> {
  const { counts } = stage.watchman;
  await stage.live(settling);
  counts.clear();
  await stage.live(silence);
  for (const what of counts.keys()) stage.watchman.violate('I7', `at rest: ${what}`);
}
