/**
 * `npm run build`: bundles the program into `dist/`, with the licences of all that is in it.
 *
 * Two builds of one commit are equal byte by byte, wherever the checkout is.
 *
 * @module
 */

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import * as z from 'zod';
import { narrowed } from './narrowed.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = join(root, 'dist');

rmSync(outdir, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { ramify: 'src/main.ts' },
  outdir,
  bundle: true,
  // What is imported lazily stays apart: a pod never loads the client library that reads kubeconfigs.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Names stay: they make stack traces readable, and to rename and then restore them costs more at start than it saves.
  minifyWhitespace: true,
  minifySyntax: true,
  // Read only where Node is told to: NODE_OPTIONS=--enable-source-maps.
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'linked',
  preserveSymlinks: true,
  // CommonJS modules within call for Node's own ones.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  plugins: [narrowed(root)],
  metafile: true,
});
writeFileSync(join(outdir, 'package.json'), '{"type":"module"}\n');
writeFileSync(join(outdir, 'LICENSES.txt'), packagesIn(metafile).map(licenceOf).join('\n'));

/** Folders of the packages of which something is in the bundle, sorted. */
function packagesIn({ outputs }: Metafile): readonly string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const folders = inputs.flatMap((input) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  return [...new Set(folders)].toSorted();
}

function licenceOf(folder: string): string {
  const manifest = z.object({ name: z.string(), version: z.string(), license: z.string() });
  const { name, version, license } = manifest.parse(
    JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
  );
  const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`;
  return `${name} ${version}: ${license}\n${text}`;
}
