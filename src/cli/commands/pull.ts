/** `rentcheck pull`: pulls from sources now, in this process. */

import { periodBetween, toAuditedPeriod } from '../../calendar/quarter.ts';
import type { Command } from 'commander';
import { formatCount } from '../../domain/figures.ts';
import { Failure } from '../../domain/failure.ts';
import type { Period } from '../../domain/period.ts';
import type { JobContext, JobResult } from '../../jobs/job.ts';
import type { PullResult } from '../../jobs/pullResult.ts';
import type { CliCommand, CommonOptions, ExitCode, Services } from '../command.ts';
import { parseInstantOption } from '../options.ts';
import {
  withSession,
  printJson,
  unwrapResult,
  type Speech,
  printNote,
  withCommonOptions,
} from '../session.ts';

interface PullOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly confirmWithdrawal?: boolean;
}

export const pullCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      .argument('[source...]', 'sources to pull (default: all)')
      .option('--from <date>', 'start of the period (default: start of the last quarter)')
      .option('--to <date>', 'end of the period, not included (default: now)')
      .option('--confirm-withdrawal', 'accept responses that withdraw much of the stored data');
    withCommonOptions(command).action(async (ids: string[], options: PullOptions) => {
      const [from, to] = [
        parseInstantOption('--from', options.from),
        parseInstantOption('--to', options.to),
      ];
      await withSession({ services, options }, (context, speech) =>
        pullAll(context, { ids, options, speech, from, to }),
      );
    });
  },
};

interface PullCommand {
  readonly ids: readonly string[];
  readonly options: PullOptions;
  readonly speech: Speech;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/**
 * Pulls several sources at once, and prints their results in the order of the config. If a source
 * fails, the others still complete and are printed.
 */
async function pullAll(context: JobContext, command: PullCommand): Promise<ExitCode> {
  const { ids, options, speech } = command;
  const { pullJob, requireSource } = await import('../../jobs/pull.ts');
  const { from, to } = spanOf(pullWindow(context, command));
  const sources = ids.length > 0 ? [...new Set(ids)] : [...context.sources.keys()];
  if (sources.length === 0) {
    throw new Failure('config', 'No source to pull', {
      where: `${options.config}: sources`,
      expected: 'at least one source whose kind is not import',
      hint: 'add a source (see docs/configuration.md), or import files with "rentcheck import"',
    });
  }
  for (const id of sources) requireSource(context, id);
  const { confirmWithdrawal = false } = options;
  let ended = 0;
  const progress = (message: string) =>
    context.progress(`${ended} of ${formatCount(sources.length, 'source')} done; ${message}`);
  const answers = await runConcurrently(sources, async (source) => {
    const request = { source, from, to, confirmWithdrawal };
    return pullJob.run({ ...context, progress }, request).finally(() => (ended += 1));
  });
  return printInOrder(sources, answers, { options, speech });
}

function spanOf({ startMs, endMs }: Period) {
  return { from: startMs, to: endMs };
}

type Outcome = PromiseSettledResult<JobResult<PullResult>>;

/** @throws The error of the first source whose pull ended without a result. */
async function printInOrder(
  sources: readonly string[],
  outcomes: readonly Outcome[],
  { options, speech }: Pick<PullCommand, 'options' | 'speech'>,
): Promise<ExitCode> {
  const { renderPullCounts } = await import('../importText.ts');
  const results: PullResult[] = [];
  const thrown: unknown[] = [];
  let worst: ExitCode = 0;
  for (const [at, source] of sources.entries()) {
    const outcome = outcomes[at];
    if (outcome?.status !== 'fulfilled') {
      thrown.push(outcome?.reason);
      continue;
    }
    const { result, code } = unwrapResult(outcome.value, speech);
    worst = code > worst ? code : worst;
    results.push(result);
    if (options.json !== true) speech.stdout(`${renderPullCounts(result)}\n`);
    for (const warning of result.warnings) printNote(speech, 'note', `${source}: ${warning}`);
  }
  if (thrown.length > 0) throw thrown[0];
  if (options.json === true) printJson(speech, { pulled: results });
  return worst;
}

/** A higher number is hardly faster, because the ledger has one writer. */
const CONCURRENCY = 4;

/** Runs the work for all items, a few at once. The results are in the order of the items. */
async function runConcurrently<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  const settled: PromiseSettledResult<Result>[] = [];
  const waiting = items.entries();
  const runNext = async () => {
    for (const [at, item] of waiting) {
      const [outcome] = await Promise.allSettled([work(item)]);
      settled[at] = outcome;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, runNext));
  return settled;
}

function pullWindow(context: JobContext, { from, to }: PullCommand): Period {
  const nowMs = context.clock.nowMs();
  const startMonth = context.config.fiscal.startMonth;
  const lastQuarter = toAuditedPeriod({ quarter: 'last' }, nowMs, startMonth).requested;
  return periodBetween(from ?? lastQuarter.startMs, to ?? nowMs);
}
