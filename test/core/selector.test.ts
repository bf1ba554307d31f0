/** Label selectors, as Kubernetes decides them. */

import { describe, expect, it } from 'vitest';
import { selects } from '../../src/core/selector.ts';

const labels = { tier: 'gold', empty: '' };
const one = (key: string, operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', values?: string[]) => ({
  matchExpressions: [{ key, operator, ...(values && { values }) }],
});

const rows = [
  { name: 'no selector', selector: undefined, selected: true },
  { name: 'an empty one', selector: {}, selected: true },
  { name: 'a label with its value', selector: { matchLabels: { tier: 'gold' } }, selected: true },
  { name: 'a label with an empty value', selector: { matchLabels: { empty: '' } }, selected: true },
  { name: 'a label with another value', selector: { matchLabels: { tier: 'lead' } }, selected: false },
  { name: 'two labels of which one is not there', selector: { matchLabels: { tier: 'gold', x: '' } }, selected: false },
  { name: 'a name that every object inherits', selector: one('constructor', 'Exists'), selected: false },
  { name: 'In', selector: one('tier', 'In', ['lead', 'gold']), selected: true },
  { name: 'In others', selector: one('tier', 'In', ['lead']), selected: false },
  { name: 'In without the label', selector: one('x', 'In', ['']), selected: false },
  { name: 'In nothing', selector: one('tier', 'In'), selected: false },
  { name: 'NotIn', selector: one('tier', 'NotIn', ['gold']), selected: false },
  { name: 'NotIn others', selector: one('tier', 'NotIn', ['lead']), selected: true },
  { name: 'NotIn without the label', selector: one('x', 'NotIn', ['a']), selected: true },
  { name: 'Exists', selector: one('empty', 'Exists'), selected: true },
  { name: 'Exists without the label', selector: one('x', 'Exists'), selected: false },
  { name: 'DoesNotExist', selector: one('x', 'DoesNotExist'), selected: true },
  { name: 'DoesNotExist with the label', selector: one('empty', 'DoesNotExist'), selected: false },
  {
    name: 'labels and expressions, of which one does not hold',
    selector: { matchLabels: { tier: 'gold' }, ...one('x', 'Exists') },
    selected: false,
  },
];

describe('a selector', () => {
  it.each(rows)('$name: $selected', ({ selector, selected }) => {
    expect(selects(selector, labels)).toBe(selected);
  });
});
