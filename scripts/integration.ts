/**
 * `npm run test:integration`: the tests against a real API server, of the version that `--kubernetes 1.35.0` names.
 *
 * Everything else on the command line is vitest's.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';

const args = process.argv.slice(2);
const at = args.indexOf('--kubernetes');
const [, version] = at < 0 ? [] : args.splice(at, 2);
const env: NodeJS.ProcessEnv = { ...process.env, ...(version !== undefined && { ENVTEST_K8S_VERSION: version }) };
const existing = env['USE_EXISTING_CLUSTER'] === 'true';

if (at >= 0 && (version === undefined || existing)) {
  console.error(
    '--kubernetes takes a version, such as 1.35.0, and not with USE_EXISTING_CLUSTER: that cluster has its own',
  );
  process.exit(2);
}
if (!existing) run('node', 'test/controlplane/obtain.ts');
run('vitest', 'run', '--project', 'integration', ...args);

/** Ends with it where it fails. */
function run(program: string, ...rest: readonly string[]): void {
  const { status } = spawnSync(program, rest, { env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
