/** The imports on the page of sources: each file, how to undo it, and the changed amounts. */

import { exact } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { HOUR_MS, parseInstant } from '../../domain/period.ts';
import { dollarsTo, plainNumber, usdPerMtok, wholeNumber } from '../../report/format.ts';
import type { ChangedAmount, ImportState, ImportsView } from '../facts/imports.ts';
import { html, type Markup } from '../html.ts';
import { renderMark, htmlTable } from '../parts.ts';
import { rejectsPath } from '../paths.ts';
import { renderInstant, renderInstantWithAge } from '../when.ts';
import type { Reader } from '../../report/locale.ts';

/** Empty if there are no imports. */
export function renderImports(
  { imports, changed }: ImportsView,
  nowMs: number,
  reader: Reader,
): Markup {
  if (imports.length === 0) return html``;
  return html`<h2>Imports</h2>
<p class="lead">The newest ${imports.length}. To undo one, run
<code>rentcheck import --undo</code> with its number.</p>
${importTable(imports, nowMs, reader)}
${changed.length === 0 ? html`` : changedTable(changed, reader)}`;
}

function importTable(imports: readonly ImportState[], nowMs: number, reader: Reader): Markup {
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
      wholeNumber(one.added, reader),
      wholeNumber(one.restated, reader),
      wholeNumber(one.unchanged, reader),
      rejected(one, reader),
    ]),
  });
}

function state({ finished, undoneBy, sameAs }: ImportState): Markup {
  if (undoneBy !== undefined) return renderMark(`undone by ${undoneBy}`, 'plain');
  if (!finished) return renderMark('not finished', 'watch');
  if (sameAs !== undefined) return renderMark(`same file as ${sameAs}`, 'plain');
  return renderMark('in use', 'good');
}

function rejected(
  { rejected: count, firstReject, rejectsIn }: ImportState,
  reader: Reader,
): Markup | string {
  if (firstReject === undefined) return wholeNumber(count, reader);
  return html`<a href="${rejectsPath({ fetch: rejectsIn })}">${wholeNumber(count, reader)}</a>
<span class="sub">line ${firstReject.slice(0, 200)}</span>`;
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
  if (unit === 'usd_per_mtok') return `${usdPerMtok(usd(value), reader)} per million tokens`;
  if (unit === 'usd_per_gpu_hour') return `${dollarsTo(usd(value), 4, reader)} per GPU hour`;
  if (unit === 'hours') return `${plainNumber(exact(value, BigInt(HOUR_MS)), reader)} hours`;
  return `${wholeNumber(Number(value), reader)} ${unit}`;
}
