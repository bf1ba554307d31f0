/**
 * Flux judges every state as it is: its own evaluator of health check expressions, and its own kstatus.
 *
 * @module
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { obtainGoProgram } from '../support/go-program.ts';
import { judgedByArgoCD } from './argocd.ts';
import { combinations, type Judged, recordedStates } from './states.ts';

interface Sample {
  readonly spec: { readonly healthCheckExprs: readonly { readonly kind: string }[] };
}

interface Verdict {
  /** By the expressions of `deploy/flux`. */
  readonly expressions: string;
  readonly kstatus: string;
}

let program: string | undefined;

beforeAll(async () => {
  const module = new URL('flux/', import.meta.url);
  program = await obtainGoProgram({ name: 'flux', module, args: ['.'], takes: 'two minutes' });
}, 600_000);

function judgedByFlux(path: string, objects: readonly Judged[]): readonly Verdict[] {
  const { spec }: Sample = parse(readFileSync('deploy/flux/applications.yaml', 'utf8'));
  const requests = objects.map((object) => ({
    object,
    expressions: spec.healthCheckExprs.find(({ kind }) => kind === object.kind),
  }));
  const input = requests.map((request) => JSON.stringify(request)).join('\n');
  const output = execFileSync(path, { input, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  return output
    .trim()
    .split('\n')
    .map((line): Verdict => JSON.parse(line));
}

const verdicts: Readonly<Record<string, readonly [expressions: string, kstatus: string]>> = {
  'an application not looked at yet': ['InProgress', 'InProgress'],
  'an application ready': ['Current', 'Current'],
  'an application edited since': ['InProgress', 'InProgress'],
  'an application suspended': ['InProgress', 'InProgress'],
  'an application with an invalid spec': ['Failed', 'Failed'],
  'an application of a registry that is not there': ['Failed', 'Failed'],
  'an application whose name is taken': ['Failed', 'Failed'],
  'an application whose Secret is taken': ['Failed', 'Failed'],
  'an application whose registry does not answer': ['InProgress', 'InProgress'],
  'an application being deleted': ['InProgress', 'Terminating'],
  'an application that cannot be deleted': ['InProgress', 'Terminating'],
  'a registry ready': ['Current', 'Current'],
  'a registry that does not answer': ['InProgress', 'InProgress'],
  'a registry being deleted while it is used': ['Failed', 'Terminating'],
};

test('every recorded state has its verdict', async ({ skip }) => {
  const states = await recordedStates();
  const judged = judgedByFlux(program ?? skip('there is no Go'), Object.values(states));
  const told = Object.keys(states).map((name, n) => [name, [judged[n]?.expressions, judged[n]?.kstatus]]);
  expect(Object.fromEntries(told)).toEqual(verdicts);
});

test.for(['OAuthApplication', 'OAuthRegistry'] as const)(
  'no combination of an %s is done to one of kstatus, the expressions and Argo CD and failed to another',
  async (kind, { skip }) => {
    const objects = combinations(kind).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const judged = judgedByFlux(program ?? skip('there is no Go'), objects);
    const argoCD = await judgedByArgoCD(objects);
    const disagreements = judged.flatMap(({ expressions, kstatus }, n) => {
      const verdictsOfOne = [expressions, kstatus, argoCD[n]?.status];
      const isDone = verdictsOfOne.some((verdict) => verdict === 'Current' || verdict === 'Healthy');
      const isFailed = verdictsOfOne.some((verdict) => verdict === 'Failed' || verdict === 'Degraded');
      return isDone && isFailed ? [{ verdictsOfOne, object: objects[n] }] : [];
    });
    expect(disagreements).toEqual([]);
  },
);
