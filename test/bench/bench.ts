/**
 * `npm run bench`: what ramify costs and how fast it is, on a real API server, each figure beside what is possible.
 *
 * @module
 */

import { cpus, totalmem } from 'node:os';
import { basename } from 'node:path';
import { program } from './controller.ts';
import { type Options, readOptions, type SectionName, UsageError } from './options.ts';
import { isMet, type Row, ratioOf } from './row.ts';
import { calls } from './sections/calls.ts';
import { coldStart } from './sections/cold-start.ts';
import { failover } from './sections/failover.ts';
import { latency } from './sections/latency.ts';
import { memory } from './sections/memory.ts';
import { start } from './sections/start.ts';
import { throughput } from './sections/throughput.ts';
import { openSite, type Site } from './site.ts';
import { type Section, tableOf } from './table.ts';

type Measure = (site: Site, options: Options) => Promise<readonly Row[]>;

const measures: Readonly<Record<SectionName, Measure>> = {
  calls,
  throughput,
  latency,
  start,
  failover,
  memory,
  'cold-start': coldStart,
};

const began = performance.now();

/** A line for whoever waits; the result alone goes to standard output. */
function progress(text: string): void {
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
}

async function measure(site: Site, options: Options): Promise<readonly Section[]> {
  const sections: Section[] = [];
  for (const name of options.sections) {
    progress(name);
    sections.push({ name, rows: await measures[name](site, options) });
  }
  return sections;
}

function machine() {
  const [processor] = cpus();
  const installed = `${(totalmem() / 1e9).toFixed(0)} GB`;
  const { version: node } = process;
  return { processors: cpus().length, processor: processor?.model ?? 'unknown', memory: installed, node };
}

function printed(sections: readonly Section[], { launch }: Site, { json }: Options): string {
  const measured = { ...machine(), program: `${basename(program)} ${launch.name}` };
  if (!json) return `${Object.values(measured).join(', ')}\n\n${tableOf(sections)}`;
  const judged = sections.map(({ name, rows }) => ({
    name,
    rows: rows.map((row) => ({ ...row, ratio: ratioOf(row), isMet: isMet(row) })),
  }));
  return JSON.stringify({ measured, sections: judged }, undefined, 2);
}

try {
  const options = readOptions(process.argv.slice(2));
  progress(`starting a control plane; ${basename(program)} is measured`);
  const site = await openSite();
  try {
    process.stdout.write(`${printed(await measure(site, options), site, options)}\n`);
  } finally {
    await site.close();
  }
} catch (error) {
  const text = error instanceof Error && !(error instanceof UsageError) ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  // Whatever was started ends with this process, and would keep it alive.
  process.exit(2);
}
