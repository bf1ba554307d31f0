/**
 * Durations as Kubernetes writes them: `720h`, `1h30m`, `3600s`.
 *
 * @module
 */

import { celString, ruled } from './rule.ts';
import { patterned } from './text.ts';

/** Whole hours, minutes and seconds, in this order. The digits are bounded so that no reader overflows. */
const pattern = /^(?:([0-9]{1,5})h)?(?:([0-9]{1,7})m)?(?:([0-9]{1,8})s)?$/;

/** Both ends belong to the range; written as durations. */
interface Range {
  readonly least: string;
  readonly most: string;
}

/** The schema of a duration within a range. */
export function duration({ least, most }: Range) {
  const written = patterned(
    { min: 2, max: 20 },
    pattern,
    'whole hours, minutes and seconds in this order, such as 720h, 1h30m or 3600s',
  );
  return ruled(written, [
    {
      rule: `!${isDurationCEL('self')} || (duration(self) >= duration('${least}') && duration(self) <= duration('${most}'))`,
      check: (self) => !isDuration(self) || isWithin(durationSeconds(self), { least, most }),
      message: `must be ${least} to ${most}`,
    },
  ]);
}

function isWithin(seconds: number, { least, most }: Range): boolean {
  return seconds >= durationSeconds(least) && seconds <= durationSeconds(most);
}

/** Whether a rule may calculate with `text`. */
export function isDuration(text: string): boolean {
  return pattern.test(text) && text !== '';
}

/** The same in CEL, for the string at `path`. */
export function isDurationCEL(path: string): string {
  return `(${path}.matches(${celString(pattern)}) && ${path} != '')`;
}

/** A duration that {@link duration} accepts, in seconds. */
export function durationSeconds(text: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = pattern.exec(text) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
