/**
 * What a person at the terminal is told when a command cannot do its work: one line, with the remedy, and no stack.
 *
 * @module
 */

import { ConfigError } from '../config.ts';
import { ConnectionError, type ConnectionErrorCode } from '../kube/connection.ts';
import { LostLeadershipError } from '../kube/elector.ts';
import { ApiError } from '../kube/error.ts';
import { SyncTimeoutError } from '../kube/manager.ts';
import { StoreError } from '../registry/store/errors.ts';
import { OldClusterError } from './server-version.ts';
import { RequestRefusedError } from './store-socket.ts';

/** 1: it could not go on; 2: something must be set right first. */
export type ExitCode = 1 | 2;

export interface Farewell {
  readonly line: string;
  readonly exitCode: ExitCode;
}

/** The line for a failure that a person can mend; `undefined` for a fault of ours, which deserves its stack. */
export function farewellOf(error: unknown): Farewell | undefined {
  if (error instanceof ConfigError || error instanceof StoreError) return farewell(2, error);
  if (error instanceof ConnectionError) return farewell(2, error, connectionRemedies[error.code]);
  if (error instanceof RequestRefusedError || error instanceof OldClusterError) return farewell(2, error);
  if (error instanceof SyncTimeoutError || error instanceof LostLeadershipError) return farewell(1, error);
  if (error instanceof ApiError) return farewell(2, error, apiRemedy(error));
  return isAddressRefused(error)
    ? farewell(2, error, 'choose another address with --health-address or --metrics-address')
    : undefined;
}

/** What others say may run over several lines. */
function farewell(exitCode: ExitCode, { message }: Error, remedy?: string): Farewell {
  const line = remedy === undefined ? message : `${message}; ${remedy}`;
  return { line: line.replaceAll(/\s+/g, ' '), exitCode };
}

const nameKubeconfig = 'name a kubeconfig with --kubeconfig or KUBECONFIG';

const connectionRemedies: Readonly<Record<ConnectionErrorCode, string>> = {
  noCluster: nameKubeconfig,
  unreadable: nameKubeconfig,
  noContext: 'name another context with --context, or another kubeconfig with --kubeconfig',
  badProxy: 'name an HTTP proxy: http://HOST:PORT or https://HOST:PORT',
  noCredentials: 'log in again, or name another kubeconfig with --kubeconfig',
};

function apiRemedy({ reason, status }: ApiError): string | undefined {
  if (reason === 'NoSuchResource') return 'install the CustomResourceDefinitions: kubectl apply -f crds/';
  if (reason === 'Unreachable' || reason === 'Timeout') return 'is the cluster of this kubeconfig running?';
  if (status === 401) return 'the credentials of this kubeconfig are not accepted: log in again';
  return status === 403 ? 'give the controller this right, or use a kubeconfig that has it' : undefined;
}

/** The port is taken or reserved, or the host is not one of this machine's. */
function isAddressRefused(error: unknown): error is Error {
  return (
    error instanceof Error && 'syscall' in error && (error.syscall === 'listen' || error.syscall === 'getaddrinfo')
  );
}
