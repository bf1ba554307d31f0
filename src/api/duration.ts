/**
 * Durations as Kubernetes writes them: `720h`, `1h30m`, `3600s`.
 *
 * @module
 */

import { patterned } from './text.ts';

/** Whole hours, minutes and seconds, in this order. The digits are bounded so that no reader overflows. */
const pattern = /^(?:([0-9]{1,5})h)?(?:([0-9]{1,7})m)?(?:([0-9]{1,8})s)?$/;

/** The schema of a duration. */
export function duration() {
  return patterned(
    { min: 2, max: 20 },
    pattern,
    'whole hours, minutes and seconds in this order, such as 720h, 1h30m or 3600s',
  );
}

/** A duration that {@link duration} accepts, in seconds. */
export function durationSeconds(text: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = pattern.exec(text) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
