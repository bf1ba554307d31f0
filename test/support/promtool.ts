/**
 * Prometheus's own promtool, which checks metrics and rules.
 *
 * @module
 */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { obtainGoProgram } from './go-program.ts';

/** Milliseconds that a hook must have for the first use on a machine. */
export const promtoolTimeout = 900_000;

/** Its path, compiled once; `undefined`, after saying so, where there is no Go. Without service discovery, which tests do not need. */
export function obtainPromtool(): Promise<string | undefined> {
  return obtainGoProgram({
    name: 'promtool',
    module: new URL('promtool/', import.meta.url),
    args: ['-tags', 'remove_all_sd', '-ldflags', '-s -w', 'github.com/prometheus/prometheus/cmd/promtool'],
    takes: '3 minutes on two cores',
  });
}

/** What `promtool check metrics` finds wrong with a scrape, a line each; nothing where all is well. */
export async function checkMetrics(promtool: string, scrape: string): Promise<readonly string[]> {
  const running = promisify(execFile)(promtool, ['check', 'metrics']);
  running.child.stdin?.end(scrape);
  const { stdout, stderr } = await running.catch((error: { stdout: string; stderr: string }) => error);
  return `${stdout}${stderr}`.split('\n').filter(Boolean);
}
