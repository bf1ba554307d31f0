/**
 * YAML as a person wrote it: made whole without touching the fault, and read as kubectl and the API server read it.
 *
 * @module
 */

import { parse } from 'yaml';

/** `text` after the lines of `header`, its `spec` given those fields of `base` that it lacks. */
export function completedText(text: string, header: object, base: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(header).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  const lacking = Object.entries(base).filter(([key]) => !new RegExp(`\\b${key}:`).test(text));
  const fields = lacking.map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return lines.join('') + withFields(text, fields);
}

function withFields(text: string, fields: readonly string[]): string {
  if (/spec: \{/.test(text)) return text.replace(/spec: \{/, `spec: {${fields.map((field) => `${field}, `).join('')}`);
  return text.replace(/^spec:\n/m, `spec:\n${fields.map((field) => `  ${field}\n`).join('')}`);
}

/**
 * The first document of `text` under YAML 1.1, whose `no` is false and whose `010` is eight; aliases are bounded.
 *
 * @throws an error where it is no YAML, or where `strict` and a key stands twice
 */
export function readYAML(text: string, strict: boolean): unknown {
  const [first = ''] = text.split(/^---$/m);
  return parse(first, { version: '1.1', maxAliasCount: 100, logLevel: 'silent', uniqueKeys: strict });
}
