/**
 * The account as a whole: which applications under our prefix no resource claims.
 *
 * @module
 */

import { parseRegistrySpec } from '../api/parse.ts';
import type { OAuthRegistryStatus } from '../api/registry.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { effectiveName, type RegistrySettings } from '../core/desired.ts';
import { isDerivedForm, namespaceIn } from '../core/names.ts';
import { type Resource, registryNameOf } from '../core/resource.ts';
import type { Registry } from '../registry/registry.ts';

/** What one list of the account showed, and when, in milliseconds since the epoch. */
export interface Survey {
  readonly time: number;
  readonly unclaimed: NonNullable<OAuthRegistryStatus['unclaimed']>;
}

/** As many names as a status shows. */
const shownNames = 20;

/** Part of the interval after which a list is due: looks come up to a tenth early, so that keys spread. */
const due = 0.9;

/**
 * Remembers the last survey of each OAuthRegistry; there is one list for each interval, however often one looks.
 *
 * Of what is in other than the given namespaces nothing is known, so nothing is said of it.
 */
export function openSurveys(cluster: Cluster, clock: () => number, namespaces: readonly string[] | undefined) {
  const last = new Map<string, Survey>();
  return {
    forget: (name: string) => void last.delete(name),
    /** The last survey, or a new one where that is old; fails as `list` does. */
    of: async (
      registry: Registry,
      { name, applicationNamePrefix, resyncInterval }: Omit<RegistrySettings, 'endpoints'>,
    ): Promise<Survey> => {
      const before = last.get(name);
      if (before !== undefined && clock() - before.time < resyncInterval * 1_000 * due) return before;
      const listed = (await registry.list()).map((application) => application.name);
      const names = namespaces === undefined ? listed : ofNamespaces(listed, applicationNamePrefix, namespaces);
      const unclaimed = unclaimedOf(names, applicationNamePrefix, claimedNames(cluster));
      const survey = { time: clock(), unclaimed };
      last.set(name, survey);
      return survey;
    },
  };
}

function ofNamespaces(names: readonly string[], prefix: string | undefined, namespaces: readonly string[]) {
  const known = new Set<string | undefined>(namespaces);
  return names.filter((name) => known.has(namespaceIn(prefix, name)));
}

/** An application of a resource in any registry of ours is claimed: several may share the account. */
function claimedNames(cluster: Cluster): ReadonlySet<string> {
  const prefixes = new Map(cluster.registries().map(({ name, spec }) => [name, prefixOf(spec)]));
  const nameOf = (resource: Resource) =>
    effectiveName(resource, { applicationNamePrefix: prefixes.get(registryNameOf(resource)) });
  return new Set(cluster.resources().map((resource) => nameOf(resource).toLowerCase()));
}

function prefixOf(spec: unknown): string | undefined {
  const parsed = parseRegistrySpec(spec);
  return parsed.ok ? parsed.value.applicationNamePrefix : undefined;
}

function unclaimedOf(names: readonly string[], prefix: string | undefined, claimed: ReadonlySet<string>) {
  const unclaimed = names.filter((name) => isDerivedForm(prefix, name) && !claimed.has(name.toLowerCase())).toSorted();
  return { count: unclaimed.length, names: unclaimed.slice(0, shownNames) };
}
