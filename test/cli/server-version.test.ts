/**
 * A cluster that is too old is told at once; one whose version is not known is worked with.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { checkVersion, OldClusterError } from '../../src/cli/server-version.ts';
import type { KubeObject } from '../../src/kube/kube.ts';
import { openLog } from '../../src/log.ts';

/** What is logged, and thrown, of a cluster that answers so. */
async function told(answer: object | Error): Promise<readonly unknown[]> {
  const lines: unknown[] = [];
  const log = openLog('info', { write: (line: string) => void lines.push(JSON.parse(line).msg) });
  const get = async <T extends KubeObject>() => {
    if (answer instanceof Error) throw answer;
    return answer as T;
  };
  await checkVersion({ get }, log, new AbortController().signal).catch((error: unknown) => lines.push(error));
  return lines;
}

test.each([
  [{ major: '1', minor: '32', gitVersion: 'v1.32.0' }],
  [{ major: '1', minor: '36+', gitVersion: 'v1.36.2-provider.5' }],
  [{ major: '2', minor: '0', gitVersion: 'v2.0.0' }],
])('%j is worked with', async (answer) => {
  expect(await told(answer)).toEqual([]);
});

test.each([
  [{ major: '1', minor: '31', gitVersion: 'v1.31.4' }, 'v1.31.4'],
  [{ major: '1', minor: '9+' }, '1.9'],
])('%j is too old', async (answer, found) => {
  const message = `the cluster runs Kubernetes ${found}: ramify needs 1.32 or later`;
  expect(await told(answer)).toEqual([new OldClusterError(message)]);
});

test.each([[{}], [{ major: '', minor: '' }], [new Error('forbidden')]])(
  'of %o nothing is known, and that is said',
  async (answer) => {
    expect(await told(answer)).toEqual(['the version of Kubernetes is not known']);
  },
);
