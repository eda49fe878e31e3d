/** Knows the whole command line: which commands there are and what all of them share. */

import { Command, CommanderError } from 'commander';
import type { CliCommand, ExitCode, Services } from './command.ts';
import { auditCommand } from './commands/audit.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { enqueueCommand } from './commands/enqueue.ts';
import { importCommand } from './commands/import.ts';
import { initCommand } from './commands/init.ts';
import { jobsCommand } from './commands/jobs.ts';
import { opsCommand } from './commands/ops.ts';
import { planCommand } from './commands/plan.ts';
import { pullCommand } from './commands/pull.ts';
import { reportCommand } from './commands/report.ts';
import { sendCommand } from './commands/send.ts';
import { sqlCommand } from './commands/sql.ts';
import { whatIfCommand } from './commands/whatIf.ts';
import { workerCommand } from './commands/worker.ts';
import { exitCodeOf, explainError } from './failures.ts';
import { ExitWith } from './outcome.ts';

const COMMANDS: readonly CliCommand[] = [
  initCommand,
  doctorCommand,
  pullCommand,
  importCommand,
  auditCommand,
  reportCommand,
  sendCommand,
  whatIfCommand,
  planCommand,
  sqlCommand,
  opsCommand,
  workerCommand,
  enqueueCommand,
  jobsCommand,
  demoCommand,
];

/**
 * Runs one command line (without `node` and the script) and answers its exit code; never throws.
 */
export async function runProgram(args: readonly string[], services: Services): Promise<ExitCode> {
  try {
    await buildProgram(services).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof ExitWith) return error.code;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    services.stderr(explainError(error));
    return exitCodeOf(error);
  }
}

function buildProgram(services: Services): Command {
  const program = new Command('rentcheck')
    .description(
      'Is the self-hosted LLM stack worth its rent? Audited every quarter, with evidence.',
    )
    .version(services.version)
    .exitOverride()
    .showHelpAfterError(
      '(rentcheck --help lists the commands, rentcheck COMMAND --help its options)',
    )
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => services.stdout(text),
      writeErr: (text) => services.stderr(text),
    });
  for (const command of COMMANDS) command.register(program, services);
  return program;
}
