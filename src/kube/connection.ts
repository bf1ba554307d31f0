/**
 * A cluster to talk to, and what it is shown.
 *
 * @module
 */

import type { ConnectionOptions } from 'node:tls';

/** What a connection presents; read anew for each request and each connection, so that it can rotate. */
export interface Credentials {
  /** `authorization` and impersonation headers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Pick<
    ConnectionOptions,
    'ca' | 'cert' | 'key' | 'passphrase' | 'pfx' | 'servername' | 'rejectUnauthorized'
  >;
}

/** A cluster and the means to be let in. */
export interface Connection {
  readonly server: URL;
  /** The namespace of the context, or of the pod. */
  readonly namespace: string;
  /** Whether this process runs in a pod of the cluster: others of its kind may, too. */
  readonly isPod?: boolean;
  /** The HTTP proxy that leads to the server. */
  readonly proxy?: URL | undefined;
  /** `refresh`: the last ones were refused; get new ones instead of those remembered. */
  credentials(options?: { readonly refresh: boolean }): Promise<Credentials>;
}

/**
 * Why there is no connection to try.
 *
 * - `noCluster`: no kubeconfig is given or found, and this is not a pod.
 * - `unreadable`: the kubeconfig, or a file that it names, cannot be read or understood.
 * - `noContext`: the kubeconfig lacks the context, its cluster or its user.
 * - `badProxy`: the proxy that leads to the cluster is not one that can be used.
 * - `noCredentials`: the kubeconfig's way to get credentials (a plugin, a token file) failed.
 */
export type ConnectionErrorCode = 'noCluster' | 'unreadable' | 'noContext' | 'badProxy' | 'noCredentials';

/** The cluster to talk to is not known. The message names what is missing. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code: ConnectionErrorCode;

  constructor(code: ConnectionErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
