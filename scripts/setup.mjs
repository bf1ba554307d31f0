/**
 * The first step of the main npm scripts: makes a fresh clone ready to run them, and says what to do where it cannot.
 *
 * Plain JavaScript without dependencies, since nothing is installed yet and Node may be an older one (20 suffices here).
 * `--control-plane` also gets the programs of the tests' control plane.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Since then Node runs TypeScript without a flag and without a warning. */
const oldestNode = [24, 12];
const root = fileURLToPath(new URL('..', import.meta.url));
const path = join(root, 'node_modules', '.bin') + delimiter + process.env.PATH;

installDependencies();
checkNode();
if (process.argv.includes('--control-plane') && process.env.USE_EXISTING_CLUSTER !== 'true') getControlPlane();

/** Installs what package-lock.json names, unless that is what is there. */
function installDependencies() {
  if (isInstalled()) return;
  console.error('installing dependencies');
  // The package `node` fetches its program in an install script; where this Node suffices, no script has to run.
  const scripts = suffices(process.version) ? ['--ignore-scripts'] : [];
  // Not `npm ci`: it refuses a lock file written where the registry lacks the optional programs of other platforms.
  const { status } = run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', ...scripts]);
  if (status !== 0) fail('npm install failed: see above. It needs the npm registry, or a cache or mirror of it.');
}

/** Whether every package of package-lock.json is in the list that npm keeps of what it has installed. */
function isInstalled() {
  const installed = packagesIn('node_modules/.package-lock.json');
  if (installed === undefined) return false;
  return Object.entries(packagesIn('package-lock.json') ?? {}).every(
    ([name, { version, optional }]) => name === '' || optional || installed[name]?.version === version,
  );
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Checks the Node that npm scripts get: node_modules/.bin comes first in their PATH. */
function checkNode() {
  if (suffices(nodeVersion())) return;
  // Perhaps another Node installed the packages, one that needed no script to run: now this one is needed.
  run('npm', ['rebuild', 'node', '--loglevel=error']);
  const version = nodeVersion();
  if (suffices(version)) return;
  const wanted = oldestNode.join('.');
  fail(
    `npm scripts run on Node ${version}, and ramify needs ${wanted} or newer. The project brings one, but its install`,
    'script did not run (npm with ignore-scripts, or a machine that it has no Node for). Either',
    '  - npm rebuild node --ignore-scripts=false',
    `  - or install Node ${wanted} or newer (https://nodejs.org; .nvmrc names the version)`,
  );
}

function nodeVersion() {
  return String(run('node', ['--version'], { stdio: 'pipe' }).stdout).trim();
}

function suffices(version) {
  const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
}

function getControlPlane() {
  const { status } = run('node', ['test/controlplane/obtain.ts']);
  if (status !== 0) process.exit(status ?? 1);
}

function run(command, args, options = {}) {
  // Everything goes to standard error: standard output is the command's own.
  const shell = process.platform === 'win32'; // npm is a .cmd file there
  return spawnSync(command, args, {
    cwd: root,
    stdio: ['inherit', 2, 2],
    env: { ...process.env, PATH: path },
    shell,
    ...options,
  });
}

function fail(...lines) {
  console.error(lines.join('\n'));
  process.exit(2);
}
