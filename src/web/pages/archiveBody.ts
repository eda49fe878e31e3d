/** Knows the list of reports: newest first, what each says, and who has it. */

import type { Edition } from '../../domain/edition.ts';
import { exact } from '../../domain/exact.ts';
import { dollars } from '../../report/format.ts';
import type { RunVerdict } from '../facts/audits.ts';
import type { Delivered } from '../facts/delivered.ts';
import { html, type Markup } from '../html.ts';
import { mark, notice, table } from '../parts.ts';
import type { DueReport } from '../site.ts';
import { moment, when } from '../when.ts';

export interface ArchiveView {
  readonly editions: readonly Edition[];
  readonly delivered: ReadonlyMap<string, Delivered>;
  readonly verdicts: ReadonlyMap<string, RunVerdict>;
  readonly dueReport: DueReport;
  readonly nowMs: number;
}

export function archiveBody(view: ArchiveView): Markup {
  const { editions } = view;
  return html`<h1>Reports</h1>
${dueNotice(view)}
${editions.length === 0 ? NOTHING : list(view)}`;
}

const NOTHING = html`<p class="empty">No report has been frozen yet. The first one comes by itself
when its quarter is due; <a href="/rerun">run a quarter</a> to have one now.</p>`;

function dueNotice({ editions, delivered, dueReport, nowMs }: ArchiveView): Markup {
  const { due, next } = dueReport;
  const coming =
    next === undefined
      ? html`No report is made by itself.`
      : html`The report of ${next.quarter} is due ${when(next.atMs, nowMs)}.`;
  if (due === undefined) return notice('plain', html`<p>${coming}</p>`);
  const own = editions.filter(({ quarter }) => quarter === due.quarter);
  const reached = own.find(({ id }) => (delivered.get(id)?.sent ?? 0) > 0);
  if (reached !== undefined) {
    const { planned, sent } = delivered.get(reached.id) ?? { planned: 0, sent: 0 };
    const whom = planned === sent ? 'everyone it was for' : `${sent} of ${planned} it was for`;
    const tone = planned === sent ? 'good' : 'watch';
    return notice(tone, html`<p>The report of ${due.quarter} reached ${whom}. ${coming}</p>`);
  }
  return notice(
    'bad',
    html`<p><strong>Nobody has the report of ${due.quarter}.</strong> It was due
${when(due.atMs, nowMs)}. See what is <a href="/owed">owed</a> and how the
<a href="/jobs">jobs</a> do, or <a href="/rerun?job=quarter&amp;quarter=${due.quarter}">run it
again</a>.</p>`,
  );
}

function list({ editions, delivered, verdicts }: ArchiveView): Markup {
  return table({
    caption: 'Frozen reports, newest first',
    columns: [
      { name: 'Report' },
      { name: 'Says' },
      { name: 'Verdict' },
      { name: 'Saving a quarter', numeric: true },
      { name: 'Delivered' },
      { name: 'Frozen' },
      { name: 'Digest' },
    ],
    rows: editions.map((edition) => [
      html`<a href="/reports/${edition.id}">${edition.quarter}</a>
<span class="sub">edition ${edition.number}</span>`,
      edition.subject,
      verdicts.get(edition.runId)?.verdict ?? 'unknown',
      saving(verdicts.get(edition.runId)),
      deliveredText(delivered.get(edition.id)),
      moment(edition.frozenAtMs),
      html`<code title="${edition.digest}">${edition.digest.slice(0, 8)}</code>`,
    ]),
  });
}

function saving(verdict: RunVerdict | undefined): string {
  if (verdict?.savingNanoUsd === undefined) return 'unknown';
  const amount = dollars(exact(verdict.savingNanoUsd, 1_000_000_000n));
  return OPEN.has(verdict.verdict) ? `possible ${amount}` : amount;
}

/** Where nothing is advised the best plan is not made. */
const OPEN: ReadonlySet<string> = new Set([
  'too small to act on',
  'not certain enough',
  'too close to call',
  'not enough evidence',
]);

/** `3 of 4`, and what a person must look at. */
function deliveredText(delivered: Delivered | undefined): Markup {
  if (delivered === undefined) return html`to nobody`;
  const { sent, planned, ambiguous, failed } = delivered;
  return html`${sent} of ${planned}
${ambiguous > 0 && mark(`${ambiguous} ambiguous`, 'watch')}
${failed > 0 && mark(`${failed} failed`, 'bad')}`;
}
