/**
 * The kinds of parameters that actions take, each from text.
 *
 * @module
 */

import * as z from 'zod';
import type { Parameters } from './form.ts';
import { type Fault, invalid, missing } from './refusal.ts';

/** A check of a parameter fails with a fault: it becomes part of the answer's code. */
const fault = (name: Fault) => name;

/** Text that is not empty, such as an identifier. */
export const text = z.string().min(1, fault('Length'));

/** 1–64 letters, digits and `._-`. */
export const applicationName = text.max(64, fault('Length')).regex(/^[\w.-]*$/, fault('InvalidChars'));

/** 1–24 characters, which are not bytes. */
export const displayName = text.refine((name) => [...name].length <= 24, fault('Length'));

const types = { WebApp: 'Web', NativeApp: 'Native', ServerApp: 'Server' } as const;

/** `WebApp`, `NativeApp` or `ServerApp`, in the words of the port. */
export const applicationType = z
  .enum(['WebApp', 'NativeApp', 'ServerApp'], fault('Format'))
  .transform((name) => types[name]);

/** That of OAuth. */
export const protocolVersion = z.enum(['2.0', '2.1'], fault('Format'));

/** Whole seconds. */
export function seconds(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, fault('Format'))
    .transform(Number)
    .refine((value) => value >= least && value <= most, fault('Range'));
}

/** Several SDKs write their language's `True`. */
export const flag = z.stringbool({ truthy: ['true'], falsy: ['false'], error: fault('Format') });

/** Texts that `;` separates; an empty one is a list without elements. */
export const list = z.string().transform((joined) => joined.split(';').filter((part) => part !== ''));

/**
 * The parameters of an action, checked; what the schema does not name is ignored, as the API does.
 *
 * @throws Refusal for the first that is missing or wrong
 */
export function checked<T extends z.ZodObject>(schema: T, given: Parameters): z.output<T> {
  const { success, data, error } = schema.safeParse(Object.fromEntries(given));
  if (success) return data;
  const [issue] = error.issues;
  const name = String(issue?.path[0]);
  throw given.has(name) ? invalid(name, faultOf(issue?.message)) : missing(name);
}

function faultOf(message: string | undefined): Fault {
  return message === 'Length' || message === 'InvalidChars' || message === 'Range' ? message : 'Format';
}
