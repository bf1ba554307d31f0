/**
 * What the rules of a registry grant a namespace.
 *
 * @module
 */

import type { NamespaceRule } from '../api/namespace-rule.ts';
import type { OAuthRegistrySpec } from '../api/registry.ts';
import { type Labels, selects } from './selector.ts';

/** The part of an OAuthRegistry's spec that decides what namespaces may ask for. */
export type Policy = Pick<OAuthRegistrySpec, 'applicationNamePrefix' | 'namespaceSelector' | 'rules'>;

/** What a namespace may ask for; of a list that is `undefined` anything is granted. */
export interface Grant {
  /** Patterns of explicit names. */
  readonly applicationNames: readonly string[];
  readonly redirectHosts: readonly string[] | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly multiTenant: boolean;
  readonly loopbackRedirects: boolean;
  readonly maxApplications: number | undefined;
  /**
   * Patterns of explicit names whose applications may be adopted, and then so may that of a derived name; `undefined`: no
   * adoption.
   */
  readonly adoptableNames: readonly string[] | undefined;
  /** No explicit name is granted that could be a derived one; see `isDerivedForm`. */
  readonly applicationNamePrefix: string | undefined;
}

/**
 * What a namespace with these labels is granted; `undefined` if the registry is not for it.
 *
 * The rules that select the namespace add up: each field is what any of them grants. A rule that does not have a field
 * says nothing about it, so that a rule which opens one thing does not open another that a second rule limits; what no
 * rule speaks of has its default.
 */
export function grantFor(policy: Policy, labels: Labels): Grant | undefined {
  if (!selects(policy.namespaceSelector, labels)) return undefined;
  const rules = (policy.rules ?? []).filter(({ namespaceSelector }) => selects(namespaceSelector, labels));
  const limits = said(rules, 'maxApplications');
  const adopting = rules.filter(({ adoption }) => adoption === true);
  return {
    applicationNames: said(rules, 'applicationNames').flat(),
    redirectHosts: union(said(rules, 'redirectHosts')),
    scopes: union(said(rules, 'scopes')),
    multiTenant: said(rules, 'multiTenant').includes(true),
    loopbackRedirects: isGranted(said(rules, 'loopbackRedirects'), true),
    maxApplications: limits.length === 0 ? undefined : Math.max(...limits),
    // A rule that opens adoption opens it for its own names: those that another rule grants are to be registered anew.
    adoptableNames: adopting.length === 0 ? undefined : said(adopting, 'applicationNames').flat(),
    applicationNamePrefix: policy.applicationNamePrefix,
  };
}

/** What the rules say of `field`, those left out that say nothing. */
function said<Field extends keyof NamespaceRule>(rules: readonly NamespaceRule[], field: Field) {
  return rules
    .map((rule): NamespaceRule[Field] => rule[field])
    .filter((value): value is NonNullable<NamespaceRule[Field]> => value !== undefined);
}

function union(lists: readonly (readonly string[])[]): readonly string[] | undefined {
  return lists.length === 0 ? undefined : lists.flat();
}

function isGranted(answers: readonly boolean[], otherwise: boolean): boolean {
  return answers.length === 0 ? otherwise : answers.includes(true);
}
