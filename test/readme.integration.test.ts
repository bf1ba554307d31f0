/**
 * The README prints what the commands print: every `console` block of it is run, in order, on a cluster of its own.
 *
 * A line that begins with `$ ` is a command, what follows it the output. IDs, ages, times and column widths may differ.
 * The controller is started where the reader is told to.
 *
 * @module
 */

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownCluster } from './support/cluster.ts';
import { type ControllerProcess, startController } from './support/controller-process.ts';

const run = promisify(execFile);

interface Example {
  readonly command: string;
  readonly output: string;
}

/** Of the `sh` blocks, which show no output, only the controller's start is part of the story. */
function examplesIn(markdown: string): readonly Example[] {
  const blocks = [...markdown.matchAll(/^```(console|sh)\n(.*?)^```$/gms)];
  return blocks.flatMap(([, kind, text = '']) => {
    if (kind === 'console') return text.split(/^\$ /m).filter(Boolean).map(exampleFrom);
    return text === `${start}\n` ? [{ command: start, output: '' }] : [];
  });
}

const start = 'npm start';

function exampleFrom(text: string): Example {
  const [command = '', ...output] = text.split('\n');
  return { command, output: output.join('\n') };
}

/** What may differ between two runs is made equal. */
function comparable(text: string): readonly string[] {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '<uuid>')
    .replace(/\b[\da-f]{16,64}\b/g, '<hex or number>')
    .replace(/\b\d+(s|m|h)(\d+s)?\b/g, '<age>')
    .replace(/(Resource Version:\s+|startTime":)\d+/g, '$1<number>')
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '');
}

const examples = examplesIn(readFileSync('README.md', 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'ramify-readme-'));
let controller: ControllerProcess | undefined;
let env: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  const { access } = await ownCluster({ controllerManager: false });
  env = { ...process.env, KUBECONFIG: access.kubeconfig, PATH: `${dirname(access.kubectl)}:${process.env['PATH']}` };
});

afterAll(async () => {
  await controller?.stop();
  rmSync(folder, { recursive: true });
});

describe('README', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(5);
  });

  it.each(examples)('$command', async ({ command, output }) => {
    if (command === start) {
      controller = await startController({ kubeconfig: env['KUBECONFIG'] ?? '', store: join(folder, 'store.sqlite') });
      return;
    }
    const { stdout, stderr } = await run('sh', ['-c', command], { env }).catch(
      (error: Error & { stdout: string; stderr: string }) => error,
    );
    expect(comparable(stdout + stderr)).toEqual(comparable(output));
  });
});
