/** The imports on the page of sources: each file, how to undo it, and the amounts that changed. */

import { exact } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { HOUR_MS } from '../../domain/period.ts';
import { dollarsTo, plainNumber, usdPerMtok, wholeNumber } from '../../report/format.ts';
import type { ChangedAmount, ImportState, ImportsView } from '../facts/imports.ts';
import { html, type Markup } from '../html.ts';
import { mark, table } from '../parts.ts';
import { moment, when } from '../when.ts';

/** Nothing where nothing was imported. */
export function importsPart({ imports, changed }: ImportsView, nowMs: number): Markup {
  if (imports.length === 0) return html``;
  return html`<h2>Imports</h2>
<p class="lead">The newest ${imports.length}. To undo one: <code>rentcheck import --undo</code> and
its number.</p>
${importTable(imports, nowMs)}
${changed.length === 0 ? html`` : changedTable(changed)}`;
}

function importTable(imports: readonly ImportState[], nowMs: number): Markup {
  return table({
    caption: 'Imported files, the newest first',
    columns: [
      { name: 'Number' },
      { name: 'File' },
      { name: 'State' },
      { name: 'Imported' },
      { name: 'Facts reach to' },
      { name: 'New', numeric: true },
      { name: 'Restated', numeric: true },
      { name: 'Known', numeric: true },
      { name: 'Rejected', numeric: true },
    ],
    rows: imports.map((one) => [
      String(one.fetch),
      html`${one.file} <span class="sub">${one.kind}, source ${one.source}</span>`,
      state(one),
      when(one.atMs, nowMs),
      one.reachesToMs === undefined ? 'no fact' : moment(one.reachesToMs),
      wholeNumber(one.added),
      wholeNumber(one.restated),
      wholeNumber(one.unchanged),
      rejected(one),
    ]),
  });
}

function state({ finished, undoneBy, sameAs }: ImportState): Markup {
  if (undoneBy !== undefined) return mark(`undone by ${undoneBy}`, 'plain');
  if (!finished) return mark('not finished', 'watch');
  if (sameAs !== undefined) return mark(`the same file as ${sameAs}`, 'plain');
  return mark('counts', 'good');
}

function rejected({ rejected: count, firstReject }: ImportState): Markup | string {
  if (firstReject === undefined) return wholeNumber(count);
  return html`${wholeNumber(count)} <span class="sub">line ${firstReject.slice(0, 200)}</span>`;
}

function changedTable(changed: readonly ChangedAmount[]): Markup {
  return table({
    caption: 'Amounts that these imports and undos changed, the newest first',
    columns: [
      { name: 'What' },
      { name: 'Starts' },
      { name: 'Was', numeric: true },
      { name: 'Is', numeric: true },
      { name: 'By' },
    ],
    rows: changed.map((one) => [
      html`${one.fact} ${one.name} <span class="sub">${one.subject}</span>`,
      one.starts,
      amount(one.was, one.unit),
      amount(one.now, one.unit),
      by(one),
    ]),
  });
}

function by({ fetch, undo, line }: ChangedAmount): string {
  if (undo !== undefined) return `undo, number ${undo}`;
  return `number ${fetch}, line ${line}`;
}

function amount(value: bigint | undefined, unit: string): string {
  if (value === undefined) return 'none';
  if (unit === 'usd') return dollarsTo(usd(value), 2);
  if (unit === 'usd_per_mtok') return `${usdPerMtok(usd(value))} per million tokens`;
  if (unit === 'usd_per_gpu_hour') return `${dollarsTo(usd(value), 4)} per GPU hour`;
  if (unit === 'hours') return `${plainNumber(exact(value, BigInt(HOUR_MS)))} hours`;
  return `${wholeNumber(Number(value))} ${unit}`;
}
