/**
 * Writes what is generated from the sources; with `--check` it writes nothing and fails if a file is stale.
 *
 * @module
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { customResourceDefinitions } from '../src/api/crd.ts';
import { flagReference } from './flags.ts';

/** Every generated file: its path in the project, and its text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([...customResourceDefinitions().map(crdFile), ['docs/flags.md', flagReference()]]);
}

function crdFile(crd: ReturnType<typeof customResourceDefinitions>[number]): [path: string, text: string] {
  const { group, names } = crd.spec;
  const header = '# Generated from src/api by scripts/generate.ts. Do not edit.\n';
  return [`crds/${group}_${names.plural}.yaml`, header + stringify(crd, { lineWidth: 0 })];
}

/** Paths of the generated files that are missing below `root` or differ. */
export async function staleFiles(root: URL): Promise<string[]> {
  const compared = [...generatedFiles()].map(async ([path, text]) => ({
    path,
    stale: (await contentOf(root, path)) !== text,
  }));
  return (await Promise.all(compared)).filter(({ stale }) => stale).map(({ path }) => path);
}

async function contentOf(root: URL, path: string): Promise<string | undefined> {
  return readFile(new URL(path, root), 'utf8').catch(() => undefined);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
  const root = new URL('../', import.meta.url);
  const stale = await staleFiles(root);
  if (values.check) {
    for (const path of stale) console.error(`${path} is stale: run "npm run generate"`);
    process.exitCode = stale.length > 0 ? 1 : 0;
    return;
  }
  for (const [path, text] of generatedFiles()) {
    await mkdir(new URL('.', new URL(path, root)), { recursive: true });
    await writeFile(new URL(path, root), text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
