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
import { kubernetesVersion, type Surroundings, target } from './binaries.ts';

/** Where archives come from and what they must be; the digests are SHA-512, by {@link target}. */
export interface Releases {
  readonly url: string;
  readonly digests: Readonly<Record<string, string>>;
}

/** From controller-tools' envtest-releases.yaml. */
const pinnedDigests: Readonly<Record<string, string>> = {
  'darwin-amd64':
    'b4fe9f973cd1992e3880f8b230ed32c0c243b83371591e3e3315f4404df2cdbef8ee94eeb9bb245b7e5feb987d5c4a76c43e0877654ab73f00d7bbc2b9984514',
  'darwin-arm64':
    '9278f9e5af556b2f1f2d139769c1f0d717c7b4426917fdebdba898bcb725a916e4910d6160886194ff9be9589ea7c5c32c2b8ae0754703874b7c8ba8ddfc41ce',
  'linux-amd64':
    'ea743186c8a799f5cf8faf16969f86189d003cb7d130e0ac4b58789f1e5748dcf30ebe91c837a10d5ac415383da3e10b9e64d65785c938c23e739781cfb76f08',
  'linux-arm64':
    '2d72ee985a8e262a3c57dc9f7f0fd891f6a8c7bf7ebaa2db6dc6d8eac8ae28181afe51c1f368b67756cdb40b10de9b205609e1726e5f27f7c6d824dd9c6649ac',
};

const envtestReleases: Releases = {
  url: 'https://github.com/kubernetes-sigs/controller-tools/releases/download',
  digests: pinnedDigests,
};

const answerMilliseconds = 5_000;

/**
 * Downloads the archive and unpacks it into `destination`.
 *
 * @throws within some seconds where there is no archive for this machine or no way to it, and where the digest differs
 */
export async function downloadArchive(
  destination: string,
  machine: Pick<Surroundings, 'platform' | 'arch'>,
  say: (line: string) => void,
  releases: Releases = envtestReleases,
): Promise<void> {
  const digest = releases.digests[target(machine)];
  if (digest === undefined) throw new Error(`there is no envtest archive for ${target(machine)}`);
  const release = `envtest-v${kubernetesVersion}`;
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
