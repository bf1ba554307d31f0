/**
 * The part of `status` that both kinds share: the observed generation and the conditions (KEP-1623, kstatus).
 *
 * @module
 */

import * as z from 'zod';
import { text } from './text.ts';

/** A time as Kubernetes writes it, such as `2026-01-31T10:00:00Z` (RFC 3339). */
export function time() {
  return z.iso.datetime({ offset: true }).max(64);
}

/** `-1` until the first pass, so that no tool takes an untouched resource for a current one. */
export function observedGeneration() {
  return z
    .int()
    .min(-1)
    .default(-1)
    .describe('The metadata.generation that this status is about; -1 before the first pass.');
}

const condition = z.object({
  type: text({ min: 1, max: 316 }).describe('What the condition is about, such as Ready.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether it holds.'),
  reason: text({ min: 1, max: 1024 }).describe('Why, as one word from a closed list.'),
  message: text({ max: 32_768 }).describe('Why, and what to do about it, for people.'),
  lastTransitionTime: time().describe('When the status last changed.'),
  observedGeneration: z.int().min(0).optional().describe('The metadata.generation that the condition is about.'),
});

/** One condition, in the shape of `metav1.Condition`. */
export type Condition = z.output<typeof condition>;

/** The conditions, one of each type. */
export function conditions() {
  return z
    .array(condition.describe('One condition.'))
    .max(16)
    .optional()
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
    .describe('What is true of the resource now, one of each type.');
}
