/**
 * The account as a whole, by one list for all its users: what changed in it, and which applications under our prefix no
 * resource claims.
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
import { type Listing, openListing } from './listing.ts';
import type { Clocks } from './pass.ts';

/** What one list of the account showed. */
export interface Survey {
  /** When it was begun, in milliseconds since the epoch. */
  readonly time: number;
  readonly unclaimed: NonNullable<OAuthRegistryStatus['unclaimed']>;
  /** Names, in lower case, of applications that came, went or changed since the list before. */
  readonly changed: ReadonlySet<string>;
  /** How many applications there are, whosever. */
  readonly count: number;
  /** What is known of the account since. */
  readonly listing: Listing;
}

/** The lists of one OAuthRegistry: the last one, which may be under way. */
interface Kept {
  readonly accountID: string;
  /** Milliseconds by the monotonic clock. */
  readonly begun: number;
  readonly listing: Listing;
  readonly survey: Promise<Survey>;
}

/** As many names as a status shows. */
const shownNames = 20;

/** When a list was begun that failed: what was noted meanwhile is kept all the same. */
const never = Number.NEGATIVE_INFINITY;

/** Part of the interval after which a list is due: looks come up to a tenth early, so that keys spread. */
const due = 0.9;

/**
 * Remembers the last survey of each OAuthRegistry; there is one list for each interval, however often one looks.
 *
 * Of what is in other than the given namespaces nothing is known, so nothing is said of it.
 */
export function openSurveys(cluster: Cluster, { clock, monotonic }: Clocks, namespaces: readonly string[] | undefined) {
  const kept = new Map<string, Kept>();

  async function take(
    registry: Registry,
    prefix: string | undefined,
    { begun, listing }: Pick<Kept, 'begun' | 'listing'>,
  ) {
    const time = clock();
    const applications = await registry.list();
    const changed = listing.take(applications, begun);
    await turn();
    const listed = applications.map(({ name }) => name);
    const names = namespaces === undefined ? listed : ofNamespaces(listed, prefix, namespaces);
    const unclaimed = unclaimedOf(names, prefix, claimedNames(cluster));
    await turn();
    return { time, listing, changed, count: applications.length, unclaimed };
  }

  return {
    forget: (name: string) => void kept.delete(name),
    /** The last survey, or a new one where that is old; fails as `list` does. */
    of: (registry: Registry, settings: Omit<RegistrySettings, 'endpoints'>): Promise<Survey> => {
      const { name, accountID, applicationNamePrefix, resyncInterval, consistencyWindow } = settings;
      const begun = monotonic();
      const before = kept.get(name);
      const isSame = before?.accountID === accountID;
      if (isSame && begun - before.begun < resyncInterval * 1_000 * due) return before.survey;
      const listing = isSame ? before.listing : openListing(consistencyWindow, monotonic);
      const last = { accountID, begun, listing, survey: take(registry, applicationNamePrefix, { begun, listing }) };
      kept.set(name, last);
      last.survey.catch(() => kept.get(name) === last && kept.set(name, { ...last, begun: never }));
      return last.survey;
    },
  };
}

/** Each part of a survey, and what follows it, takes its time where there are many: others have their turn in between. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
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
