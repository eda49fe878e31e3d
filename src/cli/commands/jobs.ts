/** `rentcheck jobs`: lists queued, running and failed jobs, each with its reason. */

import type { Command } from 'commander';
import { groupThousands } from '../../domain/figures.ts';
import { instantText } from '../../domain/period.ts';
import type { JobState, QueuedJob } from '../../calendar/queuedJob.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { printJson, withCommonOptions } from '../session.ts';
import { renderFittedList, listColumns, wrapText } from '../screen.ts';
import { type FittedColumn, stackedTable } from '../textTable.ts';

const SHOWN: readonly JobState[] = ['running', 'waiting', 'awaiting', 'delayed', 'failed'];
const MOST = 50;

interface JobsOptions extends CommonOptions {
  readonly all?: boolean;
}

export const jobsCommand: CliCommand = {
  register(command: Command, services: Services) {
    command.option('-a, --all', 'also list jobs that are done');
    withCommonOptions(command).action(async (options: JobsOptions) => {
      const queue = await services.openQueue(options.config, services);
      try {
        const states = options.all === true ? [...SHOWN, 'done' as const] : SHOWN;
        const [counts, jobs] = await Promise.all([queue.counts(), queue.list(states, MOST)]);
        if (options.json === true) printJson(services, { counts, jobs });
        else services.stdout(renderJobs({ counts, jobs }, listColumns(services)));
      } finally {
        await queue.close();
      }
    });
  },
};

interface JobList {
  readonly counts: Readonly<Record<JobState, number>>;
  readonly jobs: readonly QueuedJob[];
}

const STATES = ['running', 'waiting', 'awaiting', 'delayed', 'failed', 'done'] as const;

const COLUMNS: readonly FittedColumn[] = [
  { title: 'state' },
  { title: 'job', rank: 3 },
  { title: 'id', least: 36 },
  { title: 'since', rank: 1 },
  { title: 'attempts', isFigure: true, rank: 2 },
];
const REASON: FittedColumn = { title: 'reason' };

/** The number of jobs in each state, then the jobs. Exported for tests. */
export function renderJobs({ counts, jobs }: JobList, columns: number): string {
  const head = STATES.map((state) => `${groupThousands(counts[state])} ${state}`).join(', ');
  const table = stackedTable({ beside: COLUMNS, below: [REASON] }, jobs.map(row), columns);
  const render = (room: number) => {
    const lines = wrapText(head, { columns: room });
    return `${(jobs.length === 0 ? lines : [...lines, '', ...table(room)]).join('\n')}\n`;
  };
  return renderFittedList(render, columns, '--json');
}

function row({ state, name, id, addedAtMs, endedAtMs, tries, ...job }: QueuedJob): string[] {
  const since = instantText(endedAtMs ?? addedAtMs);
  const { shortfalls = [] } = job;
  const isIncomplete = state === 'done' && shortfalls.length > 0;
  // While a job runs again, the reason of its earlier failure is not shown.
  const hasFailed = state === 'failed' || state === 'delayed';
  const why = hasFailed ? (job.reason ?? job.progress) : (job.progress ?? job.reason);
  const reason = isIncomplete ? shortfalls[0] : why;
  return [isIncomplete ? 'incomplete' : state, name, id, since, String(tries), cut(reason ?? '')];
}

/** A pull may fail in a hundred places; `--json` and the job's page list all of them. */
const MOST_CHARACTERS = 240;

function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text;
}
