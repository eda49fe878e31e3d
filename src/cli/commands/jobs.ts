/** Knows `rentcheck jobs`: what is queued, running and failed, each with its reason. */

import type { Command } from 'commander';
import { grouped } from '../../domain/counted.ts';
import { instantText } from '../../domain/period.ts';
import type { JobState, QueuedJob } from '../../domain/queuedJob.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { printJson, withCommonOptions } from '../outcome.ts';
import { textTable } from '../textTable.ts';

const SHOWN: readonly JobState[] = ['running', 'waiting', 'awaiting', 'delayed', 'failed'];
const MOST = 50;

interface JobsOptions extends CommonOptions {
  readonly all?: boolean;
}

export const jobsCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('jobs')
      .description('what is queued, running and failed, and why')
      .option('-a, --all', 'those that are done, too');
    withCommonOptions(command).action(async (options: JobsOptions) => {
      const queue = await services.openQueue(options.config, services);
      try {
        const states = options.all === true ? [...SHOWN, 'done' as const] : SHOWN;
        const [counts, jobs] = await Promise.all([queue.counts(), queue.list(states, MOST)]);
        if (options.json === true) printJson(services, { counts, jobs });
        else services.stdout(page(counts, jobs));
      } finally {
        await queue.close();
      }
    });
  },
};

function page(counts: Readonly<Record<JobState, number>>, jobs: readonly QueuedJob[]): string {
  const states = ['running', 'waiting', 'awaiting', 'delayed', 'failed', 'done'] as const;
  const head = states.map((state) => `${grouped(counts[state])} ${state}`).join(', ');
  if (jobs.length === 0) return `${head}\n`;
  return `${head}\n\n${textTable(['state', 'job', 'id', 'since', 'tries', 'why'], jobs.map(row))}`;
}

function row({ state, name, id, addedAtMs, endedAtMs, tries, ...job }: QueuedJob): string[] {
  const since = instantText(endedAtMs ?? addedAtMs);
  // What waits for another try says why; the reason of an earlier try is none of a running one.
  const hasFallenShort = state === 'failed' || state === 'delayed';
  const why = hasFallenShort ? (job.reason ?? job.progress) : (job.progress ?? job.reason);
  return [state, name, id, since, String(tries), cut(why ?? '')];
}

/** A pull may fall short in a hundred places; `--json` and the job's page tell all of them. */
const MOST_LETTERS = 120;

function cut(text: string): string {
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)} …` : text;
}
