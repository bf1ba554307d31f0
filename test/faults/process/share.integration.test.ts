/**
 * A share of the plans with the controller as a process, another one each time: those in which it is killed with kill -9.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { ownCRDs } from '../../controlplane/crds.ts';
import { ownCluster } from '../../support/cluster.ts';
import { openGrounds } from '../grounds.ts';
import { runSuite } from '../suite.ts';
import { isWell, tableOf } from '../table.ts';

/** As many as there are shares. */
const parts = 6;

/** Which share: given, or by the minute. */
const seed = Number(process.env['RAMIFY_FAULTS_SEED'] ?? Math.floor(Date.now() / 60_000)) % parts;

test(`one of ${parts} shares of the plans that kill the process, by the seed ${seed}`, {
  timeout: 900_000,
}, async () => {
  const grounds = await openGrounds((await ownCluster({ crds: ownCRDs() })).access);
  const lines: string[] = [`seed ${seed} (RAMIFY_FAULTS_SEED)`];
  process.stdout.write(`the fault suite with a process: ${lines.join()}\n`);
  const choice = { backends: ['process'], fault: 'crash', share: { seed, parts }, atOnce: 1 } as const;
  const outcome = await runSuite(grounds, choice, (line) => lines.push(line));
  await grounds.close();
  process.stdout.write(`${tableOf(outcome)}\n`);
  expect(isWell(outcome), lines.join('\n')).toBe(true);
  expect(outcome.verdicts.length).toBeGreaterThan(10);
});
