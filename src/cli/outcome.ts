/**
 * Knows how a command runs: the ledger opened and closed around it, progress shown, its exit code
 * carried out.
 */

import type { Command } from 'commander';
import { Failure } from '../domain/failure.ts';
import type { JobContext } from '../jobs/context.ts';
import type { Answer } from '../jobs/job.ts';
import type { CommonOptions, ExitCode, OpenOptions, Services } from './command.ts';
import { plainText, safeJson } from '../platform/plainText.ts';

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

interface Session extends Partial<Omit<OpenOptions, 'progress'>> {
  readonly services: Services;
  readonly options: CommonOptions;
}

/** What is said in a session goes past the line of progress. */
export type Speech = Pick<Services, 'stdout' | 'stderr'>;

/** Opens what the config names, does the work, and closes it again whatever happened. */
export async function inSession(
  { services, options, readonly = false, ...wish }: Session,
  work: (context: JobContext, speech: Speech) => Promise<ExitCode>,
): Promise<void> {
  const line = progressLine(services, options);
  const opened = await services.open(options.config, {
    ...wish,
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

/** One line on the terminal that is written over; nothing where nobody watches. */
export function progressLine(services: Services, options: Pick<CommonOptions, 'quiet'> = {}) {
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
 * The result of a job, its shortfalls told on standard error; `never` and `retry` without one
 * throw.
 */
export function resultOf<Result>(answer: Answer<Result>, speech: Speech): Told<Result> {
  if (answer.kind === 'done') {
    for (const shortfall of answer.shortfalls) tell(speech, 'fell short', shortfall);
    return { result: answer.result, code: answer.shortfalls.length > 0 ? 1 : 0 };
  }
  if (answer.result === undefined) {
    throw new Failure(answer.kind === 'never' ? 'refused' : 'unavailable', answer.reason);
  }
  tell(speech, 'fell short', answer.reason);
  return { result: answer.result, code: 1 };
}

interface Told<Result> {
  readonly result: Result;
  readonly code: ExitCode;
}

/** One line on standard error; what it says may hold names from outside. */
export function tell(speech: Speech, word: string, message: string): void {
  speech.stderr(`${word}: ${plainText(message)}\n`);
}

/** Prints a value as JSON, one document and a newline. */
export function printJson(speech: Speech, value: unknown): void {
  speech.stdout(`${safeJson(JSON.stringify(value, null, 2))}\n`);
}
