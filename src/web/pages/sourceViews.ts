/** The page of sources: their state, missing bills, imports, and usage coverage. */

import { decimal, exact } from '../../domain/exact.ts';
import { dollarsTo, percent, shortNumber, pricePerMtok, wholeText } from '../../report/format.ts';
import type { DeploymentState } from '../../ledger/audits.ts';
import type { ChangedAmount, StoredImport } from '../../ledger/reads/fetchLog.ts';
import { computeSourceHealth, type SourceHealth, type SourceState } from '../facts/sources.ts';
import {
  html,
  htmlTable,
  type Markup,
  renderInstant,
  renderInstantWithAge,
  renderMark,
  type Tone,
} from '../html.ts';
import type { MissingBills, ReconciledBill } from '../site.ts';
import { deploymentPath, rejectsPath } from '../layout.ts';
import { renderQuarter } from './jobText.ts';
import type { Reader } from '../../report/locale.ts';
import { shortText } from '../../platform/json.ts';
import { usd } from '../../domain/money.ts';
import { HOUR_MS, parseInstant } from '../../domain/period.ts';

export interface SourcesView {
  readonly sources: readonly SourceState[];
  readonly deployments: readonly DeploymentState[];
  readonly imports: readonly StoredImport[];
  readonly changed: readonly ChangedAmount[];
  readonly missingBills: readonly MissingBills[];
  readonly reconciledBills: readonly ReconciledBill[];
  readonly nowMs: number;
}

export function renderSourcesPage(view: SourcesView, reader: Reader): Markup {
  const { sources, deployments, missingBills, reconciledBills, nowMs } = view;
  return html`<h1>Sources</h1>
${sources.length === 0 ? NO_SOURCES : sourceTable(sources, nowMs, reader)}
${reconciledPart(reconciledBills)}
${missingPart(missingBills)}
${renderImports(view, reader)}
<h2>Coverage</h2>
${deployments.length === 0 ? NO_AUDIT : coverage(deployments, reader)}`;
}

const NO_SOURCES = html`<p class="empty">The configuration has no sources.</p>`;
const NO_AUDIT = html`<p class="empty">No quarter has been audited yet.</p>`;

function sourceTable(sources: readonly SourceState[], nowMs: number, reader: Reader): Markup {
  return htmlTable({
    caption: 'The state of each source',
    columns: [
      { name: 'Source' },
      { name: 'State' },
      { name: 'Data up to' },
      { name: 'Last success' },
      { name: 'Last failure' },
      { name: 'Responses', numeric: true },
      { name: 'Failures', numeric: true },
      { name: 'Rejected rows', numeric: true },
    ],
    rows: sources.map((source) => [
      html`${source.id} <span class="sub">${source.kind}</span>`,
      renderMark(computeSourceHealth(source, nowMs), TONES[computeSourceHealth(source, nowMs)]),
      reach(source, nowMs, reader),
      source.lastSuccessMs === undefined
        ? 'never'
        : renderInstantWithAge(source.lastSuccessMs, nowMs, reader),
      lastFailure(source, nowMs, reader),
      wholeText(source.succeeded, reader),
      wholeText(source.failed, reader),
      rejectsLink(source, reader),
    ]),
  });
}

/** Bills compared with the ledger; empty if there is nothing to compare. */
function reconciledPart(all: readonly ReconciledBill[]): Markup {
  if (all.length === 0) return html``;
  return html`<h2>Reconciliation</h2>
${htmlTable({
  caption: 'Totals of providers and invoices compared with the ledger',
  columns: [
    { name: 'Source' },
    { name: 'Month' },
    { name: 'Against' },
    { name: 'State' },
    { name: 'Billed', numeric: true },
    { name: 'In the ledger', numeric: true },
    { name: 'To do' },
  ],
  rows: all.map(({ source, month, against, state, asked, held, says, fix }) => [
    source,
    month,
    against,
    renderMark(state, state === 'matched' ? 'good' : 'bad'),
    asked,
    held === '' ? 'not compared' : held,
    fix === '' ? '' : html`${fix} <span class="sub">${says}</span>`,
  ]),
})}`;
}

/** Empty if no bill is missing. */
function missingPart(all: readonly MissingBills[]): Markup {
  const rows = all.flatMap(({ source, gaps }) => gaps.map(({ says, fix }) => [source, says, fix]));
  if (rows.length === 0) return html``;
  return html`<h2>Missing bills</h2>
${htmlTable({
  caption: 'Bills that are missing, by source',
  columns: [{ name: 'Source' }, { name: 'Missing' }, { name: 'To do' }],
  rows,
})}`;
}

const TONES: Readonly<Record<SourceHealth, Tone>> = {
  failing: 'bad',
  'never pulled': 'watch',
  stale: 'watch',
  ok: 'good',
  imported: 'plain',
};

/**
 * Imports reach to the end of their newest fact. Prices are pulled without a period, and are valid
 * at the time of the response.
 */
function reach(source: SourceState, nowMs: number, reader: Reader): Markup | string {
  const { reachesToMs, importsReachToMs, isImported, lastSuccessMs } = source;
  if (reachesToMs !== undefined) return renderInstantWithAge(reachesToMs, nowMs, reader);
  if (importsReachToMs !== undefined) return renderInstantWithAge(importsReachToMs, nowMs, reader);
  if (isImported) return 'no facts';
  return lastSuccessMs === undefined ? 'unknown' : 'as of last success';
}

/** The number of rejected rows, with a link to them. */
function rejectsLink({ id, rejects }: SourceState, reader: Reader): Markup | string {
  if (rejects === 0) return wholeText(rejects, reader);
  return html`<a href="${rejectsPath({ source: id })}">${wholeText(rejects, reader)}</a>`;
}

function lastFailure({ lastFailure }: SourceState, nowMs: number, reader: Reader): Markup | string {
  if (lastFailure === undefined) return 'none';
  const { atMs, code, message } = lastFailure;
  return html`${renderInstantWithAge(atMs, nowMs, reader)}
<span class="sub"><code>${code}</code> ${shortText(message, 200)}</span>`;
}

function coverage(deployments: readonly DeploymentState[], reader: Reader): Markup {
  const quarter = renderQuarter(deployments[0]?.quarter ?? '');
  return html`<p class="lead">From the newest audit of ${quarter}.</p>
${coverageTable(deployments, reader)}`;
}

function coverageTable(deployments: readonly DeploymentState[], reader: Reader): Markup {
  return htmlTable({
    caption: 'Usage coverage of each deployment',
    columns: [
      { name: 'Deployment' },
      { name: 'Usage coverage', numeric: true },
      { name: '$ per million tokens', numeric: true },
      { name: 'Verdict' },
    ],
    rows: deployments.map(({ deployment, coverage, usdPerMtok: price, verdict }) => [
      html`<a href="${deploymentPath(deployment)}">${deployment}</a>`,
      coverage === undefined ? 'unknown' : percent(decimal(String(coverage)), reader),
      price === undefined ? 'unknown' : pricePerMtok(decimal(String(price)), reader),
      verdict,
    ]),
  });
}

/** Empty if there are no imports. */
function renderImports({ imports, changed, nowMs }: SourcesView, reader: Reader): Markup {
  if (imports.length === 0) return html``;
  return html`<h2>Imports</h2>
<p class="lead">The newest ${imports.length}. To undo one, run
<code>rentcheck import --undo</code> with its number.</p>
${importTable(imports, nowMs, reader)}
${changed.length === 0 ? html`` : changedTable(changed, reader)}`;
}

function importTable(imports: readonly StoredImport[], nowMs: number, reader: Reader): Markup {
  return htmlTable({
    caption: 'Imported files, newest first',
    columns: [
      { name: 'Number' },
      { name: 'File' },
      { name: 'State' },
      { name: 'Imported' },
      { name: 'Data up to' },
      { name: 'New', numeric: true },
      { name: 'Restated', numeric: true },
      { name: 'Unchanged', numeric: true },
      { name: 'Rejected', numeric: true },
    ],
    rows: imports.map((one) => [
      String(one.fetch),
      html`${one.file} <span class="sub">${one.kind}, source ${one.source}</span>`,
      state(one),
      renderInstantWithAge(one.atMs, nowMs, reader),
      one.reachesToMs === undefined ? 'no facts' : renderInstant(one.reachesToMs, reader),
      wholeText(one.added, reader),
      wholeText(one.restated, reader),
      wholeText(one.unchanged, reader),
      rejected(one, reader),
    ]),
  });
}

function state({ finished, undoneBy, sameAs }: StoredImport): Markup {
  if (undoneBy !== undefined) return renderMark(`undone by ${undoneBy}`, 'plain');
  if (!finished) return renderMark('not finished', 'watch');
  if (sameAs !== undefined) return renderMark(`same file as ${sameAs}`, 'plain');
  return renderMark('in use', 'good');
}

function rejected(
  { rejected: count, firstReject, rejectsIn }: StoredImport,
  reader: Reader,
): Markup | string {
  if (firstReject === undefined) return wholeText(count, reader);
  return html`<a href="${rejectsPath({ fetch: rejectsIn })}">${wholeText(count, reader)}</a>
<span class="sub">line ${shortText(firstReject, 200)}</span>`;
}

function changedTable(changed: readonly ChangedAmount[], reader: Reader): Markup {
  return htmlTable({
    caption: 'Amounts that these imports and undos changed, newest first',
    columns: [
      { name: 'Amount' },
      { name: 'Starts' },
      { name: 'Before', numeric: true },
      { name: 'Now', numeric: true },
      { name: 'By' },
    ],
    rows: changed.map((one) => [
      html`${one.fact} ${one.name} <span class="sub">${one.subject}</span>`,
      startOf(one, reader),
      amount(one.was, one.unit, reader),
      amount(one.now, one.unit, reader),
      by(one),
    ]),
  });
}

/** The column `starts` contains text like `2026-07-01T00:00:00Z`. */
function startOf({ starts }: ChangedAmount, reader: Reader): Markup | string {
  const startMs = parseInstant(starts);
  return startMs === undefined ? starts : renderInstant(startMs, reader);
}

function by({ fetch, undo, line }: ChangedAmount): string {
  if (undo !== undefined) return `undo, number ${undo}`;
  return `number ${fetch}, line ${line}`;
}

function amount(value: bigint | undefined, unit: string, reader: Reader): string {
  if (value === undefined) return 'none';
  if (unit === 'usd') return dollarsTo(usd(value), 2, reader);
  if (unit === 'usd_per_mtok') return `${pricePerMtok(usd(value), reader)} per million tokens`;
  if (unit === 'usd_per_gpu_hour') return `${dollarsTo(usd(value), 4, reader)} per GPU hour`;
  if (unit === 'hours') return `${shortNumber(exact(value, BigInt(HOUR_MS)), reader)} hours`;
  return `${wholeText(Number(value), reader)} ${unit}`;
}
