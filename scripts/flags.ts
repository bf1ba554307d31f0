/**
 * The reference of flags and variables, `docs/flags.md`, from the schemas that check them.
 *
 * @module
 */

import { backupConfig, controllerConfig, resealConfig } from '../src/config.ts';
import { registryConfig } from '../src/registry-config.ts';
import { type Setting, settingsOf } from '../src/setting.ts';

const introduction = `<!-- Generated from src/config.ts and src/registry-config.ts by scripts/generate.ts. Do not edit. -->

# Flags and variables

What can be set when \`ramify\` is started. Each flag is also a variable, and the flag counts before it. What is wrong is told
at once, all of it, before anything is touched.

Exit codes: 0 stopped, 1 it could not go on, 2 something must be set right first.
`;

/** The text of `docs/flags.md`. */
export function flagReference(): string {
  const commands = [
    ['ramify controller', settingsOf(controllerConfig)],
    ['ramify registry', settingsOf(registryConfig)],
    ['ramify store backup', settingsOf(backupConfig)],
    ['ramify store reseal', settingsOf(resealConfig)],
  ] as const;
  return [introduction, ...commands.map(([name, settings]) => `## \`${name}\`\n\n${table(settings)}\n`)].join('\n');
}

function table(settings: readonly Setting[]): string {
  const rows = settings.map(({ flag, variable, value, meaning, otherwise = '' }) => [
    `\`${flag} ${value}\``,
    `\`${variable}\``,
    meaning,
    otherwise,
  ]);
  return [['flag', 'variable', 'meaning', 'default'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}
