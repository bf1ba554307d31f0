/**
 * Where the control plane's programs are, without getting any.
 *
 * @module
 */
import { join } from 'node:path';

/** The Kubernetes version that ramify's tests are written against; the archive and the Go modules are of this version. */
export const kubernetesVersion = '1.36.2';

/**
 * The Kubernetes version to test with: `ENVTEST_K8S_VERSION`, as kubebuilder's projects name it, else the one above.
 *
 * @throws where it is no version, such as `1.35`
 */
export function versionFor({ env }: Pick<Surroundings, 'env'>): string {
  const version = env['ENVTEST_K8S_VERSION'] || kubernetesVersion;
  if (!/^1\.\d+\.\d+$/.test(version)) throw new Error(`${version} is no Kubernetes version: it must be like 1.35.0`);
  return version;
}

/** The programs of a control plane, by their file names. */
export const programs = ['etcd', 'kube-apiserver', 'kubectl', 'kube-controller-manager'] as const;

/** One of {@link programs}. */
export type Program = (typeof programs)[number];

/** Paths of what was found. Envtest's archives have no kube-controller-manager. */
export type Found = Readonly<Partial<Record<Program, string>>>;

/** Paths of all that a control plane cannot do without. */
export type Binaries = Found & Readonly<Record<Exclude<Program, 'kube-controller-manager'>, string>>;

/** What the search looks at; given, so that it can be tried with tables. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly arch: string;
  readonly home: string;
  exists(path: string): boolean;
  /** Names in a folder; none where there is no such folder. */
  list(folder: string): readonly string[];
}

/** `linux`/`darwin` and `amd64`/`arm64`, as Go and envtest's archives name them. */
export function target({ platform, arch }: Pick<Surroundings, 'platform' | 'arch'>): string {
  return `${platform}-${arch === 'x64' ? 'amd64' : arch}`;
}

/** The folder that our own programs are kept in, outside the checkout so that the next checkout finds them. */
export function cacheFolder({ env, home }: Pick<Surroundings, 'env' | 'home'>): string {
  return join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'ramify', 'controlplane', versionFor({ env }));
}

/**
 * Each program by itself: `TEST_ASSET_*` (a file), `KUBEBUILDER_ASSETS` (a folder), the newest fitting folder of
 * setup-envtest's store, our cache. The first two are controller-runtime's names and order.
 *
 * Where a version is asked for, only that version's folders of the store and of our cache: nobody knows which the others are.
 */
export function findBinaries(around: Surroundings): Found {
  const asked = Boolean(around.env['ENVTEST_K8S_VERSION']);
  const folders = asked
    ? [join(storeFolder(around), `${versionFor(around)}-${target(around)}`), cacheFolder(around)]
    : [around.env['KUBEBUILDER_ASSETS'], newestStoreFolder(around), cacheFolder(around)];
  const found: Partial<Record<Program, string>> = {};
  for (const program of programs) {
    const asset = asked ? undefined : around.env[`TEST_ASSET_${program.toUpperCase().replaceAll('-', '_')}`];
    const candidates = [asset, ...folders.map((folder) => folder && join(folder, program))];
    const path = candidates.find((candidate) => candidate && around.exists(candidate));
    if (path) found[program] = path;
  }
  return found;
}

/** Whether nothing that a control plane must have is missing. */
export function isComplete(found: Found): found is Binaries {
  return programs.every((program) => program === 'kube-controller-manager' || found[program] !== undefined);
}

/** The oldest minor version with selectable fields of custom resources, which our CRDs use. */
const oldestMinor = 32;

function newestStoreFolder(around: Surroundings): string | undefined {
  const store = storeFolder(around);
  const suffix = `-${target(around)}`;
  const versions = around
    .list(store)
    .filter((name) => name.endsWith(suffix) && Number(name.split('.')[1]) >= oldestMinor)
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const newest = versions.at(-1);
  return newest && join(store, newest);
}

/** As `setup-envtest` has it (sigs.k8s.io/controller-runtime/tools/setup-envtest/store). */
function storeFolder({ env, platform, home }: Surroundings): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'io.kubebuilder.envtest', 'k8s');
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'kubebuilder-envtest', 'k8s');
}
