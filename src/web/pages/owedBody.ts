/** Knows the page of what is owed: which report is due, and what should have run and has not. */

import { html, type Markup } from '../html.ts';
import { facts, table } from '../parts.ts';
import type { DueReport, OwedWork } from '../site.ts';
import { when } from '../when.ts';

export interface OwedView {
  readonly owed: readonly OwedWork[];
  readonly dueReport: DueReport;
  readonly nowMs: number;
}

export function owedBody({ owed, dueReport, nowMs }: OwedView): Markup {
  const { due, next } = dueReport;
  return html`<h1>Owed</h1>
<p class="lead">What should have happened by now and has not. The worker does it by itself, in this
order.</p>
${owed.length === 0 ? NOTHING : owedTable(owed, nowMs)}
<h2>Reports</h2>
${facts([
  ...(due === undefined ? [] : [['Last due', told(due, nowMs)] as const]),
  ['Next due', next === undefined ? 'none by itself' : told(next, nowMs)],
])}`;
}

const NOTHING = html`<p class="empty">Nothing is owed.</p>`;

function told({ quarter, atMs }: NonNullable<DueReport['next']>, nowMs: number): Markup {
  return html`${quarter}, ${when(atMs, nowMs)}`;
}

function owedTable(owed: readonly OwedWork[], nowMs: number): Markup {
  return table({
    caption: 'Owed work, in the order in which it is done',
    columns: [{ name: 'Job' }, { name: 'Of' }, { name: 'Due' }],
    rows: owed.map(({ job, subject, dueAtMs }) => [
      job,
      subject === '' ? 'everything' : subject,
      dueAtMs === undefined ? 'since it last rang' : when(dueAtMs, nowMs),
    ]),
  });
}
