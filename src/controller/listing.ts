/**
 * What is known of an account's applications without a call: one list for all of them, and what live answers said since.
 *
 * It decides that nothing is to do, with an application or with its client secrets, and nothing else: whatever is done
 * follows a live read.
 *
 * @module
 */

import { isSame } from '../core/same.ts';
import type { ClientSecret, ListedApplication } from '../core/state.ts';
import { openTurns } from './turns.ts';

/** An application as it was last seen. */
interface Sighting {
  /** `undefined`: we wrote to it, and do not know what came of that. */
  readonly application: ListedApplication | undefined;
  /** As it was before, where that is so: a list that shows it unchanged is no news. */
  readonly before?: ListedApplication | undefined;
  /** Milliseconds by the monotonic clock: a list that was not begun after that may show what was before. */
  readonly until: number;
}

/** The applications of one account, by ID. */
export interface Listing {
  /** Milliseconds; see `Account.consistencyWindow`. */
  readonly consistencyWindow: number;
  /** As it was last seen; `undefined` where only a call can tell. */
  get(id: string): ListedApplication | undefined;
  /** As a live answer proved it less than the consistency window ago: a read may show what was before, or nothing. */
  recent(id: string): ListedApplication | undefined;
  /** Whether a list shows the client secrets of its applications; `undefined` before one showed any application. */
  showsClientSecrets(): boolean | undefined;
  /** Its client secrets as a live look last showed them, where a list does not. */
  seenClientSecrets(id: string): readonly ClientSecret[] | undefined;
  /** Whether no list shows its client secrets, and nobody has looked at them for so long that it is time again. */
  isLookDue(id: string): boolean;
  /** Takes note of what a live answer said, or with `undefined` that the application may be anything by now. */
  note(id: string, application: ListedApplication | undefined): void;
  /**
   * Takes in a list that was begun at `begun`, in milliseconds by the monotonic clock. It says nothing of applications that were
   * noted since, or less than the consistency window before.
   *
   * @returns the names, in lower case, of applications that came, went or changed
   */
  take(applications: readonly ListedApplication[], begun: number): ReadonlySet<string>;
}

/** Knows nothing before the first list. @param consistencyWindow see `Account.consistencyWindow` */
export function openListing(consistencyWindow: number, monotonic: () => number): Listing {
  let sightings = new Map<string, Sighting>();
  let shown: boolean | undefined;
  const looks = openTurns(monotonic);
  return {
    consistencyWindow,
    get: (id) => sightings.get(id)?.application,
    recent: (id) => {
      const { application, until = 0 } = sightings.get(id) ?? {};
      return monotonic() < until ? application : undefined;
    },
    showsClientSecrets: () => shown,
    seenClientSecrets: (id) => looks.last(id),
    isLookDue: (id) => shown === false && looks.isDue(id, sightings.size),
    note: (id, application) => {
      sightings.set(id, { application, before: lastOf(sightings.get(id)), until: monotonic() + consistencyWindow });
      if (application?.clientSecrets) looks.note(id, application.clientSecrets);
    },
    take: (applications, begun) => {
      const before = sightings;
      if (applications.length > 0) shown = applications.some(({ clientSecrets }) => clientSecrets !== undefined);
      sightings = new Map(applications.map((application) => [application.id, { application, until: 0 }]));
      for (const [id, sighting] of before) if (sighting.until >= begun) sightings.set(id, sighting);
      looks.keep(sightings);
      return differing(before, sightings);
    },
  };
}

function lastOf(sighting: Sighting | undefined): ListedApplication | undefined {
  return sighting?.application ?? sighting?.before;
}

type Sightings = ReadonlyMap<string, Sighting>;

function differing(before: Sightings, after: Sightings): ReadonlySet<string> {
  const names = new Set<string>();
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before, after].map((sightings) => lastOf(sightings.get(id)));
    if (!isSame(old, now)) names.add((now ?? old)?.name.toLowerCase() ?? '');
  }
  return names;
}
