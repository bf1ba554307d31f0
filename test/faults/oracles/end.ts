/**
 * What a run leaves behind, without what differs from run to run: two runs of a workload must leave the same.
 *
 * @module
 */

import { type SecretObject, values } from '../../support/tenant.ts';
import type { Stage } from '../stage/scene.ts';

/** Fields that are different each time, or tell which way was taken and not what came of it. */
const apart = new Set([
  'uid',
  'managedFields',
  'resourceVersion',
  'generation',
  'observedGeneration',
  'creationTimestamp',
  'lastOperation',
  'ramify.dev/operation',
  'ramify.dev/content-digest',
  'fingerprint',
  'createTime',
  'lastListTime',
]);

/** Texts of a form that is made up anew each time. */
const forms: readonly (readonly [RegExp, string])[] = [
  [/f-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'NAMESPACE'],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID'],
  [/\b4\d{18}\b/g, 'APPLICATION'],
  [/\b\d{16}\b/g, 'ACCOUNT'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\b[A-Za-z0-9_-]{43,64}\b/g, 'VALUE'],
];

/** Everything in the namespace and in the account. */
export async function endOf({ view, account }: Stage): Promise<unknown> {
  const secrets = (view.all('secrets') as readonly unknown[] as readonly SecretObject[]).map((secret) => ({
    ...secret,
    data: values(secret),
  }));
  const held = await account.store.list();
  const applications = view.all('applications');
  return masked({ applications, secrets, held: held.toSorted((a, b) => (a.name < b.name ? -1 : 1)) });
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return forms.reduce((text, [form, name]) => text.replace(form, name), value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !apart.has(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, masked(inner)]));
}
