/**
 * Schema → CustomResourceDefinition: the whole of what users meet before a controller runs.
 *
 * @module
 */

import type { z } from 'zod';
import { applicationKind, applicationSpec, applicationStatus, group, maxNameLength, version } from './application.ts';
import { registryKind, registrySpec, registryStatus } from './registry.ts';
import { type Structural, structural } from './structural.ts';

/** A column of `kubectl get`; priority 1 is shown with `-o wide` only. */
interface Column {
  readonly name: string;
  readonly type: 'string' | 'date' | 'integer';
  readonly jsonPath: string;
  readonly description: string;
  readonly priority?: 1;
}

/** What a kind is, beside its schema. */
interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  readonly description: string;
  readonly maxNameLength: number;
  readonly spec: z.ZodType;
  readonly status: z.ZodType;
  readonly columns: readonly Column[];
  /** Fields by which `kubectl get --field-selector` and a watch can choose. */
  readonly selectableFields: readonly string[];
}

const readyStatus = ".status.conditions[?(@.type=='Ready')].status";
const readyReason = ".status.conditions[?(@.type=='Ready')].reason";

const age: Column = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'When the resource was created.',
};

const ready: Column = {
  name: 'Ready',
  type: 'string',
  jsonPath: readyStatus,
  description: 'Whether everything is as spec says.',
};

const reason: Column = {
  name: 'Reason',
  type: 'string',
  jsonPath: readyReason,
  description: 'Why it is ready, or is not.',
  priority: 1,
};

const application: Kind = {
  kind: applicationKind,
  plural: 'oauthapplications',
  shortNames: ['oauthapp', 'oapp'],
  scope: 'Namespaced',
  description:
    'An OAuth application: it is registered as spec says, and its client ID, its client secret and the endpoints of its issuer are put ' +
    'into a Secret of this namespace. The name has at most 63 characters.',
  maxNameLength,
  spec: applicationSpec,
  status: applicationStatus,
  columns: [
    ready,
    { name: 'Client ID', type: 'string', jsonPath: '.status.clientID', description: 'The OAuth client_id.' },
    { name: 'Type', type: 'string', jsonPath: '.spec.type', description: 'Web, Native or Server.' },
    {
      name: 'Secret',
      type: 'string',
      jsonPath: '.status.secretRef.name',
      description: 'The Secret that holds the credentials.',
    },
    age,
    reason,
    {
      name: 'Registry',
      type: 'string',
      jsonPath: '.spec.registryRef.name',
      description: 'The OAuthRegistry in which it is registered.',
      priority: 1,
    },
    {
      name: 'Next rotation',
      type: 'string',
      jsonPath: '.status.nextRotationTime',
      description: 'When the next client secret is issued.',
      priority: 1,
    },
  ],
  selectableFields: ['.spec.type', '.spec.registryRef.name'],
};

const registry: Kind = {
  kind: registryKind,
  plural: 'oauthregistries',
  shortNames: ['oreg'],
  scope: 'Cluster',
  description:
    'A place where OAuth applications are registered, and what namespaces may ask of it. Only the platform team writes it.',
  maxNameLength: 253,
  spec: registrySpec,
  status: registryStatus,
  columns: [
    ready,
    { name: 'Type', type: 'string', jsonPath: '.spec.type', description: 'AlibabaCloud or Store.' },
    {
      name: 'Applications',
      type: 'integer',
      jsonPath: '.status.applicationCount',
      description: 'How many resources have an application in it.',
    },
    age,
    reason,
    { name: 'Account', type: 'string', jsonPath: '.status.accountID', description: 'The account.', priority: 1 },
  ],
  selectableFields: ['.spec.type'],
};

/** The definitions of both kinds, as objects to write as YAML or to send to an API server. */
export function customResourceDefinitions() {
  return [application, registry].map(definition);
}

function definition(kind: Kind) {
  const { plural, shortNames, scope } = kind;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural,
        singular: kind.kind.toLowerCase(),
        shortNames,
        categories: ['ramify'],
      },
      versions: [servedVersion(kind)],
    },
  };
}

function servedVersion({ columns, selectableFields, ...kind }: Kind) {
  return {
    name: version,
    served: true,
    storage: true,
    subresources: { status: {} },
    additionalPrinterColumns: columns,
    selectableFields: selectableFields.map((jsonPath) => ({ jsonPath })),
    schema: { openAPIV3Schema: objectSchema(kind) },
  };
}

/** `apiVersion`, `kind` and `metadata` are the API server's own, but the length of the name. */
function objectSchema(kind: Pick<Kind, 'description' | 'maxNameLength' | 'spec' | 'status'>): Structural {
  return {
    type: 'object',
    description: kind.description,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: `The version of this schema: ${group}/${version}.` },
      kind: { type: 'string', description: 'The kind of this object.' },
      metadata: { type: 'object', properties: { name: { type: 'string', maxLength: kind.maxNameLength } } },
      spec: structural(kind.spec),
      status: { ...structural(kind.status), default: { observedGeneration: -1 } },
    },
  };
}
