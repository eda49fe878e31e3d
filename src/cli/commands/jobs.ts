/** `rentcheck jobs`: lists queued, running and failed jobs, each with its reason. */

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
      .description('list queued, running and failed jobs, with the reason')
      .option('-a, --all', 'also list jobs that are done');
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
  const columns = ['state', 'job', 'id', 'since', 'attempts', 'reason'];
  return `${head}\n\n${textTable(columns, jobs.map(row))}`;
}

function row({ state, name, id, addedAtMs, endedAtMs, tries, ...job }: QueuedJob): string[] {
  const since = instantText(endedAtMs ?? addedAtMs);
  // While a job runs again, the reason of its earlier failure is not shown.
  const hasFailed = state === 'failed' || state === 'delayed';
  const why = hasFailed ? (job.reason ?? job.progress) : (job.progress ?? job.reason);
  return [state, name, id, since, String(tries), cut(why ?? '')];
}

/** A pull may fail in a hundred places; `--json` and the job's page list all of them. */
const MOST_CHARACTERS = 120;

function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text;
}
