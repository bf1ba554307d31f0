/**
 * Argo CD says of every state what it is.
 *
 * @module
 */

import { beforeAll, describe, expect, test } from 'vitest';
import { judgedByArgoCD } from './argocd.ts';
import { combinations, type Judged, recordedStates } from './states.ts';

let states: Readonly<Record<string, Judged>>;

beforeAll(async () => {
  states = await recordedStates();
});

const verdicts = {
  'an application not looked at yet': ['Progressing', 'Waiting for ramify'],
  'an application ready': ['Healthy', 'the application is registered and its Secret holds the credentials'],
  'an application edited since': ['Progressing', 'Waiting for ramify'],
  'an application suspended': ['Suspended', /^spec\.suspend is true/],
  'an application with an invalid spec': ['Degraded', /redirectURIs/],
  'an application of a registry that is not there': ['Degraded', 'there is no OAuthRegistry default'],
  'an application whose name is taken': ['Degraded', /the account has an application/],
  'an application whose Secret is taken': ['Degraded', /exists and is not this resource's/],
  'an application whose registry does not answer': ['Progressing', /no answer/],
  'an application being deleted': ['Progressing', /./],
  'an application that cannot be deleted': ['Degraded', /no answer/],
  'a registry ready': ['Healthy', 'the registry answers'],
  'a registry that does not answer': ['Degraded', /no answer/],
  'a registry being deleted while it is used': ['Degraded', /is used by 1 OAuthApplications: team-a\/shop/],
} as const;

describe('as recorded', () => {
  test('there is a verdict on every state', () => {
    expect(Object.keys(states)).toEqual(Object.keys(verdicts));
  });

  test.each(Object.entries(verdicts))('%s', async (name, [status, message]) => {
    const told = typeof message === 'string' ? message : expect.stringMatching(message);
    expect(await judgedByArgoCD([states[name] as Judged])).toEqual([{ status, message: told }]);
  });

  test('an object without a status is waited for', async () => {
    const { status: _, ...bare } = states['an application ready'] as Judged;
    expect(await judgedByArgoCD([bare])).toMatchObject([{ status: 'Progressing' }]);
  });
});

/** kstatus's rule for kinds that it does not know: what Flux and kpt wait by. */
function kstatus({ metadata, status = {} }: Judged): string {
  const is = (type: string, value: string) =>
    status.conditions?.some((each) => each.type === type && each.status === value) ?? false;
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (status.observedGeneration !== undefined && status.observedGeneration !== metadata.generation) return 'InProgress';
  if (is('Reconciling', 'True')) return 'InProgress';
  if (is('Stalled', 'True')) return 'Failed';
  return is('Ready', 'False') || is('Ready', 'Unknown') ? 'InProgress' : 'Current';
}

describe.each(['OAuthApplication', 'OAuthRegistry'] as const)('every combination of an %s', (kind) => {
  test('is done to Argo CD only if it is to kstatus and the other way round, and has a word for a person', async () => {
    const objects = combinations(kind);
    const health = await judgedByArgoCD(objects);
    expect(health.filter(({ message }) => message === '')).toEqual([]);
    const disagreements = health.flatMap(({ status }, index) => {
      const object = objects[index] as Judged;
      const isDone = kstatus(object) === 'Current' && !isUnsaid(object);
      return isDone === (status === 'Healthy') || (isDone && status === 'Suspended') ? [] : [{ status, object }];
    });
    expect(disagreements).toEqual([]);
  });
});

/** What kstatus takes for done because nobody said otherwise; our resources never rest like that. */
function isUnsaid({ status: { observedGeneration, conditions = [] } = {} }: Judged): boolean {
  return observedGeneration === undefined || !conditions.some(({ type }) => type === 'Ready');
}
