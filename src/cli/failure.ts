/**
 * What a person at the terminal is told when a command cannot do its work: one line, with the remedy, and no stack.
 *
 * @module
 */

import { ConfigError } from '../config.ts';
import { ConnectionError } from '../kube/connection.ts';
import { ApiError } from '../kube/error.ts';
import { SyncTimeoutError } from '../kube/manager.ts';
import { StoreError } from '../registry/store/errors.ts';

/** 1: it could not go on; 2: something must be set right first. */
export type ExitCode = 1 | 2;

export interface Farewell {
  readonly line: string;
  readonly exitCode: ExitCode;
}

/** The line for a failure that a person can mend; `undefined` for a fault of ours, which deserves its stack. */
export function farewellOf(error: unknown): Farewell | undefined {
  if (error instanceof ConfigError || error instanceof StoreError) return { line: error.message, exitCode: 2 };
  if (error instanceof ConnectionError) return { line: `${error.message}; ${connectionRemedy}`, exitCode: 2 };
  if (error instanceof SyncTimeoutError) return { line: error.message, exitCode: 1 };
  if (error instanceof ApiError) return { line: `${error.message}${apiRemedy(error)}`, exitCode: 2 };
  return isPortTaken(error)
    ? { line: `${error.message}; choose another with --health-address`, exitCode: 2 }
    : undefined;
}

const connectionRemedy = 'name a kubeconfig with --kubeconfig or KUBECONFIG';

function apiRemedy({ reason, status }: ApiError): string {
  if (reason === 'NoSuchResource') return '; install the CustomResourceDefinitions: kubectl apply -f crds/';
  if (reason === 'Unreachable' || reason === 'Timeout') return '; is the cluster of this kubeconfig running?';
  if (status === 401) return '; the credentials of this kubeconfig are not accepted: log in again';
  return status === 403 ? '; give the controller this right, or use a kubeconfig that has it' : '';
}

function isPortTaken(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
