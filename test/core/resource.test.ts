/** The marks on a resource, also those that somebody garbled. */

import { describe, expect, it } from 'vitest';
import {
  bindingOf,
  fieldAt,
  isHeld,
  marks,
  openOperationOf,
  readBinding,
  textAt,
  writeBinding,
  writeOperation,
} from '../../src/core/resource.ts';
import { binding, held, operation, resource, status, t0 } from '../support/builders.ts';

const text = (value: unknown) => JSON.stringify(value);

const malformed = [
  { name: 'nothing', text: undefined },
  { name: 'an empty text', text: '' },
  { name: 'no JSON', text: '{' },
  { name: 'null', text: 'null' },
  { name: 'a list', text: '[]' },
  { name: 'a number', text: '7' },
  { name: 'an object without fields', text: '{}' },
];

describe('the mark of the binding', () => {
  it('is read as it was written', () => {
    expect(bindingOf(resource(held()))).toEqual(binding());
  });

  it('is the same text for equal bindings', () => {
    const { registry, ...rest } = binding();
    expect(writeBinding({ ...rest, registry })).toBe(writeBinding(binding()));
  });

  it.each([
    ...malformed,
    { name: 'an unknown provenance', text: text({ ...binding(), provenance: 'Stolen' }) },
    { name: 'an empty name', text: text({ ...binding(), applicationName: '' }) },
    { name: 'a number for a name', text: text({ ...binding(), registry: 7 }) },
  ])('that is $name is as good as absent', (row) => {
    expect(readBinding(row.text)).toBeUndefined();
  });
});

describe('the mark of the intent', () => {
  const marked = (value: string | undefined) =>
    resource({ annotations: value === undefined ? {} : { [marks.operation]: value } });

  it('is read as it was written', () => {
    expect(openOperationOf(resource(held(operation())))).toEqual(operation());
  });

  it.each([
    ...malformed,
    { name: 'without an identity', text: text({ ...operation(), id: '' }) },
    { name: 'of an unknown kind', text: text({ ...operation(), kind: 'Burn' }) },
    { name: 'with a time in words', text: text({ ...operation(), startTime: 'now' }) },
    { name: 'with numbers for known IDs', text: text({ ...operation(), knownClientSecretIDs: [1] }) },
  ])('that is $name is as good as absent', (row) => {
    expect(openOperationOf(marked(row.text))).toBeUndefined();
  });

  const { id: _, ...others } = operation();
  it.each([
    { name: 'as it is written', written: writeOperation(operation()) },
    { name: 'with its ID at the end', written: text({ ...others, id: 'operation-1' }) },
  ])('is closed once the status names it, and by no other: $name', ({ written }) => {
    const closed = (id: string) =>
      resource({ ...marked(written), status: status({ lastOperation: { id, kind: 'x', completionTime: '' } }) });
    expect(openOperationOf(closed('operation-1'))).toBeUndefined();
    expect(openOperationOf(closed('operation-0'))).toEqual(operation());
    expect(openOperationOf(closed('operation'))).toEqual(operation());
  });

  it.each([
    { name: 'within the skew of the clocks counts', before: 30_000, open: true },
    { name: 'beyond it is of an earlier life', before: 30_001, open: false },
  ])('of a time before the resource $name', ({ before, open }) => {
    const found = resource({ ...held(operation({ startTime: t0 - before })), creationTime: t0 });
    expect(openOperationOf(found) !== undefined).toBe(open);
  });
});

describe('an intent of another resource', () => {
  it.each([
    {
      name: 'that bears its UID is of an earlier life, however young',
      intent: operation({ uid: 'another' }),
      open: false,
    },
    {
      name: 'cannot be told where an earlier version recorded no UID',
      intent: operation({ uid: undefined }),
      open: true,
    },
  ])('$name', ({ intent, open }) => {
    expect(openOperationOf(resource(held(intent))) !== undefined).toBe(open);
  });
});

describe('the finalizer', () => {
  it.each([
    { finalizers: ['ramify.dev/application'], isOurs: true },
    { finalizers: ['somebody/else'], isOurs: false },
  ])('$finalizers holds for us: $isOurs', ({ finalizers, isOurs }) => {
    expect(isHeld({ finalizers })).toBe(isOurs);
  });
});

describe('a field of a spec that nobody checked', () => {
  it.each([
    { value: { a: { b: 'c' } }, field: 'c', text: 'c' },
    { value: { a: { b: 7 } }, field: 7, text: undefined },
    { value: { a: null }, field: undefined, text: undefined },
    { value: 'a', field: undefined, text: undefined },
  ])('in $value is $field', ({ value, field, text: found }) => {
    expect(fieldAt(value, 'a', 'b')).toBe(field);
    expect(textAt(value, 'a', 'b')).toBe(found);
  });
});
