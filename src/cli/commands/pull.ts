/** Knows `rentcheck pull`: asks sources now, in this process. */

import type { Command } from 'commander';
import { Failure } from '../../domain/failure.ts';
import type { Period } from '../../domain/period.ts';
import type { JobContext } from '../../jobs/context.ts';
import type { PullResult } from '../../jobs/pullResult.ts';
import type { CliCommand, CommonOptions, ExitCode, Services } from '../command.ts';
import { instantOption } from '../options.ts';
import {
  inSession,
  printJson,
  resultOf,
  type Speech,
  tell,
  withCommonOptions,
} from '../outcome.ts';

interface PullOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly confirmWithdrawal?: boolean;
}

export const pullCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('pull')
      .description('pull bills, usage, inventory and prices from sources, now')
      .argument('[source...]', 'sources to pull; all of them unless named')
      .option('--from <date>', 'start of the window (default: start of the last quarter)')
      .option('--to <date>', 'end of the window, not included (default: now)')
      .option('--confirm-withdrawal', 'believe answers that withdraw much of what is known');
    withCommonOptions(command).action(async (ids: string[], options: PullOptions) => {
      const [from, to] = [instantOption('--from', options.from), instantOption('--to', options.to)];
      await inSession({ services, options }, (context, speech) =>
        pullAll(context, { ids, options, speech, from, to }),
      );
    });
  },
};

interface Asked {
  readonly ids: readonly string[];
  readonly options: PullOptions;
  readonly speech: Speech;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** One source after the other: a source that fails leaves the others' work done. */
async function pullAll(context: JobContext, asked: Asked): Promise<ExitCode> {
  const { ids, options, speech } = asked;
  const { pullJob, sourceNamed } = await import('../../jobs/pull.ts');
  const { pullText } = await import('../factsText.ts');
  const window = await pullWindow(context, asked);
  const wanted = ids.length > 0 ? ids : [...context.sources.keys()];
  if (wanted.length === 0) {
    throw new Failure('config', 'there is no source to pull', {
      where: `${options.config}: sources`,
      expected: 'at least one source of another kind than import',
      hint: 'declare one (see docs/configuration.md), or bring files with "rentcheck import"',
    });
  }
  for (const id of wanted) sourceNamed(context, id);
  const results: PullResult[] = [];
  let worst: ExitCode = 0;
  const { confirmWithdrawal = false } = options;
  for (const source of wanted) {
    const span = { from: window.startMs, to: window.endMs };
    const answer = await pullJob.run(context, { source, ...span, confirmWithdrawal });
    const { result, code } = resultOf(answer, speech);
    worst = code > worst ? code : worst;
    results.push(result);
    if (options.json !== true) speech.stdout(`${pullText(result)}\n`);
    for (const warning of result.warnings) tell(speech, 'note', `${source}: ${warning}`);
  }
  if (options.json === true) printJson(speech, { pulled: results });
  return worst;
}

async function pullWindow(context: JobContext, { from, to }: Asked): Promise<Period> {
  const { auditedPeriod, windowBetween } = await import('../../jobs/window.ts');
  const nowMs = context.clock.nowMs();
  const startMonth = context.config.fiscal.startMonth;
  const lastQuarter = auditedPeriod({ quarter: 'last' }, nowMs, startMonth).wished;
  return windowBetween(from ?? lastQuarter.startMs, to ?? nowMs);
}
