/**
 * The rules of the house: the linter finds an import that breaks the floors, and every file keeps to its size and form.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Each row is a file with one line, and whether the linter must let it pass. */
const plants: readonly (readonly [file: string, line: string, verdict: 'refused' | 'accepted'])[] = [
  ['src/api/a.ts', "import { z } from 'zod';", 'accepted'],
  ['src/api/b.ts', "import { z } from './text.ts';", 'accepted'],
  ['src/api/c.ts', "import { z } from 'node:util';", 'refused'],
  ['src/api/d.ts', "import { z } from '../core/state.ts';", 'refused'],
  ['src/api/e.ts', "import { z } from 'yaml';", 'refused'],
  ['src/core/a.ts', "import { z } from '../api/application.ts';", 'accepted'],
  ['src/core/b.ts', "import { hash as z } from 'node:crypto';", 'accepted'],
  ['src/core/c.ts', "import { z } from 'node:fs';", 'refused'],
  ['src/core/d.ts', "import type { z } from 'node:fs';", 'refused'],
  ['src/core/e.ts', "import { randomBytes as z } from 'node:crypto';", 'refused'],
  ['src/core/f.ts', "import { z } from '../registry/registry.ts';", 'refused'],
  ['src/core/g.ts', "import { z } from '../kube/queue.ts';", 'refused'],
  ['src/core/h.ts', "import { z } from 'zod';", 'refused'],
  ['src/core/i.ts', "export { z } from 'node:fs';", 'refused'],
  ['src/registry/registry.ts', "import type { z } from './store/store.ts';", 'refused'],
  ['src/registry/open.ts', "import { z } from './store/store.ts';", 'accepted'],
  ['src/registry/a.ts', "import { z } from '../kube/queue.ts';", 'refused'],
  ['src/registry/store/a.ts', "import { z } from '../../core/state.ts';", 'accepted'],
  ['src/registry/store/b.ts', "import { z } from 'kysely';", 'accepted'],
  ['src/registry/store/c.ts', "import { z } from '../../cluster/cluster.ts';", 'refused'],
  ['src/server/a.ts', "import { z } from '../registry/store/store.ts';", 'accepted'],
  ['src/server/b.ts', "import { z } from '../core/state.ts';", 'accepted'],
  ['src/server/c.ts', "import { z } from '../registry/ims/ims.ts';", 'refused'],
  ['src/server/d.ts', "import { z } from '../kube/clock.ts';", 'refused'],
  ['src/server/e.ts', "import { z } from '@alicloud/ims20190815';", 'refused'],
  ['src/kube/a.ts', "import { z } from 'undici';", 'accepted'],
  ['src/kube/b.ts', "import type { z } from '@kubernetes/client-node';", 'accepted'],
  ['src/kube/c.ts', "import { z } from 'node:tls';", 'accepted'],
  ['src/kube/d.ts', "import { z } from '../core/state.ts';", 'refused'],
  ['src/kube/e.ts', "import type { z } from '../api/application.ts';", 'refused'],
  ['src/cluster/a.ts', "import { z } from '../kube/transport.ts';", 'accepted'],
  ['src/cluster/b.ts', "import { z } from '../registry/registry.ts';", 'refused'],
  ['src/cluster/cluster.ts', "import type { z } from '../kube/transport.ts';", 'refused'],
  ['src/controller/a.ts', "import { z } from '../registry/registry.ts';", 'accepted'],
  ['src/controller/b.ts', "import { z } from '../cluster/cluster.ts';", 'accepted'],
  ['src/controller/c.ts', "import { z } from '../cluster/kubernetes.ts';", 'refused'],
  ['src/controller/d.ts', "import { z } from '../kube/queue.ts';", 'refused'],
  ['src/controller/e.ts', "import { z } from '../registry/store/store.ts';", 'refused'],
];

describe('the linter', () => {
  let folder: string;
  let refused: Map<string, string>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ramify-architecture-'));
    copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    for (const [file, line] of plants)
      plant(folder, file, line.startsWith('export') ? line : `${line}\nexport { z };\n`);
    plant(folder, 'src/core/round.ts', "export { z } from './about.ts';\n");
    plant(folder, 'src/core/about.ts', "export { z } from './round.ts';\n");
    refused = lint(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(plants.map(([file, line, verdict]) => ({ file, line, verdict })))(
    '$file: $line is $verdict',
    ({ file, verdict }) => {
      expect(refused.get(file) ?? 'accepted').toMatch(verdict === 'accepted' ? /^accepted$/ : /no-restricted-imports/);
    },
  );

  it('refuses modules that import each other in a circle', () => {
    expect(refused.get('src/core/round.ts')).toMatch(/no-cycle/);
  });
});

function plant(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** Runs the real linter with the project's own settings; returns the rules that each refused file broke. */
function lint(folder: string): Map<string, string> {
  const output = run(join(root, 'node_modules', '.bin', 'oxlint'), ['--format=json'], folder);
  const { diagnostics }: { diagnostics: { filename: string; code: string }[] } = JSON.parse(output);
  const broken = new Map<string, string>();
  for (const { filename, code } of diagnostics) broken.set(filename, `${broken.get(filename) ?? ''} ${code}`);
  return broken;
}

/** Standard output, whatever the exit code: a linter that finds something fails. */
function run(program: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(program, args, { cwd, encoding: 'utf8' });
  } catch (error) {
    return String((error as { stdout: unknown }).stdout);
  }
}

const sources = globSync('{src,test,scripts}/**/*.{ts,mjs}', { cwd: root });
const read = (file: string) => readFileSync(join(root, file), 'utf8');

describe('every file', () => {
  it('is seen by these tests', () => {
    expect(sources).toEqual(expect.arrayContaining(['src/core/plan.ts', 'test/architecture.test.ts']));
  });

  it('says at its top what it is for', () => {
    const modules = sources.filter((file) => !file.startsWith('test'));
    expect(sources.filter((file) => !read(file).startsWith('/**'))).toEqual([]);
    expect(modules.filter((file) => !/^\/\*\*\n \* [^]*? \* @module\n \*\/\n/.test(read(file)))).toEqual([]);
  });

  it('has at most 300 lines', () => {
    expect(sources.filter((file) => read(file).split('\n').length - 1 > 300)).toEqual([]);
  });

  it('is named after what it holds', () => {
    expect(sources.filter((file) => /(^|[/-])(utils?|helpers?|common|types|misc)([/.-]|$)/.test(file))).toEqual([]);
  });

  it('leaves nothing to be done later', () => {
    const marks = /\b(TO[D]O|FIX[M]E|XX[X])\b/;
    expect(sources.filter((file) => marks.test(read(file)))).toEqual([]);
  });
});

/** What would make the same decision come out differently tomorrow, or act on its own. */
const impure = /\b(async|await|Date\.now|new Date\(\)|Math\.random|performance\.now|process\.|import\(|setTimeout)/;

describe('api and core', () => {
  it('have no clock, chance, process or promise', () => {
    const pure = sources.filter((file) => /^src\/(api|core)\//.test(file));
    expect(pure.length).toBeGreaterThan(10);
    expect(pure.filter((file) => impure.test(withoutComments(read(file))))).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}
