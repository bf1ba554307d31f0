/**
 * Where this project's CRDs are.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the generated CRDs, as `startControlPlane` takes it; none before they were generated. */
export function ownCRDs(): string[] {
  const folder = fileURLToPath(new URL('../../crds', import.meta.url));
  return existsSync(folder) ? [folder] : [];
}
