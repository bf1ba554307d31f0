/**
 * The log of the process: JSON lines on standard output, one per outcome, a constant message, what varies in fields.
 *
 * @module
 */

import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** As pino names them. */
export const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/**
 * A logger from `level` on, to standard output unless told otherwise.
 *
 * Secret values are `Sensitive` and print as `[redacted]` wherever they stand; the paths here are a second net.
 */
export function openLog(level: (typeof levels)[number], destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: ['value', 'data', 'clientSecret', '*.value', '*.data', '*.clientSecret'],
  };
  return pino(options, destination);
}
