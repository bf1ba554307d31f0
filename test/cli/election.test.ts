/** Who stands for election. */

import { expect, test } from 'vitest';
import { isReplica } from '../../src/cli/election.ts';
import { readControllerConfig } from '../../src/config.ts';

const connection = {
  server: new URL('https://127.0.0.1'),
  namespace: 'system',
  credentials: async () => ({ headers: {}, tls: {} }),
};

test.each([
  ['in a pod', true, undefined, true],
  ['with a kubeconfig', false, undefined, false],
  ['in a pod that is told to be the only one', true, 'false', false],
  ['with a kubeconfig, told to', false, 'true', true],
])('%s: pod %s, --leader-elect %s: %s', (_, isPod, leaderElect, expected) => {
  const config = readControllerConfig({ leaderElect }, {});
  expect(isReplica(config, isPod ? { ...connection, isPod } : connection)).toBe(expected);
});
