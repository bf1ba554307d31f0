/**
 * The first step of the npm scripts, in a folder with stand-ins for npm and node that note how they were called.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

interface Situation {
  /** Packages that package-lock.json names, with what npm would say of each. */
  readonly locked: Readonly<Record<string, { version: string; optional?: boolean }>>;
  /** What is installed; nothing at all where it is not given. */
  readonly installed?: Readonly<Record<string, { version: string }>>;
  /** What `node --version` prints to npm scripts. */
  readonly node?: string;
  /** What it prints after `npm rebuild node`; the same where it is not given. */
  readonly rebuilt?: string;
  /** How `npm` ends. */
  readonly npmStatus?: number;
  readonly env?: Readonly<Record<string, string>>;
}

function setUp(situation: Situation, ...args: string[]) {
  const { locked, installed, node = 'v24.21.0', rebuilt = node, npmStatus = 0, env = {} } = situation;
  const root = mkdtempSync(join(tmpdir(), 'ramify-setup-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const folder of ['scripts', 'node_modules/.bin']) mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url)), join(root, 'scripts', 'setup.mjs'));
  const write = (file: string, text: string) => writeFileSync(join(root, file), text, { mode: 0o755 });
  write('package-lock.json', JSON.stringify({ packages: { '': {}, ...locked } }));
  if (installed) write('node_modules/.package-lock.json', JSON.stringify({ packages: installed }));
  write('version', node);
  const rebuild = `[ "$1" != rebuild ] || echo ${rebuilt} > version`;
  write('node_modules/.bin/npm', `#!/bin/sh\necho "npm $*" >> calls\necho noise\n${rebuild}\nexit ${npmStatus}\n`);
  write('node_modules/.bin/node', '#!/bin/sh\necho "node $*" >> calls\ncat version\n');
  const ended = spawnSync(process.execPath, ['scripts/setup.mjs', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  const calls = existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : [];
  return { status: ended.status, stdout: ended.stdout, stderr: ended.stderr, calls };
}

const zod = { 'node_modules/zod': { version: '4.6.7' } };
const install = 'npm install --no-save --no-audit --no-fund --loglevel=error --ignore-scripts';

it('does nothing but look where all is there', () => {
  const { status, stdout, stderr, calls } = setUp({ locked: zod, installed: zod });
  expect({ status, stdout, stderr, calls }).toEqual({ status: 0, stdout: '', stderr: '', calls: ['node --version'] });
});

it('installs on a fresh clone, without a word on standard output', () => {
  const { status, stdout, calls } = setUp({ locked: zod });
  expect({ status, stdout, calls }).toEqual({ status: 0, stdout: '', calls: [install, 'node --version'] });
});

it.each([
  ['another version is there', { 'node_modules/zod': { version: '4.0.0' } }],
  ['a package is missing', {}],
])('installs where %s', (_, installed) => {
  expect(setUp({ locked: zod, installed }).calls).toContain(install);
});

it('does not miss what is optional, such as programs for other machines', () => {
  const locked = { ...zod, 'node_modules/@esbuild/aix-ppc64': { version: '0.28.2', optional: true } };
  expect(setUp({ locked, installed: zod }).calls).not.toContain(install);
});

it('ends with 2 where npm fails', () => {
  const { status, stderr } = setUp({ locked: zod, npmStatus: 1 });
  expect(status).toBe(2);
  expect(stderr).toContain('npm install failed');
});

it.each(['v20.20.2', 'v24.11.9', ''])('says what to do where npm scripts run on Node "%s"', (node) => {
  const { status, stderr } = setUp({ locked: zod, installed: zod, node });
  expect(status).toBe(2);
  expect(stderr).toContain(`npm scripts run on Node ${node}, and ramify needs 24.12 or newer`);
  expect(stderr).toContain('npm rebuild node');
});

it('has npm install the Node of the project where it was not needed when the rest was installed', () => {
  const { status, calls } = setUp({ locked: zod, installed: zod, node: 'v20.20.2', rebuilt: 'v24.21.0' });
  expect({ status, calls }).toEqual({
    status: 0,
    calls: ['node --version', 'npm rebuild node --loglevel=error', 'node --version'],
  });
});

it.each(['v24.12.0', 'v26.0.0'])('is content with Node %s', (node) => {
  expect(setUp({ locked: zod, installed: zod, node }).status).toBe(0);
});

it('gets the control plane where it is asked to, and no cluster is named', () => {
  const obtaining = 'node test/controlplane/obtain.ts';
  const situation = { locked: zod, installed: zod };
  expect(setUp(situation, '--control-plane').calls).toContain(obtaining);
  expect(setUp(situation).calls).not.toContain(obtaining);
  const named = { ...situation, env: { USE_EXISTING_CLUSTER: 'true' } };
  expect(setUp(named, '--control-plane').calls).not.toContain(obtaining);
});

it('comes before every program that npm scripts start', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
  );
  // Without `exec` the shell would remember the Node that it found before another one was installed.
  const form =
    /^(node scripts\/setup\.mjs( --control-plane)? && ((mkdir -p|npm run) \S+ && )?exec (node|vitest|biome) [^&]+|(npm run \S+( && )?)+)$/;
  expect(Object.entries(scripts).filter(([, script]) => !form.test(script))).toEqual([]);
});
