/** The page of the queue: the number of jobs in each state, and the latest jobs. */

import { JOB_STATES, type JobState, type QueuedJob } from '../../domain/queuedJob.ts';
import { wholeNumber } from '../../report/format.ts';
import { html, type Markup } from '../html.ts';
import { htmlTable } from '../parts.ts';
import { jobPath } from '../paths.ts';
import { renderInstantWithAge } from '../when.ts';
import { renderJobState } from './jobBody.ts';
import { renderJobTitle, renderOutcome } from './jobWords.ts';
import type { Reader } from '../../report/locale.ts';

export interface JobsView {
  readonly counts: Readonly<Record<JobState, number>>;
  readonly jobs: readonly QueuedJob[];
  readonly nowMs: number;
}

export function renderJobsPage({ counts, jobs, nowMs }: JobsView, reader: Reader): Markup {
  const figures = JOB_STATES.map(
    (
      state,
    ) => html`<div><dt>${NAMES[state]}</dt><dd>${wholeNumber(counts[state], reader)}</dd></div>
`,
  );
  return html`<h1>Jobs</h1>
<dl class="figures">
${figures}</dl>
<p class="actions"><a class="button" href="/rerun">Run a job again</a>
<a class="button" href="/board">Job board</a></p>
${jobs.length === 0 ? NONE : jobTable(jobs, nowMs, reader)}`;
}

const NAMES: Readonly<Record<JobState, string>> = {
  waiting: 'Waiting',
  awaiting: 'Waiting for parts',
  running: 'Running',
  delayed: 'Will be retried',
  failed: 'Failed',
  done: 'Done',
};

const NONE = html`<p class="empty">The queue is empty.</p>`;

function jobTable(jobs: readonly QueuedJob[], nowMs: number, reader: Reader): Markup {
  return htmlTable({
    caption: 'The latest jobs, newest first',
    columns: [{ name: 'Job' }, { name: 'State' }, { name: 'Result' }, { name: 'Requested' }],
    rows: newestFirst(jobs).map((job) => [
      html`<a href="${jobPath(job.id)}">${renderJobTitle(job, reader)}</a>`,
      renderJobState(job),
      renderOutcome(job),
      renderInstantWithAge(job.addedAtMs, nowMs, reader),
    ]),
  });
}

function newestFirst(jobs: readonly QueuedJob[]): QueuedJob[] {
  return jobs.toSorted((a, b) => b.addedAtMs - a.addedAtMs);
}
