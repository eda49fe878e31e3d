/** The list of reports, newest first, with subject, verdict, saving and deliveries. */

import type { Edition } from '../../domain/edition.ts';
import { exact } from '../../domain/exact.ts';
import { dollars } from '../../report/format.ts';
import type { RunVerdict } from '../../ledger/audits.ts';
import type { DeliveryCounts } from '../facts/audits.ts';
import {
  html,
  htmlTable,
  type Markup,
  notice,
  renderInstant,
  renderInstantWithAge,
  renderMark,
  type Tone,
} from '../html.ts';
import type { DueReport } from '../site.ts';
import { renderQuarter } from './jobText.ts';
import type { Reader } from '../../report/locale.ts';

export interface DueNotice {
  readonly editions: readonly Edition[];
  readonly delivered: ReadonlyMap<string, DeliveryCounts>;
  readonly dueReport: DueReport;
  readonly nowMs: number;
}

export interface ArchiveView extends DueNotice {
  readonly verdicts: ReadonlyMap<string, RunVerdict>;
}

export function renderArchivePage(view: ArchiveView, reader: Reader): Markup {
  const { editions } = view;
  return html`<h1>Reports</h1>
${renderDueNotice(view, reader).text}
${editions.length === 0 ? NOTHING : list(view, reader)}`;
}

const NOTHING = html`<p class="empty">No report has been made yet. The worker makes the first one
when its quarter is due. To have one now, <a href="/rerun">run a quarter</a>.</p>`;

interface RenderedNotice {
  readonly text: Markup;
  /** Whether a person should act now. */
  readonly isUrgent: boolean;
}

/** Whether the last report reached its recipients, and when the next one is due. */
export function renderDueNotice(
  { editions, delivered, dueReport, nowMs }: DueNotice,
  reader: Reader,
): RenderedNotice {
  const { due, next } = dueReport;
  const upcoming =
    next === undefined
      ? html`No report is scheduled.`
      : html`The ${renderQuarter(next.quarter)} report is due
${renderInstantWithAge(next.atMs, nowMs, reader)}.`;
  if (due === undefined) return renderNotice('plain', html`<p>${upcoming}</p>`);
  const name = renderQuarter(due.quarter);
  const own = editions.filter(({ quarter }) => quarter === due.quarter);
  const reached = own.find(({ id }) => (delivered.get(id)?.sent ?? 0) > 0);
  if (reached !== undefined) {
    const { planned, sent } = delivered.get(reached.id) ?? { planned: 0, sent: 0 };
    const whom = planned === sent ? 'all recipients' : `${sent} of ${planned} recipients`;
    const tone = planned === sent ? 'good' : 'watch';
    return renderNotice(tone, html`<p>The ${name} report reached ${whom}. ${upcoming}</p>`);
  }
  return renderNotice(
    'bad',
    html`<p><strong>The ${name} report reached no recipient.</strong> It was due
${renderInstantWithAge(due.atMs, nowMs, reader)}.
Look at <a href="/due">due work</a> and <a href="/jobs">jobs</a>, or
<a href="/rerun?job=quarter&amp;quarter=${due.quarter}">run it again</a>.</p>`,
  );
}

function renderNotice(tone: Tone, what: Markup): RenderedNotice {
  return { text: notice(tone, what), isUrgent: tone === 'bad' || tone === 'watch' };
}

function list({ editions, delivered, verdicts }: ArchiveView, reader: Reader): Markup {
  return htmlTable({
    caption: 'Reports, newest first',
    columns: [
      { name: 'Report' },
      { name: 'Subject' },
      { name: 'Verdict' },
      { name: 'Saving a quarter', numeric: true },
      { name: 'Delivered' },
      { name: 'Made' },
      { name: 'Digest' },
    ],
    rows: editions.map((edition) => [
      html`<a href="/reports/${edition.id}">${edition.quarter}</a>
<span class="sub">edition ${edition.number}</span>`,
      edition.subject,
      verdicts.get(edition.runId)?.verdict ?? 'unknown',
      saving(verdicts.get(edition.runId), reader),
      deliveredText(delivered.get(edition.id)),
      renderInstant(edition.frozenAtMs, reader),
      html`<code title="${edition.digest}">${edition.digest.slice(0, 8)}</code>`,
    ]),
  });
}

function saving(verdict: RunVerdict | undefined, reader: Reader): string {
  if (verdict?.savingNanoUsd === undefined) return 'unknown';
  const amount = dollars(exact(verdict.savingNanoUsd, 1_000_000_000n), reader);
  return OPEN.has(verdict.verdict) ? `possible ${amount}` : amount;
}

/** Verdicts whose best plan is not carried out. */
const OPEN: ReadonlySet<string> = new Set([
  'too small to act on',
  'not certain enough',
  'too close to call',
  'not enough evidence',
]);

/** `3 of 4`, plus marks for deliveries that need a decision. */
function deliveredText(delivered: DeliveryCounts | undefined): Markup {
  if (delivered === undefined) return html`no recipients`;
  const { sent, planned, ambiguous, failed } = delivered;
  return html`${sent} of ${planned}
${ambiguous > 0 && renderMark(`${ambiguous} ambiguous`, 'watch')}
${failed > 0 && renderMark(`${failed} failed`, 'bad')}`;
}
