/** Knows the page of the queue: how many jobs are where, and those of late. */

import { wholeNumber } from '../../report/format.ts';
import { JOB_STATES, type JobState, type QueuedJob } from '../../domain/queuedJob.ts';
import { html, type Markup } from '../html.ts';
import { table } from '../parts.ts';
import { jobPath } from '../paths.ts';
import { when } from '../when.ts';
import { stateMark } from './jobBody.ts';
import { cut, payloadText } from './payloadText.ts';

export interface JobsView {
  readonly counts: Readonly<Record<JobState, number>>;
  readonly jobs: readonly QueuedJob[];
  readonly nowMs: number;
}

export function jobsBody({ counts, jobs, nowMs }: JobsView): Markup {
  const figures = JOB_STATES.map(
    (state) => html`<div><dt>${NAMES[state]}</dt><dd>${wholeNumber(counts[state])}</dd></div>
`,
  );
  return html`<h1>Jobs</h1>
<dl class="figures">
${figures}</dl>
<p class="actions"><a class="button" href="/rerun">Run something again</a>
<a class="button" href="/board">Job board</a></p>
${jobs.length === 0 ? NONE : jobTable(jobs, nowMs)}`;
}

const NAMES: Readonly<Record<JobState, string>> = {
  waiting: 'Waiting',
  awaiting: 'Parts at work',
  running: 'Running',
  delayed: 'Tried again later',
  failed: 'Failed',
  done: 'Done',
};

const NONE = html`<p class="empty">The queue remembers no job.</p>`;

function jobTable(jobs: readonly QueuedJob[], nowMs: number): Markup {
  return table({
    caption: 'Jobs of late, newest first',
    columns: [{ name: 'Job' }, { name: 'State' }, { name: 'Asked for' }, { name: 'With' }],
    rows: inOrder(jobs).map(({ id, name, state, addedAtMs, payload }) => [
      html`<a href="${jobPath(id)}">${name}</a>`,
      stateMark(state),
      when(addedAtMs, nowMs),
      cut(payloadText(payload)),
    ]),
  });
}

function inOrder(jobs: readonly QueuedJob[]): QueuedJob[] {
  return jobs.toSorted((a, b) => b.addedAtMs - a.addedAtMs);
}
