/**
 * The bundle that the image holds, built in a copy of the sources.
 *
 * @module
 */

import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Copies what the bundle is made of into `folder`, which need not be there, and builds; returns the bundle's folder. */
export async function buildBundle(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of ['src', 'scripts', 'package.json'])
    await cp(join(root, name), join(folder, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await promisify(execFile)(process.execPath, ['scripts/build.ts'], { cwd: folder });
  return join(folder, 'dist');
}
