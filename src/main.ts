/**
 * The edge of the process: argv, environment, signals, exit code.
 *
 * @module
 */

import { Command } from 'commander';
import { farewellOf } from './cli/failure.ts';
import {
  backupConfig,
  controllerConfig,
  readBackupConfig,
  readControllerConfig,
  readResealConfig,
  resealConfig,
} from './config.ts';
import type { Logger } from './log.ts';
import { readRegistryConfig, registryConfig } from './registry-config.ts';
import { settingsOf } from './setting.ts';
import { version } from './version.ts';

/** A command that was typed wrongly needs a person, like any other wrong configuration. */
const wrongUsage = 2;

const program = new Command('ramify')
  .description('RAM OAuth applications as Kubernetes resources.')
  .version(version)
  .configureOutput({ outputError: (text, write) => write(`${usageLine(text)}\n`) })
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : wrongUsage));

const controller = program
  .command('controller')
  .description('watch OAuthApplications and keep each registered, with its credentials in a Secret')
  .addHelpText('after', '\nEach flag is also a variable: --log-level is RAMIFY_LOG_LEVEL.')
  .action(async (flags: Record<string, unknown>) => {
    const config = readControllerConfig(flags, process.env);
    const [{ runController }, { openLog }] = await Promise.all([import('./cli/controller.ts'), import('./log.ts')]);
    const log = openLog(config.logLevel);
    endOnFault(log);
    await runController(config, process.env, log, stopSignal());
  });
takeFlags(controller, controllerConfig);

const registry = program
  .command('registry')
  .description("serve a store in the wire format of Alibaba Cloud's IMS API, for laptops and tests")
  .addHelpText('after', '\nEach flag is also a variable: --access-key is RAMIFY_ACCESS_KEY.')
  .action(async (flags: Record<string, unknown>) => {
    const config = readRegistryConfig(flags, process.env);
    const [{ runRegistry }, { openLog }] = await Promise.all([import('./cli/registry.ts'), import('./log.ts')]);
    const log = openLog(config.logLevel);
    endOnFault(log);
    await runRegistry(config, { log, stop: stopSignal(), tell: (text) => void process.stderr.write(text) });
  });
takeFlags(registry, registryConfig);

const store = program.command('store').description('look after the store behind registries of type Store');

const backup = store
  .command('backup')
  .description('copy the store into one file, while the controller goes on')
  .addHelpText('after', '\nThe keys are not part of a backup.')
  .action(async (flags: Record<string, unknown>) => {
    const config = readBackupConfig(flags, process.env);
    const { backUp } = await import('./cli/store.ts');
    process.stdout.write(`${await backUp(config)}\n`);
  });
takeFlags(backup, backupConfig);

const reseal = store
  .command('reseal')
  .description('seal the store with the newest key of its key file, while the controller goes on')
  .action(async (flags: Record<string, unknown>) => {
    const config = readResealConfig(flags, process.env);
    const { resealStore } = await import('./cli/store.ts');
    process.stdout.write(`${await resealStore(config)}\n`);
  });
takeFlags(reseal, resealConfig);

function takeFlags(command: Command, config: Parameters<typeof settingsOf>[0]): void {
  for (const { flag, value, meaning, otherwise } of settingsOf(config))
    command.option(`${flag} ${value}`, otherwise === undefined ? meaning : `${meaning} (default: ${otherwise})`);
}

/** What commander says on two lines, and begins in its own way, on one of ours. */
function usageLine(text: string): string {
  return `ramify: ${text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s+/g, ' ')}; --help tells what there is`;
}

/** A rejection that nobody caught comes here too. What it left half done is best begun anew. */
function endOnFault(log: Logger): void {
  process.on('uncaughtException', (error) => {
    log.fatal({ error: String(error), stack: error.stack }, 'ended by a fault of its own');
    process.exit(1);
  });
}

/** Aborted by SIGINT and SIGTERM; the second one ends the process at once. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(1);
      stop.abort();
    });
  }
  return stop.signal;
}

try {
  await program.parseAsync();
} catch (error) {
  const farewell = farewellOf(error);
  if (farewell === undefined) throw error;
  process.stderr.write(`ramify: ${farewell.line}\n`);
  process.exitCode = farewell.exitCode;
}
