/**
 * Writes `crds/` from the schemas; with `--check` it writes nothing and fails if a file is stale.
 *
 * @module
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { customResourceDefinitions } from '../src/api/crd.ts';

const header = '# Generated from src/api by scripts/generate.ts. Do not edit.\n';

/** The files that belong into `crds/`, by name. */
export function crdFiles(): Map<string, string> {
  return new Map(customResourceDefinitions().map((crd) => [fileName(crd), header + stringify(crd, { lineWidth: 0 })]));
}

function fileName({ spec: { group, names } }: ReturnType<typeof customResourceDefinitions>[number]): string {
  return `${group}_${names.plural}.yaml`;
}

/** Names of the files in `folder` that are missing or differ. */
export async function staleFiles(folder: URL): Promise<string[]> {
  const compared = [...crdFiles()].map(async ([name, text]) => ({
    name,
    stale: (await contentOf(folder, name)) !== text,
  }));
  return (await Promise.all(compared)).filter(({ stale }) => stale).map(({ name }) => name);
}

async function contentOf(folder: URL, name: string): Promise<string | undefined> {
  return readFile(new URL(name, folder), 'utf8').catch(() => undefined);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
  const folder = new URL('../crds/', import.meta.url);
  const stale = await staleFiles(folder);
  if (values.check) {
    for (const name of stale) console.error(`crds/${name} is stale: run "npm run generate"`);
    process.exitCode = stale.length > 0 ? 1 : 0;
    return;
  }
  await mkdir(folder, { recursive: true });
  for (const [name, text] of crdFiles()) await writeFile(new URL(name, folder), text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
