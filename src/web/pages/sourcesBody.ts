/** Knows the page of sources: who answers, how far facts reach, and how much of usage is known. */

import { decimal } from '../../domain/exact.ts';
import { percent, usdPerMtok, wholeNumber } from '../../report/format.ts';
import type { DeploymentState } from '../facts/audits.ts';
import type { ImportsView } from '../facts/imports.ts';
import { healthOf, type SourceHealth, type SourceState } from '../facts/sources.ts';
import { html, type Markup } from '../html.ts';
import { mark, type Tone, table } from '../parts.ts';
import type { BillState, MissingBills } from '../site.ts';
import { when } from '../when.ts';
import { importsPart } from './importsPart.ts';

export interface SourcesView {
  readonly sources: readonly SourceState[];
  readonly deployments: readonly DeploymentState[];
  readonly imports: ImportsView;
  readonly missingBills: readonly MissingBills[];
  readonly reconciledBills: readonly BillState[];
  readonly nowMs: number;
}

export function sourcesBody(view: SourcesView): Markup {
  const { sources, deployments, imports, missingBills, reconciledBills, nowMs } = view;
  return html`<h1>Sources</h1>
${sources.length === 0 ? NO_SOURCES : sourceTable(sources, nowMs)}
${reconciledPart(reconciledBills)}
${missingPart(missingBills)}
${importsPart(imports, nowMs)}
<h2>Coverage</h2>
${deployments.length === 0 ? NO_AUDIT : coverage(deployments)}`;
}

const NO_SOURCES = html`<p class="empty">The config names no source.</p>`;
const NO_AUDIT = html`<p class="empty">Nothing has been audited yet.</p>`;

function sourceTable(sources: readonly SourceState[], nowMs: number): Markup {
  return table({
    caption: 'How each source does',
    columns: [
      { name: 'Source' },
      { name: 'State' },
      { name: 'Facts reach to' },
      { name: 'Last success' },
      { name: 'Last failure' },
      { name: 'Answers', numeric: true },
      { name: 'Failures', numeric: true },
      { name: 'Rejected rows', numeric: true },
    ],
    rows: sources.map((source) => [
      html`${source.id} <span class="sub">${source.kind}</span>`,
      mark(healthOf(source, nowMs), TONES[healthOf(source, nowMs)]),
      reach(source, nowMs),
      source.lastSuccessMs === undefined ? 'never' : when(source.lastSuccessMs, nowMs),
      lastFailure(source, nowMs),
      wholeNumber(source.succeeded),
      wholeNumber(source.failed),
      wholeNumber(source.rejects),
    ]),
  });
}

/** Bills beside the ledger; no part of the page where nobody asks for anything. */
function reconciledPart(all: readonly BillState[]): Markup {
  if (all.length === 0) return html``;
  return html`<h2>Reconciliation</h2>
${table({
  caption: 'What providers and invoices ask for beside what the ledger holds for the same time',
  columns: [
    { name: 'Source' },
    { name: 'Month' },
    { name: 'Against' },
    { name: 'State' },
    { name: 'Asked for', numeric: true },
    { name: 'Held', numeric: true },
    { name: 'To do' },
  ],
  rows: all.map(({ source, month, against, state, asked, held, says, mend }) => [
    source,
    month,
    against,
    mark(state, state === 'matched' ? 'good' : 'bad'),
    asked,
    held === '' ? 'not compared' : held,
    mend === '' ? '' : html`${mend} <span class="sub">${says}</span>`,
  ]),
})}`;
}

/** What should have been billed; no part of the page where nothing is missing. */
function missingPart(all: readonly MissingBills[]): Markup {
  const rows = all.flatMap(({ source, gaps }) =>
    gaps.map(({ says, mend }) => [source, says, mend]),
  );
  if (rows.length === 0) return html``;
  return html`<h2>Missing bills</h2>
${table({
  caption: 'What sources usually bill and did not',
  columns: [{ name: 'Source' }, { name: 'Missing' }, { name: 'To do' }],
  rows,
})}`;
}

const TONES: Readonly<Record<SourceHealth, Tone>> = {
  failing: 'bad',
  'never pulled': 'watch',
  stale: 'watch',
  fine: 'good',
  imported: 'plain',
};

/**
 * Files reach to the end of their newest fact. Prices are pulled without a window: they hold for
 * the moment of the answer.
 */
function reach(source: SourceState, nowMs: number): Markup | string {
  const { reachesToMs, importsReachToMs, isImported, lastSuccessMs } = source;
  if (reachesToMs !== undefined) return when(reachesToMs, nowMs);
  if (importsReachToMs !== undefined) return when(importsReachToMs, nowMs);
  if (isImported) return 'no fact';
  return lastSuccessMs === undefined ? 'unknown' : 'its last success';
}

function lastFailure({ lastFailure }: SourceState, nowMs: number): Markup | string {
  if (lastFailure === undefined) return 'none';
  const { atMs, code, message } = lastFailure;
  return html`${when(atMs, nowMs)}
<span class="sub"><code>${code}</code> ${message.slice(0, 200)}</span>`;
}

function coverage(deployments: readonly DeploymentState[]): Markup {
  return html`<p class="lead">By the newest audit of ${deployments[0]?.quarter}.</p>
${coverageTable(deployments)}`;
}

function coverageTable(deployments: readonly DeploymentState[]): Markup {
  return table({
    caption: 'How much of the usage of each deployment is known',
    columns: [
      { name: 'Deployment' },
      { name: 'Usage known', numeric: true },
      { name: '$ per million tokens', numeric: true },
      { name: 'Verdict' },
    ],
    rows: deployments.map(({ deployment, coverage, usdPerMtok: price, verdict }) => [
      deployment,
      coverage === undefined ? 'unknown' : percent(decimal(String(coverage))),
      price === undefined ? 'unknown' : usdPerMtok(decimal(String(price))),
      verdict,
    ]),
  });
}
