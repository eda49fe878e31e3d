/** The command line program: its commands, its help and its error handling. */

import { Command, CommanderError } from 'commander';
import type { CliCommand, ExitCode, Services } from './command.ts';
import { plainLines } from '../platform/text.ts';
import { ExitWith, renderError, toExitCode } from './session.ts';

/**
 * The commands, in the order of `--help`. Help loads all of them, so each command imports the code
 * of its action dynamically.
 */
const COMMANDS: Readonly<Record<string, () => Promise<CliCommand>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  pull: async () => (await import('./commands/pull.ts')).pullCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  send: async () => (await import('./commands/send.ts')).sendCommand,
  'what-if': async () => (await import('./commands/whatIf.ts')).whatIfCommand,
  plan: async () => (await import('./commands/plan.ts')).planCommand,
  prices: async () => (await import('./commands/prices.ts')).pricesCommand,
  rates: async () => (await import('./commands/rates.ts')).ratesCommand,
  sql: async () => (await import('./commands/sql.ts')).sqlCommand,
  ops: async () => (await import('./commands/ops.ts')).opsCommand,
  worker: async () => (await import('./commands/worker.ts')).workerCommand,
  enqueue: async () => (await import('./commands/enqueue.ts')).enqueueCommand,
  jobs: async () => (await import('./commands/jobs.ts')).jobsCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
};

/** Runs the arguments (without `node` and the script). Returns the exit code; never throws. */
export async function runProgram(args: readonly string[], services: Services): Promise<ExitCode> {
  try {
    const program = buildProgram(services);
    for (const command of await commandsFor(args)) command.register(program, services);
    for (const command of program.commands) showUsageAfterError(command);
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof ExitWith) return error.code;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    services.stderr(renderError(error));
    return toExitCode(error);
  }
}

function buildProgram(services: Services): Command {
  return new Command('rentcheck')
    .description(
      'Audits every quarter whether a self-hosted LLM stack is worth its cost, with evidence.',
    )
    .version(services.version)
    .exitOverride()
    .showHelpAfterError(
      '  expected: rentcheck COMMAND [options], with all options after the command\n' +
        '  do:       list the commands with: rentcheck --help',
    )
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => services.stdout(text),
      writeErr: (text) => services.stderr(text),
      // Rewrites errors of commander: `error: unknown option` becomes `rentcheck: Unknown option`.
      outputError: (text, write) =>
        write(plainLines(text.replace(/^error: (.)/, (_, first: string) => prefixed(first)))),
    });
}

const prefixed = (first: string) => `rentcheck: ${first.toUpperCase()}`;

/** Shows the usage of a command after an error in its arguments. */
function showUsageAfterError(command: Command, before = 'rentcheck'): void {
  const name = `${before} ${command.name()}`;
  command.showHelpAfterError(
    `  expected: ${name} ${command.usage()}\n  do:       list the options with: ${name} --help`,
  );
  for (const inner of command.commands) showUsageAfterError(inner, name);
}

/** The command in the first argument; otherwise all, because help and suggestions list them. */
async function commandsFor([first = '']: readonly string[]): Promise<CliCommand[]> {
  const named = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  return Promise.all(
    (named === undefined ? Object.values(COMMANDS) : [named]).map((load) => load()),
  );
}
