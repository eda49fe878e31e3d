/** Routes of the queue: counts and the latest jobs, and the page of each job. */

import type { FastifyInstance } from 'fastify';
import { JOB_STATES, type JobState, type QueuedJob } from '../../calendar/queuedJob.ts';
import {
  definitionList,
  html,
  htmlTable,
  type Markup,
  notice,
  renderInstantWithAge,
  renderMark,
  type Tone,
} from '../html.ts';
import { sendError, wantsPage } from '../errorPages.ts';
import type { WebServices } from '../site.ts';
import {
  renderFigureName,
  renderFigureValue,
  renderJobTitle,
  renderOutcome,
  renderStateText,
} from './jobText.ts';
import { jobPath, liveUpdateHead, sendPage } from '../layout.ts';
import type { Reader } from '../../report/locale.ts';
import { wholeText } from '../../report/format.ts';

/** Jobs listed per state. */
const SHOWN = 20;

export function registerJobPages(
  app: FastifyInstance,
  { queue, clock, reader }: WebServices,
): void {
  app.get('/jobs', async (request, reply) => {
    const body = renderJobsPage(
      {
        counts: await queue.countJobs(),
        jobs: await queue.listJobs(JOB_STATES, SHOWN),
        nowMs: clock.nowMs(),
      },
      reader,
    );
    return sendPage(request, reply, { title: 'Jobs', section: '/jobs', body });
  });
  // A wildcard, because job IDs contain slashes.
  app.get<{ Params: { '*': string } }>('/jobs/*', async (request, reply) => {
    const job = await queue.state(request.params['*']);
    if (job === undefined) return sendError(request, reply, NO_JOB);
    reply.header('vary', 'accept');
    const [lines, parts] = await Promise.all([queue.jobLog(job.id), queue.childJobs(job.id)]);
    if (!wantsPage(request)) return reply.send({ ...job, lines, parts });
    const body = renderJobPage({ job, lines, parts, nowMs: clock.nowMs() }, reader);
    const head = hasEnded(job) ? html`` : liveUpdateHead();
    return sendPage(request, reply, {
      title: renderJobTitle(job, reader),
      section: '/jobs',
      head,
      body,
    });
  });
}

const NO_JOB = {
  status: 404,
  title: 'Unknown job',
  what: 'The queue has no job with this id. Jobs are removed a month after they are done.',
};

export interface JobView {
  readonly job: QueuedJob;
  readonly lines: readonly string[];
  readonly parts: readonly QueuedJob[];
  readonly nowMs: number;
}

function hasEnded({ state }: QueuedJob): boolean {
  return state === 'done' || state === 'failed';
}

function renderJobPage(view: JobView, reader: Reader): Markup {
  const { job, parts } = view;
  const over = hasEnded(job) && html` data-over`;
  return html`<p class="crumb"><a href="/jobs">Jobs</a> / ${job.id}</p>
<h1>${renderJobTitle(job, reader)}</h1>
<p id="state" class="state" role="status">${renderJobState(job)}</p>
<div id="live"${over}>
${problem(job)}
${results(job)}
${definitionList(history(view, reader))}
${parts.length > 0 && partTable(parts, reader)}
${log(view)}
${payloadPart(job)}
</div>`;
}

function partTable(parts: readonly QueuedJob[], reader: Reader): Markup {
  return html`<h2>Parts</h2>
${htmlTable({
  caption: 'Jobs that this job waits for',
  columns: [{ name: 'Part' }, { name: 'State' }, { name: 'Result' }],
  rows: parts.map((part) => [
    html`<a href="${jobPath(part.id)}">${renderJobTitle(part, reader)}</a>`,
    renderJobState(part),
    renderOutcome(part),
  ]),
})}`;
}

function log({ lines, parts }: JobView): Markup | undefined {
  if (lines.length === 0 && parts.length > 0) return undefined;
  return html`<h2>Log</h2>
${lines.length === 0 ? NO_LINES : html`<ol class="lines">${lines.map(line)}</ol>`}`;
}

const NO_LINES = html`<p class="empty">No messages yet.</p>`;
const line = (text: string) => html`<li>${text}</li>
`;

/** The request as it is in the queue, so that a program can repeat it. */
function payloadPart({ name, payload }: QueuedJob): Markup {
  return html`<details class="raw"><summary>Job name and payload</summary>
<pre>${name} ${JSON.stringify(payload, undefined, 2) ?? ''}</pre></details>`;
}

function renderJobState(job: QueuedJob): Markup {
  const isIncomplete = job.state === 'done' && (job.shortfalls ?? []).length > 0;
  return renderMark(renderStateText(job), isIncomplete ? 'watch' : TONES[job.state]);
}

const TONES: Readonly<Record<JobState, Tone>> = {
  waiting: 'plain',
  awaiting: 'plain',
  running: 'plain',
  delayed: 'watch',
  failed: 'bad',
  done: 'good',
};

function problem({ reason, state }: QueuedJob): Markup | undefined {
  if (reason === undefined || state === 'done') return undefined;
  return notice(state === 'failed' ? 'bad' : 'watch', html`<p>${reason}</p>`);
}

function history({ job, nowMs }: JobView, reader: Reader): (readonly [string, Markup | string])[] {
  const { addedAtMs, endedAtMs, tries, mostTries } = job;
  const ended =
    endedAtMs === undefined
      ? []
      : [['Ended', renderInstantWithAge(endedAtMs, nowMs, reader)] as const];
  const limit = mostTries === undefined ? '' : ` of at most ${mostTries}`;
  return [
    ['Requested', renderInstantWithAge(addedAtMs, nowMs, reader)],
    ...ended,
    ['Attempts', `${tries}${limit}`],
    ...Object.entries(job.figures ?? {}).map(
      ([name, value]) => [renderFigureName(name), renderFigureValue(value)] as const,
    ),
  ];
}

/** What is incomplete, and a link to the report if one was frozen. */
function results({ figures, shortfalls = [] }: QueuedJob): Markup {
  const edition = figures?.['edition'];
  const link =
    typeof edition === 'string' &&
    html`<p><a class="button" href="/reports/${edition}">Open report ${edition}</a></p>`;
  return html`${shortfalls.map((text) => notice('watch', html`<p>${text}</p>`))}
${link}`;
}

export interface JobsView {
  readonly counts: Readonly<Record<JobState, number>>;
  readonly jobs: readonly QueuedJob[];
  readonly nowMs: number;
}

function renderJobsPage({ counts, jobs, nowMs }: JobsView, reader: Reader): Markup {
  const figures = JOB_STATES.map(
    (state) => html`<div><dt>${NAMES[state]}</dt><dd>${wholeText(counts[state], reader)}</dd></div>
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
