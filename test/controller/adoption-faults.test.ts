/** An adoption that dies, or loses an answer, at each of its calls: it is carried out all the same, once, and nothing goes. */

import { describe, expect, it } from 'vitest';
import { adopting, consoleWorld, given, message, ref } from '../support/console-world.ts';
import type { Fault } from '../support/faults.ts';
import { registryWrites } from '../support/world.ts';

const spec = { ...adopting, displayName: 'Adopted' };

const workloads = [
  { name: 'of an application whose client secret is given', readable: true, spec },
  { name: 'with a value that the spec names', readable: false, spec: { ...spec, ...ref } },
  { name: 'that issues a client secret', readable: false, spec },
];

type Workload = (typeof workloads)[number];

async function begun({ readable, spec: asked }: Workload) {
  const made = await consoleWorld({}, { readable });
  given(made, 'by-word-of-mouth');
  made.apply(asked);
  made.faults.arm();
  return made;
}

/** Every call of an adoption without faults, each failing in four ways. */
async function faultsOf(workload: Workload): Promise<readonly { readonly call: string; readonly fault: Fault }[]> {
  const made = await begun(workload);
  await made.rest();
  return made.faults.calls.flatMap((call, at) =>
    (['before', 'after'] as const).flatMap((when) =>
      (['killed', 'lost'] as const).map((how) => ({ call, fault: { at, when, how, jump: 0 } })),
    ),
  );
}

/** Between the issue and the Secret the value is nowhere but in memory. */
function isValueLost({ spec: asked, readable }: Workload, call: string, { when }: Fault): boolean {
  if (readable || 'adoptionSecretRef' in asked) return false;
  return (
    (call === 'registry.issueClientSecret' && when === 'after') ||
    (call === 'cluster.createSecret' && when === 'before')
  );
}

describe.each(workloads)('an adoption $name', (workload) => {
  it('survives each fault at each call', async () => {
    const all = await faultsOf(workload);
    expect(all.length).toBeGreaterThan(20);
    for (const { call, fault } of all) {
      const label = `${call} ${fault.when} ${fault.how}`;
      const made = await begun(workload);
      made.faults.arm(fault);
      await made.pass().catch(() => undefined);
      expect(made.faults.fired, label).toBe(true);
      made.faults.arm();
      await made.restart();
      await made.rest({ passes: 20 });

      expect(made.resource().status, label).toMatchObject({ applicationID: made.made.id, provenance: 'Adopted' });
      expect(registryWrites(made), label).not.toContain('create');
      expect(registryWrites(made), label).not.toContain('deleteClientSecret');
      const live = await made.registry.outside.clientSecrets(made.made.id);
      expect(
        live.map(({ id }) => id),
        label,
      ).toContain(made.made.secrets[0]);
      // A value that was lost on an application that we did not make is told, and its client secret left alone (I3).
      const isLost = isValueLost(workload, call, fault);
      expect(made.reasons()['Ready'], label).toBe(isLost ? '!SecretUnaccounted' : 'Succeeded');
      if (isLost) expect(message(made, 'SecretReady'), label).toContain(`client secret ${live[1]?.id} came up`);

      made.cluster.writes.length = 0;
      await made.resync();
      await made.rest();
      expect(
        made.cluster.writes.filter(({ call: write }) => write !== 'writeRegistryStatus'),
        label,
      ).toEqual([]);
    }
  });
});
