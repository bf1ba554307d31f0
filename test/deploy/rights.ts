/**
 * What roles grant and what requests used, in the same words: `verb group/resource`, with the subresource after one more
 * slash; the core group is empty.
 *
 * @module
 */

import type { AuditEvent } from '../support/cluster.ts';
import type { Manifest, PolicyRule } from './manifests.ts';

/** What the bindings among the objects give to a service account. */
export function grantedTo(account: string, manifests: readonly Manifest[]): ReadonlySet<string> {
  const bindings = manifests.filter(({ subjects = [] }) =>
    subjects.some(({ kind, name }) => kind === 'ServiceAccount' && name === account),
  );
  return new Set(bindings.flatMap((binding) => rulesOf(binding, manifests).flatMap(expand)));
}

function rulesOf({ roleRef }: Manifest, manifests: readonly Manifest[]): readonly PolicyRule[] {
  const role = manifests.find(({ kind, metadata }) => kind === roleRef?.kind && metadata.name === roleRef.name);
  if (role?.rules === undefined) throw new Error(`no ${roleRef?.kind} ${roleRef?.name} is among them`);
  return role.rules;
}

function expand({ apiGroups = [], resources = [], nonResourceURLs = [], verbs }: PolicyRule): readonly string[] {
  const kinds = apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`));
  return [...kinds, ...nonResourceURLs].flatMap((what) => verbs.map((verb) => `${verb} ${what}`));
}

/** What a request took. */
export function usedBy({ verb, requestURI, objectRef }: AuditEvent): string {
  if (objectRef === undefined) return `${verb} ${new URL(requestURI, 'https://api').pathname}`;
  const { apiGroup = '', resource, subresource } = objectRef;
  return `${verb} ${[apiGroup, resource, ...(subresource === undefined ? [] : [subresource])].join('/')}`;
}
