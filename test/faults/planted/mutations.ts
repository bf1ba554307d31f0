/**
 * Bugs that the fault suite must find: small changes of our own decisions and actions.
 *
 * @module
 */

import type { Venue } from '../stage/account.ts';

export interface Mutation {
  /** What is wrong. */
  readonly why: string;
  /** Below `src/`. */
  readonly file: string;
  /** Stands there exactly once: where it does no more, the mutation is out of date. */
  readonly find: string;
  readonly replace: string;
  /** The plans that suffice to find it: those of workloads with this in their name, */
  readonly workload: string;
  /** and of faults with this in theirs. */
  readonly fault?: string;
  /** Where each is to be found; on the store, where nothing is said. */
  readonly backends?: readonly Venue[];
}

export const mutations: readonly Mutation[] = [
  {
    why: 'no intent is recorded',
    file: 'core/plan.ts',
    find: '...planHold(desired, observed, intent),',
    replace: '...planHold(desired, observed, undefined),',
    workload: 'create Web',
    fault: 'crash before',
    backends: ['store', 'process'],
  },
  {
    why: 'deletion is not held',
    file: 'cluster/writing.ts',
    find: 'const finalizers = [...resource.finalizers.filter((name) => name !== finalizer), finalizer];',
    replace: 'const finalizers = resource.finalizers;',
    workload: 'create Web',
    fault: 'crash before',
  },
  {
    why: 'the old client secret goes before the Secret holds the new one',
    file: 'core/plan.ts',
    find: "...planDeletions(discarded, 'discarded'),",
    replace:
      "...planDeletions(isNew && !creates ? observed.clientSecrets.map(({ id }) => id) : discarded, 'discarded'),",
    workload: 'rotate on request',
    fault: 'crash before',
  },
  {
    why: 'what was sent is not recognised',
    file: 'core/standing.ts',
    find: "return sent !== undefined && isWhatWasSent(application, sent) ? 'ours' : 'uncertain';",
    replace: "return sent !== undefined && isWhatWasSent(application, `${sent} `) ? 'ours' : 'uncertain';",
    workload: 'create Web',
    fault: 'crash after',
    backends: ['store', 'process'],
  },
  {
    why: 'deletion is released before the application is deleted',
    file: 'core/removal.ts',
    find: "return [...steps, { kind: 'ReleaseDeletion' }];",
    replace: "return [{ kind: 'ReleaseDeletion' }, ...steps];",
    workload: 'delete',
    fault: 'crash after',
    backends: ['store', 'process'],
  },
  {
    why: 'an application that is to be deleted is orphaned',
    file: 'controller/perform.ts',
    find: 'return registry.delete(action.id);',
    replace: 'return;',
    workload: 'delete',
    fault: 'crash before',
  },
  {
    why: 'an update is not sent, and said to be done',
    file: 'controller/perform.ts',
    find: 'return { ...known, application: await registry.update(registered(known).id, action.changes) };',
    replace: 'return { ...known, application: { ...registered(known), ...action.changes } };',
    workload: 'update the application',
    fault: 'crash before',
  },
  {
    why: 'a client secret that goes is not deleted',
    file: 'controller/perform.ts',
    find: 'await registry.deleteClientSecret(registered(known).id, action.id);',
    replace: 'void registry;',
    workload: 'do without a client secret',
    fault: 'crash before',
  },
  {
    why: 'the Secret of the former name stays',
    file: 'controller/perform.ts',
    find: 'await cluster.retireSecret(known.resource, action.secret);',
    replace: 'void cluster;',
    workload: 'rename the Secret',
    fault: 'crash before',
  },
  {
    why: 'a write names no version',
    file: 'cluster/writing.ts',
    find: 'return { uid, resourceVersion };',
    replace: 'return { uid: resourceVersion === "" ? "" : uid };',
    workload: 'create Web',
    fault: 'crash before',
  },
  {
    why: 'a Secret is deleted by its name alone',
    file: 'cluster/secrets.ts',
    find: 'await transport.delete(path, secret).catch(refused);',
    replace: 'await transport.delete(path).catch(refused);',
    workload: 'rename the Secret',
    fault: 'crash before',
  },
  {
    why: 'what a lost attempt issued is counted as a stranger',
    file: 'core/client-secrets.ts',
    find: 'return operation !== undefined && isUnknownTo(operation, id) && inWindow(createTime, operation, resource);',
    replace: 'return false;',
    workload: 'create Web',
    fault: 'crash after',
    backends: ['store', 'process'],
  },
  {
    why: 'a Secret that is not ours is no obstacle',
    file: 'core/guards.ts',
    find: '{ holds: new Set([...creation, ...delivery]), verdict: foreignSecret },',
    replace: '',
    workload: 'in the way',
    fault: 'crash before',
  },
  {
    why: 'the owner is not put on the Secret',
    file: 'cluster/writing.ts',
    find: 'return owned ? [...others, ownerReference(resource)] : others;',
    replace: 'return others;',
    workload: 'create Web',
    fault: 'crash before',
  },
  {
    why: 'an application is not looked for by its name',
    file: 'controller/gather.ts',
    find: '? recorded : registry.find(name);',
    replace: '? recorded : undefined;',
    workload: 'create Web',
    fault: 'crash after',
  },
  {
    why: 'the Secret bears the name of its resource in place of the UID',
    file: 'core/secret.ts',
    find: '[secretMarks.uid]: owner.uid,',
    replace: '[secretMarks.uid]: owner.name,',
    workload: 'create Web',
    fault: 'crash before',
  },
  {
    why: 'an application that was created at a wrong time is nobody’s',
    file: 'controller/reconcile.ts',
    find: 'if (known.created !== undefined) return { known, failure: undefined };',
    replace: '',
    workload: 'create Web',
    fault: 'clock +1 h',
  },
  {
    why: 'the status is written although it says nothing new',
    file: 'controller/pass.ts',
    find: 'const isNews = !isSame(told(status), told(resource.status));',
    replace: 'const isNews = isSame(status, status);',
    workload: 'create Native',
    fault: 'crash before',
  },
  {
    why: 'the status is not written',
    file: 'controller/pass.ts',
    find: 'if (outcome.isNews) await ports.cluster.writeStatus(resource, report.status).catch(unlessUnwritable(resource));',
    replace: '',
    workload: 'create Native',
    fault: 'crash before',
  },
  {
    why: 'a status is Ready and still on its way',
    file: 'core/conditions.ts',
    find: "ready.status === 'True'\n      ? []",
    replace: "ready.status !== 'True'\n      ? []",
    workload: 'create Native',
    fault: 'crash before',
  },
  {
    why: 'a value stands in the place of its ID',
    file: 'core/secret.ts',
    find: '...(clientSecret && { [secretMarks.clientSecretID]: clientSecret.id }),',
    replace: '...(clientSecret && { [secretMarks.clientSecretID]: clientSecret.value.reveal() }),',
    workload: 'create Web',
    fault: 'crash before',
  },
  {
    why: 'an adopted application is deleted with its resource',
    file: 'core/desired.ts',
    find: "return provenance === 'Created' ? 'Delete' : 'Orphan';",
    replace: "return provenance === undefined ? 'Orphan' : 'Delete';",
    workload: 'adopt, and let go',
    fault: 'crash before',
  },
  {
    why: 'a Secret is said to be ready that was not delivered',
    file: 'core/report.ts',
    find: "const isDelivered = isOurs && secretStanding(desired, known) === 'proven';",
    replace: 'const isDelivered = isOurs;',
    workload: 'create Web',
  },
  {
    why: 'the Secret goes that is to be left behind',
    file: 'core/removal.ts',
    find: "policy === 'Orphan'",
    replace: "policy === 'Orphan' && secrets.length === 0",
    workload: 'delete with Orphan',
    fault: 'crash before',
  },
  {
    why: 'drift is set right that is only to be reported',
    file: 'core/drift.ts',
    find: "if (desired.driftPolicy === 'Report')",
    replace: "if (desired.driftPolicy !== 'Correct' && desired.driftPolicy !== 'Report')",
    workload: 'report drift',
    fault: 'crash before',
  },
  {
    why: 'a suspended resource is worked on',
    file: 'controller/reconcile.ts',
    find: 'if (parsed.value.suspend) return',
    replace: 'if (parsed.value.suspend && resource.uid === "") return',
    workload: 'suspend and resume',
    fault: 'crash before',
  },
  {
    why: 'the old client secret is never revoked',
    file: 'core/plan.ts',
    find: "...planDeletions(revoked, 'revoked'),",
    replace: "...planDeletions(revoked.slice(revoked.length), 'revoked'),",
    workload: 'rotate on request',
    fault: 'crash before',
  },
];
