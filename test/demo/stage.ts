/**
 * What the demo plays on: a control plane, a registry and a controller of its own, and kubectl.
 *
 * @module
 */

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startControlPlane } from '../controlplane/controlplane.ts';
import { ownCRDs } from '../controlplane/crds.ts';
import { startController } from '../support/controller-process.ts';
import { openRegistry, type RegistryKind } from './registry.ts';
import { command, output, progress } from './screen.ts';

const run = promisify(execFile);

/** What a command printed, and whether it failed. */
interface Printed {
  readonly text: string;
  readonly failed: boolean;
}

export interface Stage {
  readonly kubeconfig: string;
  readonly kubectlPath: string;
  /** The manifests, as `kubectl apply` takes them. */
  readonly samples: string;
  /** The file of the registry store; it is held until {@link freeStore}. */
  readonly store: string;
  /** Runs kubectl and returns what it printed; nothing is shown. */
  ask(...args: string[]): Promise<string>;
  /** Runs kubectl and shows the command and what it printed, even where it fails. */
  show(...args: string[]): Promise<void>;
  /** Stops the controller, and whoever else holds the store. */
  freeStore(): Promise<void>;
  close(): Promise<void>;
}

/** Sets the stage: control plane, CRDs, registry, controller. */
export async function setStage(kind: RegistryKind): Promise<Stage> {
  progress('starting etcd, kube-apiserver and kube-controller-manager');
  const plane = await startControlPlane({ crds: ownCRDs() });
  progress(`the control plane answers at ${plane.url}, with the CustomResourceDefinitions of crds/`);
  const folder = await mkdtemp(join(tmpdir(), 'ramify-demo-'));
  const store = join(folder, 'store.sqlite');
  const registry = await openRegistry(kind, folder, store);
  const controller = await startController({ kubeconfig: plane.kubeconfig, ...registry.forController });
  progress(`the controller runs, with ${registry.description}`);

  const freeStore = async () => {
    await controller.stop();
    await registry.close();
  };
  const kubectl = (args: readonly string[]) => runKubectl(plane.kubectl, plane.kubeconfig, args);
  return {
    kubeconfig: plane.kubeconfig,
    kubectlPath: plane.kubectl,
    samples: registry.samples,
    store,
    freeStore,
    ask: async (...args) => {
      const { text, failed } = await kubectl(args);
      if (failed) throw new Error(text);
      return text;
    },
    show: async (...args) => {
      command(['kubectl', ...args].map(quoted).join(' '));
      output((await kubectl(args)).text);
    },
    close: async () => {
      await freeStore();
      await plane.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function runKubectl(path: string, kubeconfig: string, args: readonly string[]): Promise<Printed> {
  try {
    const { stdout } = await run(path, ['--kubeconfig', kubeconfig, ...args]);
    return { text: stdout, failed: false };
  } catch (error) {
    const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    return { text, failed: true };
  }
}

function quoted(word: string): string {
  return /^[\w./:=,@-]+$/.test(word) ? word : `'${word}'`;
}
