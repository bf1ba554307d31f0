/**
 * The command line of `npm run bench`.
 *
 * @module
 */

import { parseArgs } from 'node:util';

/** What is measured, in this order. */
export const sectionNames = ['calls', 'throughput', 'latency', 'start', 'failover', 'memory', 'cold-start'] as const;

export type SectionName = (typeof sectionNames)[number];

export interface Options {
  readonly sections: readonly SectionName[];
  /** How many applications are applied at once. */
  readonly applications: number;
  /** How many are applied one after the other. */
  readonly latencies: number;
  /** How many are at rest at a cold start. */
  readonly resources: number;
  /** After how many reconciles memory is looked at for the last time. */
  readonly reconciles: number;
  /** How often each measurement is repeated where the median is told. */
  readonly rounds: number;
  /** Whether machines read the result. */
  readonly json: boolean;
}

/** The command line cannot be understood; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parsed(args);
  return {
    sections:
      positionals.length === 0 ? sectionNames : sectionNames.filter((name) => sectionsIn(positionals).has(name)),
    applications: whole('applications', values.applications),
    latencies: whole('latencies', values.latencies),
    resources: whole('resources', values.resources),
    reconciles: whole('reconciles', values.reconciles),
    rounds: whole('rounds', values.rounds),
    json: values.json,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        applications: { type: 'string', default: '1000' },
        latencies: { type: 'string', default: '200' },
        resources: { type: 'string', default: '10000' },
        reconciles: { type: 'string', default: '30000' },
        rounds: { type: 'string', default: '3' },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function sectionsIn(names: readonly string[]): ReadonlySet<string> {
  const unknown = names.filter((name) => !sectionNames.some((known) => known === name));
  if (unknown.length > 0) throw new UsageError(`there is no section ${unknown.join(', ')}: ${sectionNames.join(', ')}`);
  return new Set(names);
}

function whole(flag: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new UsageError(`--${flag} must be a whole number from 1 on`);
  return number;
}
