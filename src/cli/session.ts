/** Runs a command: opens and closes the ledger, shows progress, and returns the exit code. */

import type { Command } from 'commander';
import { Failure, type FailureCode } from '../domain/failure.ts';
import type { JobContext, JobResult } from '../jobs/job.ts';
import type { CommonOptions, ExitCode, OpenOptions, Services } from './command.ts';
import { plainLines, plainText, safeJson } from '../platform/text.ts';

/** Ends a command with an exit code other than 0. */
export class ExitWith extends Error {
  override readonly name = 'ExitWith';
  readonly code: ExitCode;

  constructor(code: ExitCode) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** Adds the options that every command has. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('-c, --config <path>', 'path of the config file', 'rentcheck.yaml')
    .option('--json', 'print only JSON on standard output')
    .option('-q, --quiet', 'show no progress');
}

interface Session extends Partial<Omit<OpenOptions, 'progress'>> {
  readonly services: Services;
  readonly options: CommonOptions;
}

/** Output that clears the progress line before each text. */
export type Speech = Pick<Services, 'stdout' | 'stderr'>;

/** Opens the ledger of the config, runs the work, and always closes the ledger. */
export async function withSession(
  { services, options, readonly = false, ...how }: Session,
  work: (context: JobContext, speech: Speech) => Promise<ExitCode>,
): Promise<void> {
  const line = createProgressLine(services, options);
  const opened = await services.open(options.config, {
    ...how,
    readonly,
    progress: (message) => line.show(message),
  });
  let code: ExitCode;
  try {
    code = await work(opened.context, {
      stdout: (text) => line.clear(() => services.stdout(text)),
      stderr: (text) => line.clear(() => services.stderr(text)),
    });
  } finally {
    line.clear();
    await opened.close();
  }
  if (code !== 0) throw new ExitWith(code);
}

/** A progress line that is overwritten in place. Without a terminal it prints nothing. */
export function createProgressLine(services: Services, options: Pick<CommonOptions, 'quiet'> = {}) {
  const visible = services.terminal && options.quiet !== true;
  let shown = false;
  return {
    show(message: string) {
      if (!visible) return;
      services.stderr(`\r\u001b[2K${plainText(message).slice(0, 100)}`);
      shown = true;
    },
    clear(then?: () => void) {
      if (shown) services.stderr('\r\u001b[2K');
      shown = false;
      then?.();
    },
  };
}

/**
 * The result and exit code of a job. Prints what is incomplete on standard error.
 * @throws {Failure} `refused` or `unavailable` if the job failed without a result.
 */
export function unwrapResult<Result>(answer: JobResult<Result>, speech: Speech): Outcome<Result> {
  if (answer.kind === 'done') {
    for (const shortfall of answer.shortfalls) printNote(speech, 'incomplete', shortfall);
    return { result: answer.result, code: answer.shortfalls.length > 0 ? 1 : 0 };
  }
  if (answer.result === undefined) {
    throw new Failure(answer.kind === 'never' ? 'refused' : 'unavailable', answer.reason);
  }
  printNote(speech, 'incomplete', answer.reason);
  return { result: answer.result, code: 1 };
}

interface Outcome<Result> {
  readonly result: Result;
  readonly code: ExitCode;
}

/** Prints one line on standard error, without control characters. */
export function printNote(speech: Speech, word: string, message: string): void {
  speech.stderr(`${word}: ${plainText(message)}\n`);
}

/** Prints a value as one JSON document and a newline. */
export function printJson(speech: Speech, value: unknown): void {
  speech.stdout(`${safeJson(JSON.stringify(value, null, 2))}\n`);
}

const USAGE: readonly FailureCode[] = ['usage', 'config', 'file-unreadable'];
const INCOMPLETE: readonly FailureCode[] = ['no-data'];

/** 2 for invalid usage or config, 1 for missing data, 3 for everything else. */
export function toExitCode(error: unknown): ExitCode {
  if (!(error instanceof Failure)) return 3;
  if (USAGE.includes(error.code)) return 2;
  return INCOMPLETE.includes(error.code) ? 1 : 3;
}

/** The message, the place, what was expected and what to do; the stack if it is a bug. */
export function renderError(error: unknown): string {
  if (!(error instanceof Failure)) {
    return `rentcheck: ${BUG}\n${plainLines(stack(error))}\n`;
  }
  const lines = [`rentcheck: ${capitalized(error.message)}`];
  if (error.where !== undefined) lines.push(`  where:    ${error.where}`);
  if (error.expected !== undefined) lines.push(`  expected: ${error.expected}`);
  lines.push(`  do:       ${error.hint}`);
  return `${plainLines(lines.join('\n'))}\n`;
}

/** Capitalizes a common first word. A message that starts with a URL, file or ID is unchanged. */
function capitalized(message: string): string {
  return message.replace(FIRST_WORDS, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

const FIRST_WORDS =
  /^(?:an?|cannot|could|invalid|missing|no|not|nothing|only|the|there|this|unknown)(?= )/;

const BUG = 'Internal error. Please report it with these lines:';

function stack(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
