/**
 * `npm run test:planted`: plants one bug at a time in a copy of the program, and has the fault suite find it.
 *
 * It fails where a bug is not found, and where the place in which it is to be planted is no more.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startControlPlane } from '../../controlplane/controlplane.ts';
import { ownCRDs } from '../../controlplane/crds.ts';
import type { Venue } from '../stage/account.ts';
import { type Mutation, mutations } from './mutations.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What became of a bug: how it was found, or why it was not. */
interface Finding {
  readonly isFound: boolean;
  readonly text: string;
}

/** A copy of all that runs, with the bug in it. */
function plant({ file, find, replace }: Mutation): string {
  const folder = mkdtempSync(join(tmpdir(), 'ramify-planted-'));
  for (const name of ['src', 'test', 'crds', 'package.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, 'src', file);
  const text = readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) throw new Error(`${file} has not exactly one: ${find}`);
  // What is planted may hold characters that mean something in a replacement.
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
  return folder;
}

/** The part of the suite that runs a bug's plans, until one is not as it must be. */
function search({ workload, fault = '' }: Mutation, backend: Venue, folder: string, kubeconfig: string): Finding {
  const options = { workload, fault, backend, kubeconfig, 'at-once': '6' };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const { stdout, stderr } = spawnSync(process.execPath, ['test/faults/main.ts', '--json', '--bail', ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (!stdout.startsWith('{')) return { isFound: false, text: `the suite did not run: ${stderr.trim().slice(-300)}` };
  const { troubles }: { troubles: { plan: string; troubles: string[] }[] } = JSON.parse(stdout);
  const [first] = troubles;
  if (first === undefined) return { isFound: false, text: 'nothing was noticed' };
  return { isFound: true, text: `${first.plan}: ${first.troubles[0]}`.slice(0, 160) };
}

function hunt(mutation: Mutation, backend: Venue, kubeconfig: string): Finding {
  let folder: string | undefined;
  try {
    folder = plant(mutation);
    return search(mutation, backend, folder, kubeconfig);
  } catch (error) {
    return { isFound: false, text: error instanceof Error ? error.message : String(error) };
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

const only = process.argv[2] ?? '';
const plane = await startControlPlane({ crds: ownCRDs() });
let found = 0;
const chosen = mutations
  .filter(({ why }) => why.includes(only))
  .flatMap((mutation) => (mutation.backends ?? ['store']).map((backend) => ({ mutation, backend })));
for (const { mutation, backend } of chosen) {
  const { isFound, text } = hunt(mutation, backend, plane.kubeconfig);
  found += Number(isFound);
  process.stdout.write(`${isFound ? 'found    ' : 'NOT FOUND'}  ${mutation.why}\n           ${text}\n`);
}
await plane.stop();
process.stdout.write(`found ${found} of ${chosen.length} planted\n`);
process.exit(found === chosen.length && found > 0 ? 0 : 1);
