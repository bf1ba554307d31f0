/**
 * Envtest's archive of etcd, kube-apiserver and kubectl, checked against pinned digests.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Surroundings, target, versionFor } from './binaries.ts';
import pinnedDigests from './envtest-releases.json' with { type: 'json' };

/** Where archives come from and what they must be: SHA-512 by version and {@link target}. */
export interface Releases {
  readonly url: string;
  readonly digests: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The digests are those of controller-tools' envtest-releases.yaml. */
const envtestReleases: Releases = {
  url: 'https://github.com/kubernetes-sigs/controller-tools/releases/download',
  digests: pinnedDigests,
};

const answerMilliseconds = 5_000;

/**
 * Downloads the archive and unpacks it into `destination`.
 *
 * @throws within some seconds where no archive is pinned for this machine or there is no way to it, and where the digest differs
 */
export async function downloadArchive(
  destination: string,
  machine: Pick<Surroundings, 'env' | 'platform' | 'arch'>,
  say: (line: string) => void,
  releases: Releases = envtestReleases,
): Promise<void> {
  const version = versionFor(machine);
  const digest = releases.digests[version]?.[target(machine)];
  if (digest === undefined) throw new Error(`no envtest archive is pinned of ${version} for ${target(machine)}`);
  const release = `envtest-v${version}`;
  const url = `${releases.url}/${release}/${release}-${target(machine)}.tar.gz`;
  say(`downloading ${url}`);
  const archive = await download(url);
  const actual = createHash('sha512').update(archive).digest('hex');
  if (actual !== digest) throw new Error(`${url} has SHA-512 ${actual}, not the pinned one: not used`);
  await unpack(archive, destination);
}

/** Only the wait for the answer is limited: the archive itself (60 MB) may take its time. */
async function download(url: string): Promise<Buffer> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(new Error('no answer')), answerMilliseconds);
  try {
    const answer = await fetch(url, { signal: patience.signal });
    clearTimeout(timer);
    if (!answer.ok) throw new Error(`HTTP status ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  } catch (error) {
    throw new Error(`${url} could not be downloaded (${reason(error)})`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** fetch says "fetch failed" and keeps what failed in the cause. */
function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** Unpacked beside the destination and then moved, so that each program is complete from the moment it is there. */
async function unpack(archive: Buffer, destination: string): Promise<void> {
  await mkdir(destination, { recursive: true });
  const folder = await mkdtemp(join(dirname(destination), 'envtest-'));
  try {
    const tar = spawn('tar', ['-xz', '--strip-components=2', '-C', folder], { stdio: ['pipe', 'ignore', 'inherit'] });
    tar.stdin.end(archive);
    const [code] = await once(tar, 'close');
    if (code !== 0) throw new Error(`tar ended with exit code ${code}`);
    for (const name of await readdir(folder)) await rename(join(folder, name), join(destination, name));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
