/**
 * What a pass came to, and what is told of it.
 *
 * @module
 */

import type { OAuthApplicationStatus } from '../api/application.ts';
import type { Reason } from '../api/conditions.ts';
import type { RegistrySettings } from './desired.ts';
import type { Held } from './guards.ts';
import type { Observed } from './observed.ts';
import type { Refusal } from './policy.ts';
import type { Desired } from './state.ts';

/** What ended a pass early. */
export interface Failure extends Refusal {
  /** Seconds to wait before it is tried again, where they are known; such a failure is no stall. */
  readonly afterSeconds?: number | undefined;
  /** The registry's name for the request that failed. */
  readonly requestID?: string | undefined;
}

/** All that a pass learned about a valid, allowed resource. */
export interface Pass {
  readonly desired: Desired;
  readonly registry: RegistrySettings;
  /** What is known after the last action. */
  readonly known: Observed;
  readonly held: readonly Held[];
  readonly failure: Failure | undefined;
  /** Whether planning again finds nothing but drift that is left alone: only then is an open intent closed. */
  readonly settled: boolean;
}

/** Something worth telling a person once; `action` is what was done or tried. */
export interface Event {
  readonly type: 'Normal' | 'Warning';
  readonly reason: Reason;
  readonly action: string;
  readonly note: string;
}

/**
 * When a key is looked at again. `rest`: not before something changes. `terminal`: nor then, unless what changes is what
 * it failed for: the resource itself, or the rules that it is under.
 */
export type Next =
  | { readonly kind: 'after'; readonly seconds: number }
  | { readonly kind: 'backoff' }
  | { readonly kind: 'rest' }
  | { readonly kind: 'terminal' };

export interface Report {
  readonly status: OAuthApplicationStatus;
  readonly events: readonly Event[];
  readonly next: Next;
}
