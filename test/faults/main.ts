/**
 * `npm run test:faults`: every call of every workload meets every fault that applies to it, on a real API server.
 *
 * It fails where anything was violated, and where a fault did not fire.
 *
 * @module
 */

import { inspect } from 'node:util';
import { clusterBy } from '../controlplane/access.ts';
import { startControlPlane } from '../controlplane/controlplane.ts';
import { ownCRDs } from '../controlplane/crds.ts';
import { openGrounds } from './grounds.ts';
import { type Options, readOptions, UsageError } from './options.ts';
import { runSuite } from './suite.ts';
import { dataOf, isWell, tableOf } from './table.ts';

const began = performance.now();

/** A line for whoever waits; the result alone goes to standard output. */
function progress(text: string): void {
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
}

async function main(options: Options): Promise<void> {
  const { seed, parts } = options.share;
  progress(`seed ${seed}, one of ${parts} parts`);
  const { kubeconfig } = options;
  // Of an API server of our own: memory is there, and a sixth of its time goes.
  process.env['GOGC'] ??= '400';
  const plane = kubeconfig === undefined ? await startControlPlane({ crds: ownCRDs() }) : undefined;
  const access = plane ?? (await clusterBy(kubeconfig ?? ''));
  const grounds = await openGrounds(access);
  try {
    const outcome = await runSuite(grounds, options, progress);
    const minutes = (performance.now() - began) / 60_000;
    const { user, system } = process.cpuUsage();
    const cost = { minutes, cpuSeconds: (user + system) / 1e6 };
    const summary = `${minutes.toFixed(1)} minutes, ${cost.cpuSeconds.toFixed(0)} s of CPU in this process`;
    const text = options.json
      ? JSON.stringify({ seed, parts, ...cost, ...dataOf(outcome) }, undefined, 2)
      : `${tableOf(outcome)}\n\n${summary}`;
    process.stdout.write(`${text}\n`);
    process.exitCode = isWell(outcome) && outcome.verdicts.length > 0 ? 0 : 1;
  } finally {
    await grounds.close();
    await plane?.stop();
  }
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  const text = error instanceof UsageError ? error.message : inspect(error);
  process.stderr.write(`${text}\n`);
  // Whatever was started ends with this process, and would keep it alive.
  process.exit(2);
}
// What plans left behind half done, such as a process that was killed, keeps nothing open that is worth waiting for.
process.exit();
