/**
 * kubectl itself, against a real API server with its garbage collector, between any two calls of a creation: nothing is
 * orphaned, and nothing lost.
 *
 * @module
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openRealWorld, type RealWorld } from '../support/real-world.ts';
import { manifest, values } from '../support/tenant.ts';

interface Way {
  readonly command: string;
  /** What is written after `kubectl`, of a bare manifest in this file. */
  readonly args: (file: string, name: string) => readonly string[];
  readonly deletes?: true;
}

const ways: readonly Way[] = [
  { command: 'replace', args: (file) => ['replace', `--filename=${file}`] },
  { command: 'apply', args: (file) => ['apply', `--filename=${file}`] },
  {
    command: 'apply --server-side',
    args: (file) => ['apply', '--server-side', '--force-conflicts', `--filename=${file}`],
  },
  {
    command: 'delete --cascade=foreground',
    args: (_file, name) => ['delete', 'oapp', name, '--cascade=foreground', '--wait=false'],
    deletes: true,
  },
];

let world: RealWorld;
let folder: string;
let made = 0;

beforeAll(async () => {
  world = await openRealWorld();
  folder = mkdtempSync(join(tmpdir(), 'ramify-kubectl-'));
  return () => rmSync(folder, { recursive: true });
});

const fileOf = (name: string) => join(folder, `${name}.json`);

/** A resource that nobody has looked at yet. */
async function create(): Promise<string> {
  const name = `app-${made++}`;
  writeFileSync(fileOf(name), JSON.stringify(manifest(name)));
  await world.team.apply(name);
  return name;
}

async function remove(name: string): Promise<void> {
  await world.team.delete('oauthapplications', name);
  await world.rest(name, []);
  await world.team.gone('secrets', name);
}

/** Has kubectl come before the `at`-th call of the creation, or at rest where there are not so many: then not in its midst. */
async function disturb(name: string, at: number, { args, deletes }: Way): Promise<boolean> {
  const names = [name];
  const come = async () => {
    await world.team.kubectl(...args(fileOf(name), name));
    if (deletes) names.pop();
  };
  world.faults.arm({ at, when: 'before', how: 'answered', jump: 0, meanwhile: come });
  await world.rest(name, names);
  const isMidst = world.faults.fired;
  world.faults.arm();
  if (!isMidst) await come();
  // It is looked at again for what came last.
  await world.rest(name, names);
  return isMidst;
}

test.each(ways)('kubectl $command, before each call of a creation and at rest', async (way) => {
  let isMidst = true;
  let at = 0;
  for (; isMidst; at++) {
    const name = await create();
    isMidst = await disturb(name, at, way);
    if (way.deletes) {
      await world.team.gone('oauthapplications', name);
      await world.team.gone('secrets', name);
      continue;
    }
    const object = (await world.team.application(name)) ?? expect.fail('it is gone');
    expect(object.metadata.finalizers, `call ${at}`).toEqual(['ramify.dev/application']);
    const secret = (await world.team.secret(name)) ?? expect.fail('there is no Secret');
    expect(values(secret)['client_id'], `call ${at}`).toBe(object.status.clientID);
    await remove(name);
  }
  expect(at).toBeGreaterThan(6);
  expect(await world.store.list()).toEqual([]);
});
