/** The heap against a sorted list. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heap } from '../../src/kube/heap.ts';

const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ push: fc.integer({ min: 0, max: 99 }) }) },
  { weight: 2, arbitrary: fc.record({ removeAny: fc.nat() }) },
  { weight: 1, arbitrary: fc.constant('shift' as const) },
);

test('whatever is put in and taken out, the first item is the least', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 20, maxLength: 80, size: 'max' }), (steps) => {
      const heap = new Heap<{ value: number; place: number }>((a, b) => a.value < b.value);
      const model: { value: number; place: number }[] = [];
      for (const step of steps) {
        if (step === 'shift') {
          const first = heap.shift();
          expect(first?.value).toBe(model.toSorted((a, b) => a.value - b.value)[0]?.value);
          if (first !== undefined) model.splice(model.indexOf(first), 1);
        } else if ('push' in step) {
          const item = { value: step.push, place: 0 };
          heap.push(item);
          model.push(item);
        } else if (model.length > 0) {
          const [item] = model.splice(step.removeAny % model.length, 1);
          if (item !== undefined) heap.remove(item);
        }
        expect(heap.size).toBe(model.length);
        if (model.length > 0) expect(heap.first?.value).toBe(Math.min(...model.map(({ value }) => value)));
      }
    }),
  );
});
