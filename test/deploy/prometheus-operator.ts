/**
 * The CRDs of the Prometheus Operator, from its Go module (`prometheus-operator/` beside this file pins it).
 *
 * @module
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from '../controlplane/obtain.ts';

const operator = 'github.com/prometheus-operator/prometheus-operator';

/** Files of the kinds that `deploy/` uses; `undefined`, after saying so, where there is no Go. */
export function operatorCRDs(): readonly string[] | undefined {
  if (spawnSync('go', ['version']).status !== 0) {
    say('no Go: what needs the CRDs of the Prometheus Operator is skipped');
    return undefined;
  }
  const cwd = fileURLToPath(new URL('prometheus-operator', import.meta.url));
  const downloaded: { readonly Dir: string } = JSON.parse(
    execFileSync('go', ['mod', 'download', '-json', operator], { cwd, encoding: 'utf8' }),
  );
  const folder = join(downloaded.Dir, 'example', 'prometheus-operator-crd');
  return ['prometheusrules', 'servicemonitors'].map((kind) => join(folder, `monitoring.coreos.com_${kind}.yaml`));
}
