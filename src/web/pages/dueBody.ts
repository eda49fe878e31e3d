/** The page of due work: jobs that are due, and the last and the next report. */

import { html, type Markup } from '../html.ts';
import { definitionList, htmlTable } from '../parts.ts';
import type { DueReport, DueWork } from '../site.ts';
import { renderInstantWithAge } from '../when.ts';
import { renderJobTitle, renderQuarter } from './jobWords.ts';
import type { Reader } from '../../report/locale.ts';

export interface DueView {
  readonly due: readonly DueWork[];
  readonly dueReport: DueReport;
  readonly nowMs: number;
}

export function renderDuePage({ due, dueReport, nowMs }: DueView, reader: Reader): Markup {
  const { due: last, next } = dueReport;
  return html`<h1>Due</h1>
<p class="lead">Jobs that are due and have not run. The worker runs them in this order.</p>
${due.length === 0 ? NOTHING : dueTable(due, nowMs, reader)}
<h2>Reports</h2>
${definitionList([
  ...(last === undefined ? [] : [['Last report', lastText(last, nowMs, reader)] as const]),
  ['Next report', next === undefined ? 'none is scheduled' : dueText(next, nowMs, reader)],
])}`;
}

const NOTHING = html`<p class="empty">Nothing is due.</p>`;

function lastText(last: NonNullable<DueReport['due']>, nowMs: number, reader: Reader): Markup {
  const sent = last.hasGoneOut ? 'sent' : html`<strong>not sent</strong>`;
  return html`${dueText(last, nowMs, reader)}, ${sent}`;
}

function dueText(
  { quarter, atMs }: NonNullable<DueReport['next']>,
  nowMs: number,
  reader: Reader,
): Markup {
  return html`${renderQuarter(quarter)}, due ${renderInstantWithAge(atMs, nowMs, reader)}`;
}

function dueTable(due: readonly DueWork[], nowMs: number, reader: Reader): Markup {
  return htmlTable({
    caption: 'Jobs that are due, in the order in which they run',
    columns: [{ name: 'Job' }, { name: 'Due' }],
    rows: due.map((work) => [
      renderJobTitle(work, reader),
      work.dueAtMs === undefined ? 'now' : renderInstantWithAge(work.dueAtMs, nowMs, reader),
    ]),
  });
}
