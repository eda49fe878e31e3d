/** The page of one job: its state, its problems, its results and its log. */

import type { JobState, QueuedJob } from '../../domain/queuedJob.ts';
import { html, type Markup } from '../html.ts';
import { definitionList, renderMark, notice, type Tone, htmlTable } from '../parts.ts';
import { jobPath } from '../paths.ts';
import { renderInstantWithAge } from '../when.ts';
import {
  renderFigureName,
  renderJobTitle,
  renderOutcome,
  renderStateText,
  renderFigureValue,
} from './jobWords.ts';
import type { Reader } from '../../report/locale.ts';

export interface JobView {
  readonly job: QueuedJob;
  readonly lines: readonly string[];
  readonly parts: readonly QueuedJob[];
  readonly nowMs: number;
}

export function hasEnded({ state }: QueuedJob): boolean {
  return state === 'done' || state === 'failed';
}

export function renderJobPage(view: JobView, reader: Reader): Markup {
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

export function renderJobState(job: QueuedJob): Markup {
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
