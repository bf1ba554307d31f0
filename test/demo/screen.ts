/**
 * What the demo shows: headings, the commands as a person would type them, and what they print.
 *
 * @module
 */

import { styleText } from 'node:util';

const began = performance.now();

/** A line with the seconds since the start. */
export function progress(text: string): void {
  const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(5);
  process.stdout.write(`${styleText('dim', `${seconds} s`)}  ${text}\n`);
}

/** What comes now, and why it is worth a look. */
export function heading(text: string): void {
  process.stdout.write(`\n${styleText('bold', text)}\n\n`);
}

/** A command as it is typed. */
export function command(text: string): void {
  process.stdout.write(`${styleText('cyan', `$ ${text}`)}\n`);
}

/** What a command printed, indented. */
export function output(text: string): void {
  const lines = text.trimEnd().split('\n');
  process.stdout.write(`${lines.map((line) => `  ${line}`.trimEnd()).join('\n')}\n`);
}
