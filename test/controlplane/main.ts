/**
 * `npm run controlplane`: starts a control plane with our CRDs, prints how to use it, and stays until Ctrl-C.
 *
 * @module
 */
import { startControlPlane } from './controlplane.ts';
import { ownCRDs } from './crds.ts';

try {
  const plane = await startControlPlane({ crds: ownCRDs() });
  process.stdout.write(`export KUBECONFIG=${plane.kubeconfig}\n# kubectl: ${plane.kubectl}\n# Ctrl-C ends it\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void plane.stop());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
