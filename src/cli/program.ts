/** The whole command line: which commands there are and what all of them share. */

import { Command, CommanderError } from 'commander';
import type { CliCommand, ExitCode, Services } from './command.ts';
import { plainLines } from '../platform/plainText.ts';
import { exitCodeOf, explainError } from './failures.ts';
import { ExitWith } from './outcome.ts';

/**
 * In the order of `--help`. Each is loaded when it is asked for, and by `--help` all of them: so a
 * command file loads what its action needs inside the action.
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

/**
 * Runs one command line (without `node` and the script) and answers its exit code; never throws.
 */
export async function runProgram(args: readonly string[], services: Services): Promise<ExitCode> {
  try {
    const program = buildProgram(services);
    for (const command of await commandsFor(args)) command.register(program, services);
    for (const command of program.commands) remindOfUsage(command);
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof ExitWith) return error.code;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    services.stderr(explainError(error));
    return exitCodeOf(error);
  }
}

function buildProgram(services: Services): Command {
  return new Command('rentcheck')
    .description(
      'Is the self-hosted LLM stack worth its rent? Audited every quarter, with evidence.',
    )
    .version(services.version)
    .exitOverride()
    .showHelpAfterError(
      '  expected: rentcheck COMMAND [options], with every option after the command\n' +
        '  do:       rentcheck --help lists the commands',
    )
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => services.stdout(text),
      writeErr: (text) => services.stderr(text),
      // A slip reads like every other refusal of ours.
      outputError: (text, write) => write(plainLines(text.replace(/^error: /, 'rentcheck: '))),
    });
}

/** After a slip in the arguments of a command, how that command is called. */
function remindOfUsage(command: Command, before = 'rentcheck'): void {
  const name = `${before} ${command.name()}`;
  command.showHelpAfterError(
    `  expected: ${name} ${command.usage()}\n  do:       ${name} --help says what each is`,
  );
  for (const inner of command.commands) remindOfUsage(inner, name);
}

/** The one that is named first; all where none is, for help and guesses name all of them. */
async function commandsFor([first = '']: readonly string[]): Promise<CliCommand[]> {
  const named = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  return Promise.all(
    (named === undefined ? Object.values(COMMANDS) : [named]).map((load) => load()),
  );
}
