/**
 * A setting as people are told of it: its flag, its variable, its default and what it means, from the schema that checks it.
 *
 * @module
 */

import * as z from 'zod';

/** What a schema does not say by itself. */
interface Told {
  /** As `--help` shows it after the flag: `<path>`, or `[boolean]` where it may be left out. */
  readonly value: string;
  /** Begins in lower case and has no full stop. */
  readonly meaning: string;
  /** Where the schema has none: what is taken instead. */
  readonly otherwise?: string;
}

/** A setting of a command. */
export interface Setting {
  /** `--log-level` */
  readonly flag: string;
  /** `RAMIFY_LOG_LEVEL` */
  readonly variable: string;
  readonly value: string;
  readonly meaning: string;
  /** `undefined`: it must be given, or there is none without it. */
  readonly otherwise: string | undefined;
}

const told = z.registry<Told>();

/** Notes what people are told of a field of a configuration. */
export function setting<T extends z.ZodType>(schema: T, words: Told): T {
  told.add(schema, words);
  return schema;
}

/**
 * Every setting of a configuration, in the schema's order.
 *
 * @throws where a field is told to nobody
 */
export function settingsOf(config: z.ZodObject): readonly Setting[] {
  return Object.entries(config.shape).map(([name, schema]) => {
    const words = schema instanceof z.ZodType ? told.get(schema) : undefined;
    if (words === undefined) throw new Error(`nobody is told of the setting ${name}`);
    const { value, meaning, otherwise = defaultOf(schema) } = words;
    return { flag: flagOf(name), variable: variableOf(name), value, meaning, otherwise };
  });
}

function defaultOf(schema: unknown): string | undefined {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? String(schema.def.defaultValue)
    : undefined;
}

/** `logLevel` → `--log-level`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `logLevel` → `RAMIFY_LOG_LEVEL`. */
export function variableOf(name: string): string {
  return `RAMIFY_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
