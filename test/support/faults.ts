/**
 * Ports that fail at a chosen call, as when a process is killed there or an answer is lost.
 *
 * @module
 */

import { ClusterError } from '../../src/cluster/cluster.ts';
import { RegistryError } from '../../src/registry/errors.ts';

/** Where to fail: at the `at`-th call from the arming on, counted from 0, before or after its effect. */
export interface Fault {
  readonly at: number;
  readonly when: 'before' | 'after';
  /** `killed`: the process dies there. `lost`: the call fails, and the loop goes on. `answered`: as if nothing were. */
  readonly how: 'killed' | 'lost' | 'answered';
  /** Milliseconds by which the time of day is set forward there, or back. */
  readonly jump: number;
  /** What somebody else does there. */
  readonly meanwhile?: () => unknown;
}

export interface Faults {
  /** The calls since the arming, such as `registry.create`. */
  readonly calls: readonly string[];
  readonly fired: boolean;
  arm(fault?: Fault): void;
  /** `port`, of which every asynchronous call may fail; reads from a cache never do. */
  wrap<Port extends object>(port: Port, name: 'cluster' | 'registry'): Port;
}

/** What a process does that is killed: nothing more. */
class Killed extends Error {
  override readonly name = 'Killed';
}

/** Calls that go nowhere: what is read from a cache, and an event, which nobody waits for. */
const local = new Set<PropertyKey>([
  'read',
  'resources',
  'keys',
  'applicationsIn',
  'claimants',
  'holders',
  'isAlive',
  'neighbours',
  'namesakes',
  'secrets',
  'registries',
  'namespaceLabels',
  'readNamespaceLabels',
  'record',
]);

/** `afterwards` is told each call that took effect, to check what must hold at every instant. */
export function faults(
  afterwards: (call: string, args: readonly unknown[], result: unknown) => Promise<void>,
  jump: (milliseconds: number) => void,
): Faults {
  let armed: Fault | undefined;
  let calls: string[] = [];
  let fired = false;

  const disturb = async (at: number, when: Fault['when'], name: 'cluster' | 'registry') => {
    if (armed?.at !== at || armed.when !== when) return;
    fired = true;
    jump(armed.jump);
    await armed.meanwhile?.();
    if (armed.how !== 'answered') throw errorOf(armed, name);
  };

  return {
    get calls() {
      return calls;
    },
    get fired() {
      return fired;
    },
    arm: (fault) => {
      armed = fault;
      calls = [];
      fired = false;
    },
    wrap: (port, name) =>
      new Proxy(port, {
        get(target, call) {
          const member: unknown = Reflect.get(target, call);
          if (typeof member !== 'function' || local.has(call)) return member;
          return async (...args: unknown[]) => {
            const at = calls.push(`${name}.${String(call)}`) - 1;
            await disturb(at, 'before', name);
            const result: unknown = await Reflect.apply(member, target, args);
            await afterwards(String(call), args, result);
            await disturb(at, 'after', name);
            return result;
          };
        },
      }),
  };
}

function errorOf({ how }: Fault, name: 'cluster' | 'registry'): Error {
  if (how !== 'lost') return new Killed('killed');
  if (name === 'cluster') return new ClusterError('failed', 'no answer');
  return new RegistryError('uncertain', 'no answer', { operation: 'create' });
}
