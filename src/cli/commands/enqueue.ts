/** `rentcheck enqueue`: adds a job to the queue, and optionally waits until it ends. */

import type { Command } from 'commander';
import { FAILURES, Failure, type FailureCode } from '../../domain/failure.ts';
import type { QueuedJob } from '../../calendar/queuedJob.ts';
import type { CliCommand, CommonOptions, ExitCode, QueueSession, Services } from '../command.ts';
import { ExitWith, printJson, printNote, toExitCode, withCommonOptions } from '../session.ts';
import { plainText } from '../../platform/text.ts';

interface EnqueueOptions extends CommonOptions {
  readonly payload: string;
  readonly wait?: boolean;
}

export const enqueueCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      .argument('<job>', 'pull, prices, audit, report, deliver, quarter …')
      .option('-p, --payload <json>', 'payload of the job, as JSON', '{}')
      .option('-w, --wait', 'show its progress, and exit with its exit code');
    withCommonOptions(command).action(async (name: string, options: EnqueueOptions) => {
      const payload = payloadOf(options.payload);
      const queue = await services.openQueue(options.config, services);
      let code: ExitCode;
      try {
        code = await enqueue(queue, { name, payload }, { options, services });
      } finally {
        await queue.close();
      }
      if (code !== 0) throw new ExitWith(code);
    });
  },
};

function payloadOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('usage', `Invalid JSON in --payload: ${reason}`, {
      expected: `an object like '{"quarter":"2026-Q3"}'`,
      hint: 'put the whole payload in single quotes, to protect it from the shell',
      cause,
    });
  }
}

interface CommandInput {
  readonly options: EnqueueOptions;
  readonly services: Services;
}

async function enqueue(
  queue: QueueSession,
  job: { readonly name: string; readonly payload: unknown },
  { options, services }: CommandInput,
): Promise<ExitCode> {
  if (options.wait !== true) {
    const { id } = await queue.enqueue(job);
    if (options.json === true) printJson(services, { id });
    else services.stdout(`${queuedText(job.name, id)}\n`);
    return 0;
  }
  const follower = await queue.openFollower();
  try {
    const { id } = await queue.enqueue(job);
    const say = (line: string) => {
      if (options.quiet !== true) services.stderr(`${plainText(line)}\n`);
    };
    say(queuedText(job.name, id));
    return printOutcome(await follower.follow(id, say), { options, services });
  } finally {
    await follower.close();
  }
}

const queuedText = (name: string, id: string) => `Queued ${name} as ${id}`;

/** Prints the outcome of a job. Returns the exit code of the equivalent command. */
function printOutcome(job: QueuedJob, { options, services }: CommandInput): ExitCode {
  const { shortfalls = [], figures = {}, reason } = job;
  if (options.json === true) printJson(services, job);
  else {
    const lines = Object.entries(figures).map(([name, value]) => `${name}: ${String(value)}`);
    for (const line of lines) services.stdout(`${plainText(line)}\n`);
  }
  for (const shortfall of shortfalls) printNote(services, 'incomplete', shortfall);
  if (job.state === 'done') return shortfalls.length > 0 ? 1 : 0;
  printNote(services, 'failed', reason ?? 'The job gave no reason');
  return toExitCode(new Failure(codeIn(reason ?? ''), reason ?? ''));
}

/** The failure code in brackets in a reason, otherwise `unavailable`. */
function codeIn(reason: string): FailureCode {
  const named = [...reason.matchAll(/\[([a-z-]+)\]/g)].map(([, code]) => code ?? '');
  const known = named.find((code) => code in FAILURES);
  return (known ?? 'unavailable') as FailureCode;
}
