/**
 * The edge of the process: argv, environment, signals, exit code.
 *
 * @module
 */

import { Command } from 'commander';
import { farewellOf } from './cli/failure.ts';

/** A command that was typed wrongly needs a person, like any other wrong configuration. */
const wrongUsage = 2;

const program = new Command('ramify')
  .description('RAM OAuth applications as Kubernetes resources.')
  .configureOutput({ outputError: (text, write) => write(`${usageLine(text)}\n`) })
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : wrongUsage));

program
  .command('controller')
  .description('watch OAuthApplications and keep each registered, with its credentials in a Secret')
  .option('--kubeconfig <path>', 'kubeconfig of the cluster (default: KUBECONFIG, the pod, ~/.kube/config)')
  .option('--context <name>', 'context of the kubeconfig (default: its current one)')
  .option('--store <sqlite:PATH>', 'the store behind registries of type Store')
  .option('--store-key-file <path>', 'keys that seal client secrets (default: beside the store)')
  .option(
    '--health-address <host:port>',
    'where /healthz and /readyz are served, 0 for nowhere (default: 127.0.0.1:8081)',
  )
  .option('--leader-elect [boolean]', 'of several replicas one works (default: true in a pod)')
  .option('--lease-namespace <name>', 'namespace of the Lease of the election (default: the own one)')
  .option('--lease-name <name>', 'name of the Lease (default: ramify-controller)')
  .option('--lease-duration <time>', 'after which the Lease of a dead leader is taken (default: 15s)')
  .option('--lease-renew-deadline <time>', 'for which a leader goes on without a renewal (default: 10s)')
  .option('--lease-retry-period <time>', 'between two renewals (default: 2s)')
  .option('--concurrency <n>', 'applications worked on at once (default: 16)')
  .option('--log-level <level>', 'trace, debug, info, warn, error or fatal (default: info)')
  .addHelpText('after', '\nEach flag is also a variable: --log-level is RAMIFY_LOG_LEVEL.')
  .action(async (flags: Record<string, unknown>) => {
    const { readControllerConfig } = await import('./config.ts');
    const config = readControllerConfig(flags, process.env);
    const [{ runController }, { openLog }] = await Promise.all([import('./cli/controller.ts'), import('./log.ts')]);
    await runController(config, process.env, openLog(config.logLevel), stopSignal());
  });

program
  .command('store')
  .description('look after the store behind registries of type Store')
  .command('backup')
  .description('copy the store into one file, while the controller goes on')
  .option('--store <sqlite:PATH>', 'the store, as the controller has it')
  .option('--store-key-file <path>', 'needed where no controller holds the store (default: beside the store)')
  .option('--to <file>', 'the backup; a file that is not there yet')
  .addHelpText('after', '\nThe keys are not part of a backup.')
  .action(async (flags: Record<string, unknown>) => {
    const [{ readBackupConfig }, { backUp }] = await Promise.all([import('./config.ts'), import('./cli/store.ts')]);
    process.stdout.write(`${await backUp(readBackupConfig(flags, process.env))}\n`);
  });

/** What commander says on two lines, and begins in its own way, on one of ours. */
function usageLine(text: string): string {
  return `ramify: ${text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s+/g, ' ')}; --help tells what there is`;
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
