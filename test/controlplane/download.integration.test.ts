/**
 * The download of envtest's archive, from a server of the test's own.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { kubernetesVersion } from './binaries.ts';
import { downloadArchive } from './download.ts';

const machine = { env: {}, platform: 'linux', arch: 'x64' };

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ramify-download-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** An archive laid out as envtest's are. */
function archive(): Buffer {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'controller-tools', 'envtest'), { recursive: true });
  writeFileSync(join(folder, 'controller-tools', 'envtest', 'kubectl'), 'the program');
  return execFileSync('tar', ['-cz', '-C', folder, 'controller-tools']);
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : ''}`;
}

function sha512(content: Buffer): string {
  return createHash('sha512').update(content).digest('hex');
}

/** Downloads into a new folder from a server that answers so; returns the folder that the programs belong into. */
async function download(listener: RequestListener, digests: Record<string, string>) {
  const destination = join(temporaryFolder(), 'cache');
  const said: string[] = [];
  const done = downloadArchive(destination, machine, (line) => said.push(line), {
    url: await serve(listener),
    digests: { [kubernetesVersion]: digests },
  });
  return { destination, done, said };
}

it('unpacks what has the pinned digest', async () => {
  const content = archive();
  const { destination, done, said } = await download((_, answer) => answer.end(content), {
    'linux-amd64': sha512(content),
  });
  await done;
  expect(readFileSync(join(destination, 'kubectl'), 'utf8')).toBe('the program');
  expect(readdirSync(join(destination, '..'))).toEqual(['cache']);
  expect(said).toEqual([expect.stringMatching(/envtest-v1\.36\.2\/envtest-v1\.36\.2-linux-amd64\.tar\.gz$/)]);
});

it('does not use what has another digest', async () => {
  const { destination, done } = await download((_, answer) => answer.end(archive()), {
    'linux-amd64': sha512(Buffer.from('')),
  });
  await expect(done).rejects.toThrow('not the pinned one: not used');
  expect(existsSync(destination)).toBe(false);
});

it('says so where there is no archive for the machine, or none to be had', async () => {
  const nothing: RequestListener = (_, answer) => answer.writeHead(404).end();
  await expect((await download(nothing, {})).done).rejects.toThrow(
    'no envtest archive is pinned of 1.36.2 for linux-amd64',
  );
  await expect((await download(nothing, { 'linux-amd64': '' })).done).rejects.toThrow('HTTP status 404');
});

it('gives up on a server that does not answer, in some seconds', async () => {
  const { done } = await download(() => {}, { 'linux-amd64': '' });
  await expect(done).rejects.toThrow('could not be downloaded (no answer)');
});
