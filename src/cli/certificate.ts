/**
 * The certificate that the metrics are served with: from files, read again when they change, or made at the start.
 *
 * @module
 */

import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Clock } from '../kube/clock.ts';

/** A certificate, with those that it rests on, and its private key, both PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Certificate {
  readonly current: Identity;
  /** Calls `listener` with each later one; there is one listener at most. */
  onChange(listener: (identity: Identity) => void): void;
  /** Looks at the files no more. */
  close(): void;
}

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Milliseconds between two looks at the files: who renews a certificate does it long before its end. */
const between = 10_000;

/**
 * The certificate of the files, each later state of them included once it can be used.
 *
 * @param onError told why a later state cannot; the last good one stays.
 * @throws where the first state cannot be used: what `readFile` and `createSecureContext` throw
 */
export async function certificateFrom(
  files: CertificateFiles,
  clock: Clock,
  onError: (error: unknown) => void,
): Promise<Certificate> {
  let current = await read(files);
  let tell: (identity: Identity) => void = () => undefined;
  let isClosed = false;
  let cancel = () => undefined as void;

  async function look(): Promise<void> {
    const found = await read(files);
    if (found.cert === current.cert && found.key === current.key) return;
    current = found;
    tell(found);
  }

  function wait(): void {
    if (isClosed) return;
    cancel = clock.after(between, () => void look().catch(onError).finally(wait));
  }

  wait();
  return {
    get current() {
      return current;
    },
    onChange: (listener) => {
      tell = listener;
    },
    close: () => {
      isClosed = true;
      cancel();
    },
  };
}

/** A certificate and a key that do not belong together, as in the midst of a change, are not taken. */
async function read(files: CertificateFiles): Promise<Identity> {
  const [cert, key] = await Promise.all([readFile(files.cert, 'utf8'), readFile(files.key, 'utf8')]);
  createSecureContext({ cert, key });
  return { cert, key };
}

/** One that nobody vouches for: it keeps out who listens, and a scraper has to be told not to verify it. */
export async function selfSigned(host: string): Promise<Certificate> {
  const { makeSelfSigned } = await import('./self-signed.ts');
  return { current: await makeSelfSigned(host), onChange: () => undefined, close: () => undefined };
}
