/**
 * One pass over one resource: read, plan, act, report.
 *
 * @module
 */

import type { OAuthApplicationSpec } from '../api/application.ts';
import { parseApplicationSpec } from '../api/parse.ts';
import { ClusterError, type Key } from '../cluster/cluster.ts';
import { desiredOf } from '../core/desired.ts';
import { isCorrection, isDriftLeft } from '../core/drift.ts';
import { guard } from '../core/guards.ts';
import type { Observed } from '../core/observed.ts';
import type { Failure, Pass } from '../core/outcome.ts';
import { type Action, isReadBack, isTimely, plan } from '../core/plan.ts';
import type { Refusal } from '../core/policy.ts';
import { doneEvents, report, reportRefusal, reportSuspension } from '../core/report.ts';
import { type Resource, registryNameOf } from '../core/resource.ts';
import { expandedSize, longestExpansion } from '../core/secret.ts';
import type { Desired } from '../core/state.ts';
import { admissionRefusal, grantOf, mayAdopt, registryGoing } from './admission.ts';
import { atRest, forget, remember, rememberCreated } from './at-rest.ts';
import { failureOf } from './failures.ts';
import { gather } from './gather.ts';
import { type Outcome, type Ports, publish, tell, untouched } from './pass.ts';
import { type Doors, perform } from './perform.ts';
import type { OpenRegistry } from './registry-entry.ts';
import { remove } from './remove.ts';

/**
 * Brings one OAuthApplication to rest.
 *
 * Level-based: `key` says which resource to look at and nothing about what happened to it. Everything else is read
 * again, so a lost, repeated or late event cannot change the result.
 *
 * What a registry or the API server refuses is reported on the resource. A `ClusterError` and any other error is thrown
 * to the queue, which tries again; what was done until then is found by the next pass.
 */
export async function reconcile(key: Key, ports: Ports): Promise<Outcome> {
  const resource = ports.cluster.read(key);
  if (resource === undefined) return untouched({ kind: 'rest' });
  const seconds = ports.registries.pausedFor(registryNameOf(resource));
  if (seconds > 0) return untouched({ kind: 'after', seconds });
  if (resource.deletionTime !== undefined) return remove(resource, ports);

  const parsed = parseApplicationSpec(resource.spec);
  if (!parsed.ok) return refuse(resource, invalid(parsed.issues), ports);
  if (parsed.value.suspend) return publish(resource, reportSuspension(resource, ports.clock()), ports);
  return settle(resource, parsed.value, ports);
}

async function settle(resource: Resource, spec: OAuthApplicationSpec, ports: Ports): Promise<Outcome> {
  const open = await ports.registries.find(spec.registryRef.name);
  if ('reason' in open) return refuse(resource, open, ports);
  const grant = await grantOf(resource, open, ports.cluster);
  const refusal = admissionRefusal(resource, spec, open, grant, ports.cluster);
  if (refusal) return refuse(resource, refusal, ports);
  const asked = desiredOf(spec, resource, open.settings);
  const tooLarge = expansionRefusal(asked);
  if (tooLarge) return refuse(resource, tooLarge, ports);

  const corrections = ports.corrections.count(resource);
  const place = { ...open, known: { isAdoptionGranted: mayAdopt(resource, grant), corrections } };
  const asleep = atRest(resource, asked, place, ports);
  if (asleep) return asleep;
  const known = await gather(resource, asked, place, ports.cluster, ports.clock()).catch(failureOf);
  if ('reason' in known) return refuse(resource, known, ports);
  if (open.isGoing && known.application === undefined) return refuse(resource, registryGoing(open), ports);
  const desired = desiredOf(spec, resource, open.settings, known.provenance);
  const pass = await act(desired, known, open, ports).finally(() => forget(known, open.listing));
  if (pass.settled) remember(pass.known, open.listing);
  else rememberCreated(pass.known, open.listing);
  return publish(pass.known.resource, report(pass, ports.clock()), ports, pass.failure);
}

/** Carries the plan out as far as guards and failures let it; then what had to wait for a client secret to go. */
async function act(desired: Desired, found: Observed, open: OpenRegistry, ports: Ports): Promise<Pass> {
  const first = await advance(desired, found, open, ports);
  const isCleared = first.known.clientSecrets.length < found.clientSecrets.length;
  const isOver = first.settled || !isCleared || first.failure !== undefined || first.held.length > 0;
  return isOver ? first : advance(desired, first.known, open, ports);
}

async function advance(desired: Desired, found: Observed, open: OpenRegistry, ports: Ports): Promise<Pass> {
  const { registry, settings } = open;
  const attempt = { id: ports.newID(), now: ports.clock() };
  const moment = { now: attempt.now, consistencyWindow: settings.consistencyWindow };
  const { allowed, held } = guard(plan(desired, found, attempt), desired, found, moment);
  const { known, failure } = await carryOut(allowed, desired, found, { ...ports, registry });
  const left = plan(desired, known, { id: ports.newID(), now: ports.clock() });
  const settled = isDriftLeft(left, desired, known, moment);
  return { desired, registry: settings, known, held, failure, settled };
}

/** The first failure ends it. What was done until then is told even if another write came before ours. */
async function carryOut(actions: readonly Action[], desired: Desired, found: Observed, ports: Ports & Doors) {
  const done: Action[] = [];
  let known = found;
  try {
    for (const action of actions) {
      ports.signal.throwIfAborted();
      if (!isTimely(action, known, ports.clock())) {
        // The status must tell whose it is: by its creation time nobody could any more.
        if (known.created !== undefined) return { known, failure: undefined };
        throw new ClusterError('conflict', 'the intent is out of date');
      }
      if (!isReadBack(action, desired, known)) throw new ClusterError('conflict', 'the Secret is not what was written');
      const result: Observed | Failure = await perform(action, desired, known, ports).catch(failureOf);
      if ('reason' in result) return { known, failure: result };
      known = result;
      done.push(action);
      ports.did(action.kind);
      if (isCorrection(action, found.resource)) ports.corrections.note(found.resource);
    }
    return { known, failure: undefined };
  } finally {
    tell(found.resource, doneEvents(done, desired), ports);
  }
}

function refuse(resource: Resource, failure: Failure, ports: Ports): Promise<Outcome> {
  const told = reportRefusal(resource, failure, ports.registries.resyncInterval, ports.clock());
  return publish(resource, told, ports, failure);
}

/** Enough problems to act on; a message has its limit (32,768 characters), and so has a reader. */
const shownIssues = 10;

function invalid(issues: readonly { readonly path: string; readonly message: string }[]): Refusal {
  const shown = issues.slice(0, shownIssues).map(({ path, message }) => `${path}: ${message}`);
  const rest = issues.length - shown.length;
  return { reason: 'InvalidSpec', message: [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ') };
}

/** No registry's client ID is longer. */
const longestClientID = 'x'.repeat(64);

function expansionRefusal(desired: Desired): Refusal | undefined {
  const size = expandedSize(desired, longestClientID);
  if (size <= longestExpansion) return undefined;
  const message = `spec.secret.data: expanded it has ${size} bytes; at most ${longestExpansion} are allowed`;
  return { reason: 'InvalidSpec', message };
}
