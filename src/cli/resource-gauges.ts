/**
 * What the status of each of our resources says, as gauges.
 *
 * Of a tenant's text only namespace and name become labels; the rest is from closed lists, and what somebody else wrote
 * into a status is left out.
 *
 * @module
 */

import { passingConditions, standingConditions } from '../api/conditions.ts';
import type { Caches } from '../cluster/kubernetes.ts';
import { fieldAt, textAt } from '../core/resource.ts';
import { fromTimestamp } from '../core/time.ts';
import type { ObjectGauge, Sample } from '../kube/exposition.ts';
import type { KubeObject } from '../kube/kube.ts';

const conditionTypes: readonly string[] = [...standingConditions, ...passingConditions];
const conditionStatuses: readonly string[] = ['True', 'False', 'Unknown'];

/** The gauges over what the caches hold. `clock`: milliseconds since the epoch. */
export function resourceGauges(
  { applications, registries }: Pick<Caches, 'applications' | 'registries'>,
  clock: () => number,
): readonly ObjectGauge[] {
  return [
    {
      name: 'ramify_oauthapplication_condition',
      help: 'The conditions of each OAuthApplication: 1 for the status that a condition has; others have no series.',
      objects: () => applications.list(),
      samples: (object) => conditionsOf(object).map((labels) => sample({ ...nameOf(object), ...labels }, 1)),
    },
    {
      name: 'ramify_oauthregistry_condition',
      help: 'The conditions of each OAuthRegistry, likewise.',
      objects: () => registries.list(),
      samples: (object) => conditionsOf(object).map((labels) => sample({ name: object.metadata.name, ...labels }, 1)),
    },
    {
      name: 'ramify_client_secret_age_seconds',
      help: 'The age of the client secret that the Secret of an OAuthApplication holds.',
      objects: () => applications.list(),
      samples: (object) =>
        currentSince(object).map((time) => sample(nameOf(object), Math.max(0, Math.round((clock() - time) / 1000)))),
    },
  ];
}

function sample(labels: Sample['labels'], value: number): Sample {
  return { labels, value };
}

function nameOf({ metadata: { namespace = '', name } }: KubeObject) {
  return { namespace, name };
}

/** The reason that the resource's `Ready` bears. */
export function readyReasonOf({ status }: KubeObject): string | undefined {
  const ready = listAt(status, 'conditions').find((condition) => textAt(condition, 'type') === 'Ready');
  return textAt(ready, 'reason');
}

function conditionsOf({ status }: KubeObject): readonly { readonly type: string; readonly status: string }[] {
  return listAt(status, 'conditions').flatMap((condition) => {
    const [type = '', value = ''] = [textAt(condition, 'type'), textAt(condition, 'status')];
    return conditionTypes.includes(type) && conditionStatuses.includes(value) ? [{ type, status: value }] : [];
  });
}

/** When the current client secret was issued, if there is one; milliseconds since the epoch. */
function currentSince({ status }: KubeObject): readonly number[] {
  const current = listAt(status, 'clientSecrets').find((secret) => textAt(secret, 'role') === 'Current');
  const time = fromTimestamp(textAt(current, 'createTime'));
  return time === undefined ? [] : [time];
}

function listAt(object: unknown, field: string): readonly unknown[] {
  const list = fieldAt(object, field);
  return Array.isArray(list) ? list : [];
}
