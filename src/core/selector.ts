/**
 * Which namespaces a label selector selects, as Kubernetes decides it (metav1.LabelSelector).
 *
 * @module
 */

import type { NamespaceSelector } from '../api/namespace-rule.ts';

/** Labels of an object. */
export type Labels = Readonly<Record<string, string>>;

type Expression = NonNullable<NamespaceSelector['matchExpressions']>[number];

/** Whether `labels` meet every requirement; a selector that is not there, or empty, is met by all. */
export function selects(selector: NamespaceSelector | undefined, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  const bears = Object.entries(matchLabels).every(([key, value]) => labelOf(labels, key) === value);
  return bears && matchExpressions.every((expression) => meets(expression, labelOf(labels, expression.key)));
}

/** A label that is not there is in no list: `NotIn` holds for it. */
function meets({ operator, values = [] }: Expression, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
