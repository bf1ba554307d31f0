/**
 * A share of the fault suite, another one each time; all of it is `npm run test:faults`.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { ownCRDs } from '../controlplane/crds.ts';
import { ownCluster } from '../support/cluster.ts';
import { openGrounds } from './grounds.ts';
import { backends } from './stage/account.ts';
import { runSuite } from './suite.ts';
import { isWell, tableOf } from './table.ts';

/** As many as there are shares. */
const parts = 30;

/** Which share: given, or by the minute. */
const seed = Number(process.env['RAMIFY_FAULTS_SEED'] ?? Math.floor(Date.now() / 60_000) % parts);

test(`one of ${parts} shares of all plans, by the seed ${seed}`, { timeout: 900_000 }, async () => {
  const grounds = await openGrounds((await ownCluster({ crds: ownCRDs() })).access);
  const lines: string[] = [`seed ${seed} (RAMIFY_FAULTS_SEED)`];
  process.stdout.write(`the fault suite: ${lines.join()}\n`);
  const outcome = await runSuite(grounds, { backends, share: { seed, parts }, atOnce: 6 }, (line) => lines.push(line));
  await grounds.close();
  process.stdout.write(`${tableOf(outcome)}\n`);
  expect(isWell(outcome), lines.join('\n')).toBe(true);
  expect(outcome.verdicts.length).toBeGreaterThan(100);
});
