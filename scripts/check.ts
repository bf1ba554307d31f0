/**
 * `npm run check`: everything that needs no API server. What finds nothing is one line; what does is shown in full.
 *
 * @module
 */
import { type SpawnOptions, spawn } from 'node:child_process';

interface Step {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
}

interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

/** They do not disturb each other, so they run side by side. */
const readings: readonly Step[] = [
  { name: 'types', command: ['tsc', '--noEmit'] },
  {
    name: 'lint and layers',
    command: ['oxlint', '--type-aware', '--deny-warnings', '--report-unused-disable-directives', '--format=unix'],
  },
  { name: 'format', command: ['biome', 'ci', '--colors=off'] },
  { name: 'unused files, exports and dependencies', command: ['knip'] },
  { name: 'generated files', command: ['node', 'scripts/generate.ts', '--check'] },
];

/** After the others, since some of them measure time. */
const unitTests: Step = { name: 'unit tests', command: ['vitest', 'run', '--project', 'unit'] };

async function run({ command: [program, ...args] }: Step, options: SpawnOptions = {}): Promise<Outcome> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let output = '';
  child.stdout?.on('data', (data) => (output += data));
  child.stderr?.on('data', (data) => (output += data));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

async function report(step: Step, options?: SpawnOptions): Promise<boolean> {
  const started = performance.now();
  const { ok, output } = await run(step, options);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)\n${ok ? '' : output}`);
  return ok;
}

const results = await Promise.all(readings.map((step) => report(step)));
results.push(await report(unitTests, { stdio: 'inherit' }));
process.exitCode = results.every(Boolean) ? 0 : 1;
