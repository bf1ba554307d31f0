/**
 * Learns what every workload calls, makes every plan, and runs those that are chosen.
 *
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import { firstDifference, judge } from './judge.ts';
import { nameOf, type Plan, plansFor } from './plan.ts';
import { type Run, run } from './run.ts';
import type { Backend } from './stage/account.ts';
import type { Grounds } from './stage/stage.ts';
import type { Workload } from './workloads/workload.ts';
import { workloads } from './workloads/workloads.ts';

/** A workload on a backend, as it is without a fault. */
export interface Lesson {
  readonly workload: Workload;
  readonly backend: Backend;
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
  readonly backends: readonly Backend[];
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
}

/** `tell` is given a line for whoever waits. */
export async function runSuite(grounds: Grounds, choice: Choice, tell: (line: string) => void): Promise<Outcome> {
  const chosen = workloads.filter(({ name }) => isChosen(name, choice));
  const asked = choice.plan?.split(' | ')[0];
  const courses = choice.backends
    .filter((backend) => asked === undefined || asked === backend)
    .flatMap((backend) => chosen.map((workload) => ({ backend, workload })));
  const lessons = await eachOf(courses, choice.atOnce, ({ backend, workload }) =>
    learn(grounds, workload, backend).catch((error: unknown) => {
      throw new Error(`${backend} | ${workload.name} cannot be learned`, { cause: error });
    }),
  );
  for (const { workload, backend, troubles } of lessons)
    for (const trouble of troubles) tell(`${backend} | ${workload.name}: ${trouble}`);
  const { seed, parts } = choice.share;
  const tasks = lessons
    .flatMap((lesson) => lesson.plans.map((plan) => ({ lesson, plan })))
    .filter(({ plan }) => choice.plan === undefined || nameOf(plan) === choice.plan)
    .filter(({ plan }) => plan.fault.name.includes(choice.fault ?? ''))
    .filter((_, n) => choice.plan !== undefined || (n + seed) % parts === 0);
  tell(`${lessons.length} workloads learned, ${tasks.length} plans`);
  let done = 0;
  let isOver = choice.bail === true && lessons.some(({ troubles }) => troubles.length > 0);
  const verdicts = await eachOf(tasks, choice.atOnce, async ({ lesson, plan }) => {
    if (isOver) return undefined;
    const verdict = await runPlan(grounds, plan, lesson);
    done += 1;
    if (verdict.troubles.length > 0) tell(told(verdict));
    isOver ||= choice.bail === true && verdict.troubles.length > 0;
    if (done % 200 === 0) tell(`${done} of ${tasks.length} plans`);
    return verdict;
  });
  return { lessons, verdicts: verdicts.filter((verdict) => verdict !== undefined) };
}

/** A failure, with the line that leads to it again. */
function told({ plan, troubles }: Verdict): string {
  return [`npm run test:faults -- --plan "${nameOf(plan)}"`, ...troubles.map((trouble) => `  ${trouble}`)].join('\n');
}

function isChosen(name: string, { workload = '', plan }: Choice): boolean {
  return plan === undefined ? name.includes(workload) : plan.split(' | ')[1] === name;
}

/**
 * Runs the workload twice: both must call the same, and leave the same behind. Calls that wait for nothing of each other may
 * come in another order.
 */
async function learn(grounds: Grounds, workload: Workload, backend: Backend): Promise<Lesson> {
  const [usual, other] = [await run(grounds, workload, backend), await run(grounds, workload, backend)];
  const [calls, others] = [usual, other].map((each) => each.calls.map(({ name }) => name).toSorted());
  const troubles = [
    ...usual.violations,
    ...(isDeepStrictEqual(calls, others) ? [] : [`two runs call differently: ${firstDifference(calls, others)}`]),
    ...(isDeepStrictEqual(usual.end, other.end)
      ? []
      : [`two runs end differently: ${firstDifference(usual.end, other.end)}`]),
  ];
  const plans = troubles.length > 0 ? [] : plansFor(workload, backend, usual.calls);
  return { workload, backend, usual, plans, troubles };
}

async function runPlan(grounds: Grounds, plan: Plan, { usual }: Lesson): Promise<Verdict> {
  const { workload, backend, call, fault } = plan;
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  try {
    const found = await run(grounds, workload, backend, { call, fault });
    return { plan, fired: found.fired, troubles: judge(found, usual, plan), seconds: seconds() };
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
