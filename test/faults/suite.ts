/**
 * Learns what every workload calls, makes every plan, and runs those that are chosen.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import { firstDifference, judge } from './judge.ts';
import { nameOf, type Plan, plansFor } from './plan.ts';
import { Rounds } from './process/rounds.ts';
import { isDeadly, processWorkloads } from './process/scope.ts';
import { type Run, run } from './run.ts';
import type { Venue } from './stage/account.ts';
import type { Charge } from './stage/injector.ts';
import type { Grounds } from './stage/stage.ts';
import type { Workload } from './workloads/workload.ts';
import { workloads } from './workloads/workloads.ts';

/** A workload on a backend, as it is without a fault. */
export interface Lesson {
  readonly workload: Workload;
  readonly backend: Venue;
  readonly usual: Run;
  readonly plans: readonly Plan[];
  /** Why nothing can be learned: then there is no plan. */
  readonly troubles: readonly string[];
}

/** What a plan came to. */
export interface Verdict {
  readonly plan: Plan;
  readonly fired: boolean;
  readonly seconds: number;
  /** Each as a sentence; none: all is well. */
  readonly troubles: readonly string[];
}

/** Which plans are run. */
export interface Choice {
  readonly backends: readonly Venue[];
  /** Only this one. */
  readonly plan?: string | undefined;
  /** Only workloads with this in their name. */
  readonly workload?: string | undefined;
  /** Only faults with this in their name. */
  readonly fault?: string | undefined;
  /** Whether nothing more is run once something is not as it must be. */
  readonly bail?: boolean;
  /** One of so many parts; which one, the seed says. */
  readonly share: { readonly seed: number; readonly parts: number };
  /** How many run at a time. */
  readonly atOnce: number;
}

export interface Outcome {
  readonly lessons: readonly Lesson[];
  readonly verdicts: readonly Verdict[];
  /** Seconds that each venue took. */
  readonly seconds: readonly (readonly [Venue, number])[];
}

/** Runs a workload; the call of the charge meets its fault. */
type Perform = (workload: Workload, charge?: Charge) => Promise<Run>;

interface Performer {
  readonly perform: Perform;
  close(): Promise<void>;
}

/** Plans over one process at a time: most of what they do is to wait. */
const atOnceInProcess = 200;

/** `tell` is given a line for whoever waits. */
export async function runSuite(grounds: Grounds, choice: Choice, tell: (line: string) => void): Promise<Outcome> {
  const chosen = choice.backends.filter((venue) => choice.plan === undefined || choice.plan.startsWith(`${venue} | `));
  const outcomes: Outcome[] = [];
  for (const venue of chosen) {
    const performer = await performerOf(grounds, venue);
    try {
      outcomes.push(await runVenue(performer.perform, venue, choice, tell));
    } finally {
      await performer.close();
    }
  }
  return {
    lessons: outcomes.flatMap(({ lessons }) => lessons),
    verdicts: outcomes.flatMap(({ verdicts }) => verdicts),
    seconds: outcomes.flatMap(({ seconds }) => seconds),
  };
}

async function runVenue(
  perform: Perform,
  venue: Venue,
  choice: Choice,
  tell: (line: string) => void,
): Promise<Outcome> {
  const began = performance.now();
  const atOnce = venue === 'process' ? atOnceInProcess : choice.atOnce;
  const lessons = await eachOf(workloadsOf(venue, choice), atOnce, (workload) =>
    learn(perform, workload, venue).catch((error: unknown) => {
      throw new Error(`${venue} | ${workload.name} cannot be learned`, { cause: error });
    }),
  );
  for (const { workload, troubles } of lessons)
    for (const trouble of troubles) tell(`${venue} | ${workload.name}: ${trouble}`);
  const tasks = tasksOf(lessons, choice);
  tell(`${venue}: ${lessons.length} workloads learned, ${tasks.length} plans`);
  const isOver = choice.bail === true && lessons.some(({ troubles }) => troubles.length > 0);
  const verdicts = isOver ? [] : await runAll(perform, tasks, { ...choice, atOnce }, tell);
  return { lessons, verdicts, seconds: [[venue, (performance.now() - began) / 1_000]] };
}

async function runAll(
  perform: Perform,
  tasks: readonly Task[],
  { atOnce, bail }: Pick<Choice, 'atOnce' | 'bail'>,
  tell: (line: string) => void,
): Promise<readonly Verdict[]> {
  let done = 0;
  let isOver = false;
  const verdicts = await eachOf(tasks, atOnce, async ({ lesson, plan }) => {
    if (isOver) return undefined;
    const verdict = await runPlan(perform, plan, lesson);
    done += 1;
    if (verdict.troubles.length > 0) tell(told(verdict));
    isOver ||= bail === true && verdict.troubles.length > 0;
    if (done % 200 === 0) tell(`${done} of ${tasks.length} plans`);
    return verdict;
  });
  return verdicts.filter((verdict) => verdict !== undefined);
}

async function performerOf(grounds: Grounds, venue: Venue): Promise<Performer> {
  if (venue !== 'process')
    return { perform: (workload, charge) => run(grounds, workload, venue, charge), close: async () => undefined };
  const rounds = await Rounds.open(grounds);
  return { perform: (workload, charge) => rounds.run(workload, charge), close: () => rounds.close() };
}

/** With a process a share is one of workloads: to learn those of which no plan is run would take longer than the plans. */
function workloadsOf(venue: Venue, choice: Choice): readonly Workload[] {
  if (venue !== 'process') return workloads.filter(({ name }) => isChosen(name, choice));
  return processWorkloads.filter(
    ({ name }, n) => isChosen(name, choice) && (choice.plan !== undefined || isShare(n, choice)),
  );
}

interface Task {
  readonly lesson: Lesson;
  readonly plan: Plan;
}

function tasksOf(lessons: readonly Lesson[], choice: Choice): readonly Task[] {
  const { plan: only, fault = '' } = choice;
  return lessons
    .flatMap((lesson) => lesson.plans.map((plan) => ({ lesson, plan })))
    .filter(({ plan }) => only === undefined || nameOf(plan) === only)
    .filter(({ plan }) => plan.fault.name.includes(fault))
    .filter(({ plan }, n) => only !== undefined || plan.backend === 'process' || isShare(n, choice))
    .toSorted((one, other) => Number(isLast(one)) - Number(isLast(other)));
}

/** Plans that kill a process wait for each other, and for all the others that work with it: they come together. */
function isLast({ plan: { backend, fault } }: Task): boolean {
  return backend === 'process' && isDeadly(fault);
}

function isShare(n: number, { share: { seed, parts } }: Choice): boolean {
  return (n + seed) % parts === 0;
}

/** A failure, with the line that leads to it again. */
function told({ plan, troubles }: Verdict): string {
  return [`npm run test:faults -- --plan "${nameOf(plan)}"`, ...troubles.map((trouble) => `  ${trouble}`)].join('\n');
}

function isChosen(name: string, { workload = '', plan }: Choice): boolean {
  return plan === undefined ? name.includes(workload) : plan.split(' | ')[1] === name;
}

/** Pairs of runs of which one must call the same. */
const pairs = 3;

/**
 * Runs the workload twice: both must call the same, and leave the same behind. Calls that wait for nothing of each other may
 * come in another order. In real time what is done outside may be seen in one pass or in two: then what both call counts.
 *
 * When an interval is over depends on the resource's UID, and a look at the account may fall before that or after it: runs that
 * call differently are made again.
 */
async function learn(perform: Perform, workload: Workload, backend: Venue, left = pairs): Promise<Lesson> {
  const [usual, other] = await Promise.all([perform(workload), perform(workload)]);
  const [calls, others] = [usual, other].map((each) => each.calls.map(({ name }) => name).toSorted());
  const isAlike = isDeepStrictEqual(calls, others) || backend === 'process';
  const isWell = usual.violations.length === 0 && other.violations.length === 0;
  if (!isAlike && isWell && left > 1) return learn(perform, workload, backend, left - 1);
  const troubles = [
    ...usual.violations,
    ...other.violations,
    ...(isAlike ? [] : [`two runs call differently: ${firstDifference(calls, others)}`]),
    ...(isDeepStrictEqual(usual.end, other.end)
      ? []
      : [`two runs end differently: ${firstDifference(usual.end, other.end)}`]),
  ];
  const common = usual.calls.filter(({ name }) => others?.includes(name));
  const plans = troubles.length > 0 ? [] : plansFor(workload, backend, common);
  return { workload, backend, usual, plans, troubles };
}

/** How often a plan is run at most until its fault fires: in real time a call may be missing. */
const attempts: Readonly<Record<Venue, number>> = { store: 1, ims: 1, process: 3 };

async function runPlan(perform: Perform, plan: Plan, { usual }: Lesson): Promise<Verdict> {
  const { backend, workload, call, fault } = plan;
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  try {
    const earlier: string[] = [];
    let found = await perform(workload, { call, fault });
    for (let left = attempts[backend] - 1; left > 0 && !found.fired; left--) {
      earlier.push(...found.violations);
      found = await perform(workload, { call, fault });
    }
    return { plan, fired: found.fired, troubles: [...earlier, ...judge(found, usual, plan)], seconds: seconds() };
  } catch (error) {
    const trouble = `it could not be carried out: ${error instanceof Error ? error.stack : String(error)}`;
    return { plan, fired: false, troubles: [trouble], seconds: seconds() };
  }
}

/** Does `work` for each, so many at a time. */
async function eachOf<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const worker = async () => {
    for (const [n, item] of left) results[n] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
