/**
 * The numbers of what the pages promise: where they state them, and at the beginning of tests' names.
 *
 * @module
 */

/** What the runtime promises, and which attacks are refused; paths in the checkout. */
export const pages = ['docs/runtime.md', 'docs/security/attacks.md'] as const;

/** A number of the pages' tables, or of a design page (`D5`), which they do not have. */
const number = '(?:AT\\d+|[DELMQRS]\\d+|metrics)';
const named = new RegExp(`^${number}(?:(?:, |–)${number})*(?=:)`);
const literal = new RegExp(`['"\`](${number}(?:(?:, |–)${number})*:)`, 'g');

/** The numbers of a page's tables, in their order, without lines whose last cell is a dash: there is nothing to test. */
export function statedNumbers(markdown: string): string[] {
  return Array.from(markdown.matchAll(/^\| ([A-Z]+\d+|metrics) \|(?!.*\| – \|$)/gm), ([, stated = '']) => stated);
}

/** The numbers that a test's name begins with: `L5, L9: …`, `E1–E6: …`; none where it has none. */
export function numbersOf(name: string): string[] {
  const [list = ''] = named.exec(name) ?? [];
  return list.split(', ').flatMap(expanded).filter(isOfTable);
}

/** The numbers in the names of a source file's tests: in the string literals that begin with one. */
export function numbersIn(source: string): string[] {
  return Array.from(source.matchAll(literal), ([, name = '']) => name).flatMap(numbersOf);
}

/** `E1–E3` are three. */
function expanded(range: string): string[] {
  const [first = '', last = first] = range.split('–');
  const [from, to] = [indexOf(first), indexOf(last)];
  if (Number.isNaN(from)) return [first];
  return Array.from({ length: to - from + 1 }, (_, n) => `${first.charAt(0)}${from + n}`);
}

function indexOf(one: string): number {
  return Number.parseInt(one.slice(1), 10);
}

function isOfTable(one: string): boolean {
  return one !== '' && !one.startsWith('D');
}
