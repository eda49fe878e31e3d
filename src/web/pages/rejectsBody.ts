/** The list of rejected rows, and the page of each row: its origin, the reason, and the raw row. */

import { counted } from '../../report/format.ts';
import {
  type RowOrigin,
  type RejectFilter,
  REJECTS_SHOWN,
  type RejectView,
} from '../facts/rejects.ts';
import { html, type Markup } from '../html.ts';
import { definitionList, notice, htmlTable } from '../parts.ts';
import { rejectsPath } from '../paths.ts';
import { renderInstantWithAge } from '../when.ts';
import type { Reader } from '../../report/locale.ts';

export interface RejectsView {
  readonly rejects: readonly RejectView[];
  readonly choice: RejectFilter;
  readonly nowMs: number;
}

export function renderRejectsPage({ rejects, choice, nowMs }: RejectsView, reader: Reader): Markup {
  const shown = rejects.slice(0, REJECTS_SHOWN);
  const last = shown.at(-1);
  const older =
    last !== undefined &&
    rejects.length > shown.length &&
    html`<p><a href="${rejectsPath({ ...choice, before: last.ref })}">Older rows</a></p>`;
  return html`<p class="crumb"><a href="/sources">Sources</a> / Rejected rows</p>
<h1>Rejected rows</h1>
<p class="lead">${chosen(choice)} A rejected row is in no figure.</p>
${shown.length === 0 ? NONE : rejectTable(shown, nowMs, reader)}
${older}`;
}

const NONE = html`<p class="empty">No row was rejected.</p>`;

function chosen({ source, fetch }: RejectFilter): Markup {
  const all =
    (source !== undefined || fetch !== undefined) && html` <a href="/rejects">Show all</a>.`;
  if (fetch !== undefined) return html`Rows of import or pull ${fetch}.${all}`;
  if (source !== undefined) return html`Rows of source ${source}.${all}`;
  return html`Rows of all sources, newest first.`;
}

function rejectTable(rejects: readonly RejectView[], nowMs: number, reader: Reader): Markup {
  return htmlTable({
    caption: 'Rejected rows, newest first',
    columns: [{ name: 'Row' }, { name: 'Reason' }, { name: 'From' }, { name: 'Received' }],
    rows: rejects.map(({ ref, position, reason, origin }) => [
      html`<a href="/rejects/${ref}">${placeText(origin, position)}</a>`,
      reason.slice(0, 300),
      html`${renderOrigin(origin)} <span class="sub">source ${origin.source}</span>`,
      renderInstantWithAge(origin.atMs, nowMs, reader),
    ]),
  });
}

/** Positions are line numbers from 1 in files, and record indexes from 0 in responses. */
function placeText(origin: RowOrigin, position: number): string {
  return isImport(origin) ? `Line ${position}` : `Record ${position + 1}`;
}

function isImport({ kind }: RowOrigin): boolean {
  return kind.startsWith('import.') || kind === 'ops.add';
}

/** `import 12: bill.csv` or `pull 12 (charges)`. */
export function renderOrigin(origin: RowOrigin): string {
  const { kind, url, fetch } = origin;
  if (!isImport(origin)) return `pull ${fetch} (${kind})`;
  return `import ${fetch}: ${url.replace(/^file:/, '')}`;
}

export function renderRejectPage(
  { ref, position, reason, excerpt, origin }: RejectView,
  nowMs: number,
  reader: Reader,
) {
  const imported = isImport(origin);
  const rows = rejectsPath({ fetch: origin.fetch });
  return html`<p class="crumb"><a href="/sources">Sources</a> /
<a href="/rejects">Rejected rows</a> / ${ref}</p>
<h1>${placeText(origin, position)} was rejected</h1>
${notice('bad', html`<p>${reason}</p>`)}
${definitionList([
  ['Source', html`<a href="${rejectsPath({ source: origin.source })}">${origin.source}</a>`],
  [imported ? 'Import' : 'Pull', html`<a href="${rows}">number ${origin.fetch}</a>`],
  [imported ? 'File' : 'Address', origin.url.replace(/^file:/, '')],
  ['Kind', origin.kind.replace(/^import\./, '')],
  ['Received', renderInstantWithAge(origin.atMs, nowMs, reader)],
  ['Position', placeText(origin, position)],
])}
<h2>Raw row</h2>
${excerpt === '' ? NO_ROW : html`<pre class="row">${excerpt}</pre>`}
<p class="hint">At most ${counted(500, 'character', reader)} are kept, and secrets are removed.</p>
${imported && REMEDY}`;
}

const NO_ROW = html`<p class="empty">The row is empty.</p>`;
const REMEDY = html`<h2>What to do</h2>
<p>Fix this line and import the file again. Rows that were imported before are not counted
twice.</p>`;
