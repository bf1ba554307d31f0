/**
 * Where the control plane's programs are looked for, and in which order.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  cacheFolder,
  findBinaries,
  isComplete,
  kubernetesVersion,
  programs,
  type Surroundings,
  target,
  versionFor,
} from './binaries.ts';

const ours = `/home/me/.cache/ramify/controlplane/${kubernetesVersion}`;
const store = '/home/me/.local/share/kubebuilder-envtest/k8s';

/** A Linux machine with these files and no others. */
function machine(files: readonly string[], changes: Partial<Surroundings> = {}): Surroundings {
  return {
    env: {},
    platform: 'linux',
    arch: 'x64',
    home: '/home/me',
    exists: (path) => files.includes(path),
    list: (folder) => [
      ...new Set(
        files
          .filter((file) => file.startsWith(`${folder}/`))
          .map((file) => file.slice(folder.length + 1).split('/')[0] ?? ''),
      ),
    ],
    ...changes,
  };
}

describe('findBinaries', () => {
  it('finds nothing on a new machine', () => {
    expect(findBinaries(machine([]))).toEqual({});
  });

  it('finds each program of our cache', () => {
    const found = findBinaries(machine(programs.map((program) => `${ours}/${program}`)));
    expect(found).toEqual(Object.fromEntries(programs.map((program) => [program, `${ours}/${program}`])));
  });

  it('takes a named file first, then the named folder, then the store, then our cache', () => {
    const places = ['/file/etcd', '/assets/etcd', `${store}/1.36.2-linux-amd64/etcd`, `${ours}/etcd`];
    const env = { TEST_ASSET_ETCD: '/file/etcd', KUBEBUILDER_ASSETS: '/assets' };
    const inTurn = places.map((_, gone) => findBinaries(machine(places.slice(gone), { env })).etcd);
    expect(inTurn).toEqual(places);
  });

  it('knows the variables by which the others are named', () => {
    const env = {
      TEST_ASSET_KUBE_APISERVER: '/a',
      TEST_ASSET_KUBECTL: '/b',
      TEST_ASSET_KUBE_CONTROLLER_MANAGER: '/c',
    };
    const found = findBinaries(machine(['/a', '/b', '/c'], { env }));
    expect(found).toEqual({ 'kube-apiserver': '/a', kubectl: '/b', 'kube-controller-manager': '/c' });
  });

  it('looks further where a variable names nothing that is there', () => {
    const env = { TEST_ASSET_ETCD: '/gone/etcd', KUBEBUILDER_ASSETS: '' };
    expect(findBinaries(machine([`${ours}/etcd`], { env })).etcd).toBe(`${ours}/etcd`);
  });

  it.each([
    [
      'the newest, by number',
      ['1.34.1-linux-amd64', '1.36.2-linux-amd64', '1.36.10-linux-amd64'],
      '1.36.10-linux-amd64',
    ],
    ['none for another machine', ['1.36.2-linux-arm64', '1.36.2-darwin-amd64'], undefined],
    ['none without selectable fields', ['1.31.0-linux-amd64'], undefined],
  ])("takes of setup-envtest's store %s", (_, versions, chosen) => {
    const found = findBinaries(machine(versions.map((version) => `${store}/${version}/kubectl`)));
    expect(found.kubectl).toBe(chosen && `${store}/${chosen}/kubectl`);
  });

  it('knows where the store is on a Mac', () => {
    const path = '/home/me/Library/Application Support/io.kubebuilder.envtest/k8s/1.36.2-darwin-arm64/etcd';
    expect(findBinaries(machine([path], { platform: 'darwin', arch: 'arm64' })).etcd).toBe(path);
  });

  it('follows XDG_DATA_HOME and XDG_CACHE_HOME', () => {
    const env = { XDG_DATA_HOME: '/data', XDG_CACHE_HOME: '/cache' };
    const inStore = '/data/kubebuilder-envtest/k8s/1.36.2-linux-amd64/etcd';
    expect(findBinaries(machine([inStore], { env })).etcd).toBe(inStore);
    expect(cacheFolder(machine([], { env }))).toBe(`/cache/ramify/controlplane/${kubernetesVersion}`);
  });
});

describe('a version that is asked for', () => {
  const env = { ENVTEST_K8S_VERSION: '1.35.0', KUBEBUILDER_ASSETS: '/assets', TEST_ASSET_ETCD: '/file/etcd' };
  const cache = '/home/me/.cache/ramify/controlplane/1.35.0';

  it('is taken of the store, then of our cache, and of nowhere else', () => {
    const places = [`${store}/1.35.0-linux-amd64/etcd`, `${cache}/etcd`];
    const others = [`${ours}/etcd`, `${store}/1.36.2-linux-amd64/etcd`, '/assets/etcd', '/file/etcd'];
    const inTurn = [0, 1, 2].map((gone) => findBinaries(machine([...places.slice(gone), ...others], { env })).etcd);
    expect(inTurn).toEqual([...places, undefined]);
  });

  it('has a cache of its own', () => {
    expect(cacheFolder(machine([], { env }))).toBe(cache);
  });

  it.each(['1.35', 'v1.35.0', '../1.35.0', 'latest'])('is not %s', (version) => {
    expect(() => versionFor({ env: { ENVTEST_K8S_VERSION: version } })).toThrow('must be like 1.35.0');
  });
});

describe('isComplete', () => {
  it.each([
    [['etcd', 'kube-apiserver', 'kubectl'], true],
    [['etcd', 'kube-apiserver', 'kubectl', 'kube-controller-manager'], true],
    [['etcd', 'kube-apiserver', 'kube-controller-manager'], false],
    [[], false],
  ])('of %j is %s', (names, complete) => {
    expect(isComplete(Object.fromEntries(names.map((name) => [name, `/${name}`])))).toBe(complete);
  });
});

describe('target', () => {
  it.each([
    ['linux', 'x64', 'linux-amd64'],
    ['linux', 'arm64', 'linux-arm64'],
    ['darwin', 'arm64', 'darwin-arm64'],
  ])('of %s %s', (platform, arch, expected) => {
    expect(target({ platform, arch })).toBe(expected);
  });
});
