/** Knows the page of one job: how it stands, what it said, and what came of it. */

import type { JobState, QueuedJob } from '../../domain/queuedJob.ts';
import { html, type Markup } from '../html.ts';
import { jobPath } from '../paths.ts';
import { facts, mark, notice, type Tone, table } from '../parts.ts';
import { when } from '../when.ts';
import { cut, payloadText, valueText } from './payloadText.ts';

export interface JobView {
  readonly job: QueuedJob;
  readonly lines: readonly string[];
  readonly parts: readonly QueuedJob[];
  readonly nowMs: number;
}

export function isOver({ state }: QueuedJob): boolean {
  return state === 'done' || state === 'failed';
}

export function jobBody(view: JobView): Markup {
  const { job, parts } = view;
  const over = isOver(job) && html` data-over`;
  return html`<p class="crumb"><a href="/jobs">Jobs</a> / ${job.id}</p>
<h1>Job ${job.name}</h1>
<p id="state" class="state" role="status">${stateMark(job.state)}</p>
<div id="live"${over}>
${problem(job)}
${came(job)}
${facts(history(view))}
${parts.length > 0 && partTable(parts)}
${said(view)}
</div>`;
}

function partTable(parts: readonly QueuedJob[]): Markup {
  return html`<h2>Its parts</h2>
${table({
  caption: 'Jobs that it waits for',
  columns: [{ name: 'Part' }, { name: 'State' }, { name: 'With' }, { name: 'Says' }],
  rows: parts.map(({ id, name, state, payload, progress, reason, shortfalls = [] }) => [
    html`<a href="${jobPath(id)}">${name}</a>`,
    stateMark(state),
    cut(payloadText(payload)),
    cut([...shortfalls, state === 'done' ? undefined : reason, progress].find(Boolean) ?? ''),
  ]),
})}`;
}

function said({ lines, parts }: JobView): Markup | undefined {
  if (lines.length === 0 && parts.length > 0) return undefined;
  return html`<h2>What it said</h2>
${lines.length === 0 ? SILENT : html`<ol class="lines">${lines.map(line)}</ol>`}`;
}

const SILENT = html`<p class="empty">Nothing yet.</p>`;
const line = (text: string) => html`<li>${text}</li>
`;

export function stateMark(state: JobState): Markup {
  return mark(WORDS[state], TONES[state]);
}

const WORDS: Readonly<Record<JobState, string>> = {
  waiting: 'waiting',
  awaiting: 'its parts are at work',
  running: 'running',
  delayed: 'will be tried again',
  failed: 'failed',
  done: 'done',
};

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

function history({ job, nowMs }: JobView): (readonly [string, Markup | string])[] {
  const { addedAtMs, endedAtMs, tries, payload } = job;
  const ended = endedAtMs === undefined ? [] : [['Ended', when(endedAtMs, nowMs)] as const];
  return [
    ['Asked for', when(addedAtMs, nowMs)],
    ...ended,
    ['Tries', String(tries)],
    ['With', payloadText(payload)],
    ...Object.entries(job.figures ?? {}).map(([name, value]) => [name, valueText(value)] as const),
  ];
}

/** What fell short, and the way to the report where one was frozen. */
function came({ figures, shortfalls = [] }: QueuedJob): Markup {
  const edition = figures?.['edition'];
  const link =
    typeof edition === 'string' &&
    html`<p><a class="button" href="/reports/${edition}">Open the report ${edition}</a></p>`;
  return html`${shortfalls.map((text) => notice('watch', html`<p>${text}</p>`))}
${link}`;
}
