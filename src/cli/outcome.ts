/** Knows how a command runs: the ledger opened and closed around it, progress shown, its exit code carried out. */

import type { Command } from 'commander';
import { Failure } from '../domain/failure.ts';
import type { Answer } from '../jobs/job.ts';
import type { JobContext } from '../jobs/context.ts';
import type { CommonOptions, ExitCode, Services } from './command.ts';

/** Leaves a command with an exit code other than 0. */
export class ExitWith extends Error {
  override readonly name = 'ExitWith';
  readonly code: ExitCode;

  constructor(code: ExitCode) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** Adds the options every command takes. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('-c, --config <path>', 'the configuration', 'rentcheck.yaml')
    .option('--json', 'print JSON on standard output, and nothing else there')
    .option('-q, --quiet', 'no progress');
}

interface Session {
  readonly services: Services;
  readonly options: CommonOptions;
  readonly readonly?: boolean;
}

/** Opens what the config names, does the work, and closes it again whatever happened. */
export async function inSession(
  { services, options, readonly = false }: Session,
  work: (context: JobContext) => Promise<ExitCode>,
): Promise<void> {
  const line = progressLine(services, options);
  const opened = await services.open(options.config, { readonly, progress: line.show });
  let code: ExitCode;
  try {
    code = await work(opened.context);
  } finally {
    line.clear();
    await opened.close();
  }
  if (code !== 0) throw new ExitWith(code);
}

/** One line on the terminal that is written over; nothing where nobody watches. */
function progressLine(services: Services, options: CommonOptions) {
  const visible = services.terminal && options.quiet !== true;
  return {
    show: (message: string) => {
      if (visible) services.stderr(`\r\u001b[2K${message.slice(0, 100)}`);
    },
    clear: () => {
      if (visible) services.stderr('\r\u001b[2K');
    },
  };
}

/** The result of a job, its shortfalls told on standard error; `never` and `retry` without one throw. */
export function resultOf<Result>(answer: Answer<Result>, services: Services): Told<Result> {
  if (answer.kind === 'done') {
    for (const shortfall of answer.shortfalls) services.stderr(`fell short: ${shortfall}\n`);
    return { result: answer.result, code: answer.shortfalls.length > 0 ? 1 : 0 };
  }
  if (answer.result === undefined) {
    throw new Failure(answer.kind === 'never' ? 'refused' : 'unavailable', answer.reason);
  }
  services.stderr(`fell short: ${answer.reason}\n`);
  return { result: answer.result, code: 1 };
}

interface Told<Result> {
  readonly result: Result;
  readonly code: ExitCode;
}

/** Prints a value as JSON, one document and a newline. */
export function printJson(services: Services, value: unknown): void {
  services.stdout(`${JSON.stringify(value, null, 2)}\n`);
}
