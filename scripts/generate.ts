/**
 * Writes what is generated from the sources; with `--check` it writes nothing and fails if a file is stale.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { applicationKind } from '../src/api/application.ts';
import { customResourceDefinitions } from '../src/api/crd.ts';
import { registryKind } from '../src/api/registry.ts';
import { flagReference } from './flags.ts';

/** Every generated file: its path in the project, and its text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ...customResourceDefinitions().map(crdFile),
    ['deploy/argocd/argocd-cm.yaml', argoCDPatch()],
    ['docs/flags.md', flagReference()],
  ]);
}

function crdFile(crd: ReturnType<typeof customResourceDefinitions>[number]): [path: string, text: string] {
  const { group, names } = crd.spec;
  const header = '# Generated from src/api by scripts/generate.ts. Do not edit.\n';
  return [`crds/${group}_${names.plural}.yaml`, header + stringify(crd, { lineWidth: 0 })];
}

/** Teaches an Argo CD the health of our kinds: the same Lua for each. */
function argoCDPatch(): string {
  const lua: string = readFileSync(new URL('../deploy/argocd/health.lua', import.meta.url), 'utf8');
  const data: Record<string, string> = {};
  for (const kind of [applicationKind, registryKind]) data[`resource.customizations.health.ramify.dev_${kind}`] = lua;
  const patch = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-cm' }, data };
  const header = [
    '# Generated from health.lua by scripts/generate.ts. Do not edit. A patch:',
    '# kubectl -n argocd patch configmap argocd-cm --patch-file deploy/argocd/argocd-cm.yaml',
  ];
  return [...header, stringify(patch, { lineWidth: 0 })].join('\n');
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
