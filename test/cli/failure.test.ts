/**
 * What a person is told of each failure, and with what exit code the process ends.
 *
 * @module
 */

import { describe, expect, test } from 'vitest';
import { farewellOf } from '../../src/cli/failure.ts';
import { OldClusterError } from '../../src/cli/server-version.ts';
import { RequestRefusedError } from '../../src/cli/store-socket.ts';
import { ClusterError } from '../../src/cluster/cluster.ts';
import { ConfigError } from '../../src/config.ts';
import { ConnectionError } from '../../src/kube/connection.ts';
import { LostLeadershipError } from '../../src/kube/elector.ts';
import { ApiError } from '../../src/kube/error.ts';
import { SyncTimeoutError } from '../../src/kube/manager.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { StoreError } from '../../src/registry/store/errors.ts';

const nameKubeconfig = 'name a kubeconfig with --kubeconfig or KUBECONFIG';
const chooseAddress = 'choose another address with --health-address or --metrics-address';

function apiError(status: number, reason: string): ApiError {
  return new ApiError('m', { status, reason });
}

function systemError(syscall: string, code: string): Error {
  return Object.assign(new Error('m'), { syscall, code });
}

describe('what a person can mend is one line with the remedy', () => {
  test.each<[string, Error, string, number]>([
    ['M3: a wrong flag', new ConfigError('--store: must be sqlite:PATH'), '--store: must be sqlite:PATH', 2],
    [
      'M3: a store that another holds',
      new StoreError('locked', 'the store /s'),
      'the store /s is held by another process: stop that one, or use a store of its own',
      2,
    ],
    ['what the controller was asked and did not do', new RequestRefusedError('m'), 'm', 2],
    ['a cluster that is too old', new OldClusterError('m'), 'm', 2],
    ['no kubeconfig', new ConnectionError('noCluster', 'm'), `m; ${nameKubeconfig}`, 2],
    ['a kubeconfig that is none', new ConnectionError('unreadable', 'm'), `m; ${nameKubeconfig}`, 2],
    [
      'no such context',
      new ConnectionError('noContext', 'm'),
      'm; name another context with --context, or another kubeconfig with --kubeconfig',
      2,
    ],
    [
      'no credentials',
      new ConnectionError('noCredentials', 'm'),
      'm; log in again, or name another kubeconfig with --kubeconfig',
      2,
    ],
    ['no CRDs', apiError(404, 'NoSuchResource'), 'm; install the CustomResourceDefinitions: kubectl apply -f crds/', 2],
    ['no server', apiError(0, 'Unreachable'), 'm; is the cluster of this kubeconfig running?', 2],
    ['a server that hangs', apiError(0, 'Timeout'), 'm; is the cluster of this kubeconfig running?', 2],
    [
      'credentials that are not accepted',
      apiError(401, 'Unauthorized'),
      'm; the credentials of this kubeconfig are not accepted: log in again',
      2,
    ],
    [
      'a right that is missing',
      apiError(403, 'Forbidden'),
      'm; give the controller this right, or use a kubeconfig that has it',
      2,
    ],
    ['an answer that needs no advice', apiError(503, 'ServiceUnavailable'), 'm', 2],
    ['a port that is taken', systemError('listen', 'EADDRINUSE'), `m; ${chooseAddress}`, 2],
    ['a port that is reserved', systemError('listen', 'EACCES'), `m; ${chooseAddress}`, 2],
    ['a host that there is not', systemError('getaddrinfo', 'ENOTFOUND'), `m; ${chooseAddress}`, 2],
    ['M3: caches that do not fill', new SyncTimeoutError('m'), 'm', 1],
    ['M3: a leadership that was lost', new LostLeadershipError('m'), 'm', 1],
  ])('%s', (_what, error, line, exitCode) => {
    expect(farewellOf(error)).toEqual({ line, exitCode });
  });

  test('even where somebody else said it on several', () => {
    const error = new ConnectionError('noCredentials', 'the plugin failed:\n  login expired\n');
    expect(farewellOf(error)?.line).toBe(
      'the plugin failed: login expired ; log in again, or name another kubeconfig with --kubeconfig',
    );
  });
});

test.each([
  ['a fault of ours', new TypeError('x is undefined')],
  ['a failed call of a pass', new ClusterError('failed', 'm')],
  ['a failed call to a registry', new RegistryError('unavailable', 'm', { operation: 'list' })],
  ['another call to the system', systemError('open', 'ENOENT')],
  ['no error at all', 'text'],
])('%s keeps its stack', (_what, error) => {
  expect(farewellOf(error)).toBeUndefined();
});
