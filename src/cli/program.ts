/** The command line program: its commands, its help and its error handling. */

import { Command, CommanderError, Help } from 'commander';
import type { CliCommand, ExitCode, Services } from './command.ts';
import { plainLines } from '../platform/text.ts';
import { ExitWith, renderError, toExitCode } from './session.ts';

/** A command as `--help` lists it. */
interface ListedCommand {
  /** Its arguments; `[options]` if it has options. */
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<CliCommand>;
}

/** The commands, in the order of `--help`. Only a command that is named is loaded. */
const COMMANDS: Readonly<Record<string, ListedCommand>> = {
  init: {
    usage: '[options]',
    summary: 'ask a few questions and write rentcheck.yaml and .env.example',
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  doctor: {
    usage: '[options]',
    summary: 'check config, ledger, queue, sources, mappings and channels; sends nothing',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  pull: {
    usage: '[options] [source...]',
    summary: 'pull bills, usage, inventory and prices from sources, now',
    load: async () => (await import('./commands/pull.ts')).pullCommand,
  },
  import: {
    usage: '[options] [kind] [file]',
    summary: 'import a CSV, JSON or Parquet file, or undo an import',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  audit: {
    usage: '[options] [quarter]',
    summary: 'compute and store the audit of a quarter, and print the verdict',
    load: async () => (await import('./commands/audit.ts')).auditCommand,
  },
  report: {
    usage: '[options] [quarter]',
    summary: 'write a stored audit as report.html, .txt, .eml, .json, tables and charts',
    load: async () => (await import('./commands/report.ts')).reportCommand,
  },
  send: {
    usage: '[options] [quarter]',
    summary: "send a quarter's report to its recipients, each message exactly once",
    load: async () => (await import('./commands/send.ts')).sendCommand,
  },
  'what-if': {
    usage: '[options] [quarter]',
    summary: 'show how the verdict changes with other inputs; stores nothing',
    load: async () => (await import('./commands/whatIf.ts')).whatIfCommand,
  },
  plan: {
    usage: '[options]',
    summary: 'compare hosted API, serverless and rented GPUs for a model that is not served yet',
    load: async () => (await import('./commands/plan.ts')).planCommand,
  },
  prices: {
    usage: '[options] [model]',
    summary: 'list who sells a hosted model, since when and at what price',
    load: async () => (await import('./commands/prices.ts')).pricesCommand,
  },
  rates: {
    usage: '[options] [gpu]',
    summary: 'list who rents out which GPU, since when and at what price, beside your own rate',
    load: async () => (await import('./commands/rates.ts')).ratesCommand,
  },
  sql: {
    usage: '[options] [query]',
    summary: 'run one read-only SQL statement on the ledger; without one, list the views',
    load: async () => (await import('./commands/sql.ts')).sqlCommand,
  },
  ops: {
    usage: '',
    summary: 'record or list engineering hours spent on the stack',
    load: async () => (await import('./commands/ops.ts')).opsCommand,
  },
  worker: {
    usage: '[options]',
    summary: 'run the schedule and the job queue until stopped',
    load: async () => (await import('./commands/worker.ts')).workerCommand,
  },
  enqueue: {
    usage: '[options] <job>',
    summary: 'add a job to the queue of the worker',
    load: async () => (await import('./commands/enqueue.ts')).enqueueCommand,
  },
  jobs: {
    usage: '[options]',
    summary: 'list queued, running and failed jobs, with the reason',
    load: async () => (await import('./commands/jobs.ts')).jobsCommand,
  },
  demo: {
    usage: '[options]',
    summary: "audit a fictional company's quarter, pulled from emulators on this machine",
    load: async () => (await import('./commands/demo.ts')).demoCommand,
  },
};

/** Runs the arguments (without `node` and the script). Returns the exit code; never throws. */
export async function runProgram(args: readonly string[], services: Services): Promise<ExitCode> {
  try {
    const program = buildProgram(services);
    await loadNamed(program, args, services);
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
  const program = new Command('rentcheck')
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
    })
    .configureHelp({ subcommandTerm });
  for (const [name, { summary }] of Object.entries(COMMANDS)) {
    program.command(name).description(summary);
  }
  return program;
}

/** `audit [options] [quarter]`, for a command that need not be loaded. */
function subcommandTerm(command: Command): string {
  const listed = command.parent?.parent ? undefined : COMMANDS[command.name()];
  return listed === undefined
    ? new Help().subcommandTerm(command)
    : `${command.name()} ${listed.usage}`.trim();
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

/** Adds the options and the action of each command that is named in the arguments. */
async function loadNamed(
  program: Command,
  args: readonly string[],
  services: Services,
): Promise<void> {
  for (const command of program.commands) {
    if (!args.includes(command.name())) continue;
    const loaded = await COMMANDS[command.name()]?.load();
    loaded?.register(command, services);
  }
}
