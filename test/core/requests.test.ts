/** What is asked for by annotations, and what counts as handled. */

import { describe, expect, it } from 'vitest';
import { handledValue, ignoredRequests, isAsked, type Request, requestOf } from '../../src/core/requests.ts';
import { resource, status } from '../support/builders.ts';

const ours = 'ramify.dev/reconcile-requested-at';
const flux = 'reconcile.fluxcd.io/requestedAt';
const rotate = 'ramify.dev/rotate-requested-at';
const revoke = 'ramify.dev/revoke-previous-requested-at';
const tooLong = 'x'.repeat(129);

describe('a request', () => {
  it.each([
    { name: 'is none without annotations', annotations: {}, request: undefined },
    { name: 'is ours', annotations: { [ours]: '1' }, request: '1' },
    { name: "is Flux's", annotations: { [flux]: '2' }, request: '2' },
    { name: 'is the later of both', annotations: { [ours]: '2026-02', [flux]: '2026-01' }, request: '2026-02' },
    { name: 'of 128 characters counts', annotations: { [ours]: 'x'.repeat(128) }, request: 'x'.repeat(128) },
    { name: 'of more does not', annotations: { [ours]: tooLong, [flux]: '1' }, request: '1' },
  ])('$name', ({ annotations, request }) => {
    expect(requestOf(resource({ annotations }), 'reconcile')).toBe(request);
  });
});

const known = { applicationID: 'app-1' };
const asking: readonly {
  name: string;
  request: Request;
  annotations: Readonly<Record<string, string>>;
  recorded: object;
  asked: boolean;
  handled: string | undefined;
}[] = [
  { name: 'nothing asks', request: 'rotate', annotations: {}, recorded: known, asked: false, handled: undefined },
  {
    name: 'a new value asks',
    request: 'rotate',
    annotations: { [rotate]: '2' },
    recorded: known,
    asked: true,
    handled: '2',
  },
  {
    name: 'a value that was handled does not',
    request: 'rotate',
    annotations: { [rotate]: '2' },
    recorded: { ...known, lastHandledRotateAt: '2' },
    asked: false,
    handled: '2',
  },
  {
    name: 'an annotation that is taken off asks for nothing, and nothing is forgotten',
    request: 'revoke',
    annotations: {},
    recorded: { ...known, lastHandledRevokeAt: '2' },
    asked: false,
    handled: '2',
  },
  {
    name: 'each request has an annotation of its own',
    request: 'revoke',
    annotations: { [rotate]: '2' },
    recorded: known,
    asked: false,
    handled: undefined,
  },
  {
    name: 'what is found where the status was lost is recorded, and not acted on',
    request: 'rotate',
    annotations: { [rotate]: '2' },
    recorded: {},
    asked: false,
    handled: '2',
  },
  {
    name: 'a look is taken all the same',
    request: 'reconcile',
    annotations: { [ours]: '2' },
    recorded: {},
    asked: true,
    handled: '2',
  },
  {
    name: 'of a value that is too long the beginning is recorded',
    request: 'rotate',
    annotations: { [rotate]: tooLong },
    recorded: known,
    asked: false,
    handled: `${'x'.repeat(127)}…`,
  },
];

describe('of requests', () => {
  it.each(asking)('$name', ({ request, annotations, recorded, asked, handled }) => {
    const found = resource({ annotations, status: status(recorded) });
    expect(isAsked(found, request)).toBe(asked);
    expect(handledValue(found, request)).toBe(handled);
  });

  it('one that is too long is told of once', () => {
    const annotations = { [ours]: tooLong, [rotate]: tooLong, [revoke]: '1' };
    expect(ignoredRequests(resource({ annotations }))).toEqual([ours, rotate]);
    const recorded = `${'x'.repeat(127)}…`;
    const told = status({ lastHandledReconcileAt: recorded, lastHandledRotateAt: recorded });
    expect(ignoredRequests(resource({ annotations, status: told }))).toEqual([]);
  });

  it('one that is too long is not missed where another counts', () => {
    expect(ignoredRequests(resource({ annotations: { [ours]: tooLong, [flux]: '1' } }))).toEqual([]);
  });
});
