/** Renders sections, actions, tables and charts of a report as parts of a page. */

import type { PageChart } from '../../report/charts/webCharts.ts';
import type { ActionList } from '../../report/sections/actions.ts';
import type { ReportSection } from '../../report/sections/appendix.ts';
import type { ReportTable } from '../../report/sections/table.ts';
import { html, htmlTable, Markup } from '../html.ts';

/** A table of actions, each with owner, deadline and dollars. */
export function renderActions({ listed, more, total, left }: ActionList): Markup {
  if (listed.length === 0) return html`<p class="empty">There is nothing to do.</p>`;
  const rows = listed.map(({ what, owner, dollars, deadline }) => [what, owner, deadline, dollars]);
  const rest = more === undefined ? [] : [[more.what, '', '', more.dollars]];
  return html`${htmlTable({
    caption: 'What to do, with owner, deadline and dollars',
    columns: [
      { name: 'Action' },
      { name: 'Owner' },
      { name: 'Deadline' },
      { name: 'Dollars', numeric: true },
    ],
    rows: [...rows, ...rest],
    total: total && [total.what, '', '', total.dollars],
  })}
${left !== '' && html`<p class="hint">${left}</p>`}`;
}

/** A section without its deployment rows, which pages show in a separate table. */
export function renderSection(section: ReportSection, charts?: Markup): Markup {
  const { title, sentences, steps, lines, tables } = section;
  const isEmpty = [sentences, steps, lines, tables].every(({ length }) => length === 0);
  if (isEmpty && charts === undefined) return html``;
  return html`<h2>${title}</h2>
${sentences.length > 0 && html`<p class="prose">${sentences.join(' ')}</p>`}
${steps.length > 0 && stepTable(section)}
${lines.length > 0 && html`<ul class="prose">${lines.map((text) => html`<li>${text}</li>`)}</ul>`}
${charts}
${tables.map((each) => wordsTable(each, title))}`;
}

function stepTable({ title, steps }: ReportSection): Markup {
  return htmlTable({
    caption: title,
    columns: [{ name: 'Step' }, { name: 'Dollars', numeric: true }],
    rows: steps.map(({ mark, what, worth }) => [mark === '' ? what : `${mark}. ${what}`, worth]),
  });
}

/** A table of rendered text; a note is shown below the name of its row. */
function wordsTable({ title, head, rows, total, isWords, foot }: ReportTable, caption: string) {
  const numeric = isWords !== true;
  return html`${title !== '' && html`<h3>${title}</h3>`}
${htmlTable({
  caption: title === '' ? caption : title,
  columns: head.map((name, at) => ({ name, numeric: numeric && at > 0 })),
  rows: rows.map(({ cells: [first = '', ...others], note }) => [
    note === '' ? first : html`${first} <span class="sub">${note}</span>`,
    ...others,
  ]),
  total,
})}
${foot !== '' && html`<p class="hint">${foot}</p>`}`;
}

/** A chart with focusable marks and its data as a table; only its title if it is empty. */
export function renderChart({ name, title, svg, table: data, alt }: PageChart): Markup {
  if (svg === undefined) return html`<p class="empty">${title}.</p>`;
  const figures = data === undefined ? html`<p>${alt}</p>` : wordsTable(data, title);
  return html`<figure class="chart" id="chart-${name}">
<div class="sheet" role="group" aria-label="${title}">
${new Markup(svg)}
<p class="tip" aria-hidden="true" hidden></p>
</div>
<details><summary>Data of this chart</summary>
${figures}</details>
</figure>`;
}
